//! Times in the users' format.

/// Formats Unix seconds as `2026-11-25 03:04:05 UTC`.
pub fn date(unix_s: u32) -> String {
    let (days, seconds) = (i64::from(unix_s / 86_400), unix_s % 86_400);
    // years begin in March, so that a leap day is a year's last
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Formats seconds in the largest unit that divides them, such as `90 s`, `2 h` or `3 d`.
pub fn period(seconds: u32) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min")];
    match units
        .iter()
        .find(|(unit, _)| seconds >= 2 * unit && seconds.is_multiple_of(*unit))
    {
        Some((unit, name)) => format!("{} {name}", seconds / unit),
        None => format!("{seconds} s"),
    }
}

/// Formats a future time with its distance; `now` in Unix seconds.
pub fn until(unix_s: u32, now: u32) -> String {
    match unix_s.checked_sub(now).filter(|left| *left > 0) {
        Some(left) => format!("{} (in {left} s)", date(unix_s)),
        None => format!("{} (now)", date(unix_s)),
    }
}

/// A requested period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Length in seconds.
    pub seconds: u32,
    /// Whether it was given without a unit, so that another one may have been meant.
    pub is_bare: bool,
}

/// Reason why a text is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a time: write whole seconds, such as 90, or a unit, such as 90s, 15min, 12h or 3d"
)]
pub struct PeriodError(String);

impl std::str::FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let each = match unit.trim() {
            "" | "s" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(PeriodError(text.to_owned())),
        };
        let number: Option<u32> = number.parse().ok();
        let seconds = number.and_then(|number| number.checked_mul(each));
        Ok(Self {
            seconds: seconds.ok_or_else(|| PeriodError(text.to_owned()))?,
            is_bare: unit.is_empty(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(date(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(date(1_800_000_000), "2027-01-15 08:00:00 UTC");
        assert_eq!(date(u32::MAX), "2106-02-07 06:28:15 UTC");
    }

    #[test]
    fn periods_have_the_largest_whole_unit() {
        assert_eq!(period(90), "90 s");
        assert_eq!(period(7_200), "2 h");
        assert_eq!(period(259_200), "3 d");
        assert_eq!(until(10, 7), "1970-01-01 00:00:10 UTC (in 3 s)");
    }

    #[test]
    fn periods_are_read_with_and_without_unit() {
        let read = |text: &str| {
            text.parse::<Period>()
                .map(|period| (period.seconds, period.is_bare))
        };
        assert_eq!(read("90"), Ok((90, true)));
        assert_eq!(read("90s"), Ok((90, false)));
        assert_eq!(read("2 min"), Ok((120, false)));
        assert_eq!(read("12h"), Ok((43_200, false)));
        assert_eq!(read("3d"), Ok((259_200, false)));
        for text in ["", "s", "1.5h", "90ms", "-1", "1w", "99999999d"] {
            assert_eq!(read(text), Err(PeriodError(text.to_owned())));
        }
    }
}
