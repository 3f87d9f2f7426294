//! Amounts in the users' format: in coins, with at most nine decimals.

use std::str::FromStr;

/// Nano in a coin.
pub const COIN: u128 = 1_000_000_000;

/// Nano in a coin, for amounts of 64 bits, as in a genesis.
pub const COIN_U64: u64 = 1_000_000_000;

/// Largest amount that a message can hold, in coins: 120 bits of nano.
const MAX_COINS: u128 = (1 << 120) / COIN;

/// A requested amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// An amount in nano.
    Nano(u128),
    /// Everything.
    All,
}

/// Reason why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It is not a number.
    #[error("{0:?} is not an amount: write coins, such as 100, 1,000 or 0.5, or ALL")]
    NotANumber(String),
    /// It has more than nine decimals.
    #[error("{0} has more than nine decimals: a coin has 1,000,000,000 nano")]
    TooFine(String),
    /// It is larger than the maximum amount.
    #[error("{0} is more than the maximum of all coins")]
    TooLarge(String),
    /// It is zero.
    #[error("the amount is zero: write how many coins")]
    Zero,
    /// `ALL` is not allowed here.
    #[error("ALL is not possible here: write how many coins")]
    All,
}

/// Parses coins, such as `100`, `0.5` or `1,000`, to nano.
///
/// Fails when it is not a number above zero, or has more than nine decimals; also when a comma does not separate thousands,
/// since it may be meant as the decimal point.
pub fn parse(text: &str) -> Result<u128, AmountError> {
    let not_a_number = || AmountError::NotANumber(text.to_owned());
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split([',', '_']);
    let is_first = groups.next().is_some_and(|first| match whole.len() {
        length if length == first.len() => true,
        _ => (1..=3).contains(&first.len()),
    });
    if !is_first || groups.any(|group| group.len() != 3) {
        return Err(not_a_number());
    }
    let digits = whole.replace([',', '_'], "");
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !is_number(&digits) || !is_number(decimals) || text.ends_with('.') {
        return Err(not_a_number());
    }
    if decimals.len() > 9 {
        return Err(AmountError::TooFine(text.to_owned()));
    }
    let too_large = || AmountError::TooLarge(text.to_owned());
    let whole: u128 = digits.parse().map_err(|_| too_large())?;
    if whole >= MAX_COINS {
        return Err(too_large());
    }
    let nano: u128 = format!("{decimals:0<9}")
        .parse()
        .map_err(|_| not_a_number())?;
    match whole * COIN + nano {
        0 => Err(AmountError::Zero),
        total => Ok(total),
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        parse(text).map(Self::Nano)
    }
}

/// Formats nano as coins, with commas and without superfluous zeros: `1,234.5`.
pub fn coins(nano: u128) -> String {
    let (whole, rest) = (nano / COIN, nano % COIN);
    let mut digits = whole.to_string();
    let mut place = digits.len();
    while place > 3 {
        place -= 3;
        digits.insert(place, ',');
    }
    if rest == 0 {
        return digits;
    }
    let decimals = format!("{rest:09}");
    format!("{digits}.{}", decimals.trim_end_matches('0'))
}

/// Formats nano as coins with two decimals, rounded down, for a log: `1234.50`.
pub fn coins_rounded_down(nano: u128) -> String {
    format!("{}.{:02}", nano / COIN, nano % COIN / (COIN / 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        assert_eq!(parse("100"), Ok(100 * COIN));
        assert_eq!(parse("0.5"), Ok(COIN / 2));
        assert_eq!(parse("1,000.000000001"), Ok(1_000 * COIN + 1));
        assert_eq!(parse("12_345,678"), Ok(12_345_678 * COIN));
        assert_eq!("all".parse(), Ok(Amount::All));
        for nano in [1, COIN, 1_234_567 * COIN + 5, 999_999_999] {
            assert_eq!(parse(&coins(nano)), Ok(nano));
        }
        assert_eq!(coins(1_234_500_000_000), "1,234.5");
        assert_eq!(coins_rounded_down(1_234_509_999_999), "1234.50");
    }

    #[test]
    fn invalid_amounts_are_refused() {
        for text in [
            "",
            ".5",
            "5.",
            "-1",
            "1e9",
            "1.2.3",
            "ten",
            "0x10",
            "+1",
            "1,5",
            "1,50",
            "1000,000",
            "12,345,67",
            ",100",
            "100,",
            "1,,000",
            "1_0",
            "1.000,5",
            "1.000,000",
        ] {
            assert!(
                matches!(parse(text), Err(AmountError::NotANumber(_))),
                "{text}"
            );
        }
        assert_eq!(parse("0"), Err(AmountError::Zero));
        assert!(matches!(
            parse("0.0000000001"),
            Err(AmountError::TooFine(_))
        ));
        assert!(matches!(
            parse(&"9".repeat(60)),
            Err(AmountError::TooLarge(_))
        ));
        assert!(matches!(
            parse(&"9".repeat(30)),
            Err(AmountError::TooLarge(_))
        ));
    }
}
