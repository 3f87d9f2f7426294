//! How much history a server keeps.

use std::time::Duration;

use ddvs_index::Keep;

use super::serve::duration;

/// Minimum number of kept blocks of each chain: a client that traces a message must find it.
const MIN_BLOCKS: u32 = 100;
/// Minimum time whose blocks are kept.
const MIN_TIME: Duration = Duration::from_secs(60);
const DAY_S: u64 = 24 * 60 * 60;

/// Parses how much is kept.
///
/// Fails with a sentence that describes the format.
pub fn keep(text: &str) -> Result<Keep, String> {
    if text == "all" {
        return Ok(Keep::All);
    }
    if let Ok(blocks) = text.parse::<u32>() {
        return match blocks {
            MIN_BLOCKS.. => Ok(Keep::Blocks(blocks)),
            _ => Err(format!(
                "at least {MIN_BLOCKS} blocks of each chain are kept"
            )),
        };
    }
    let time = match text.strip_suffix('d').map(str::parse::<u32>) {
        Some(Ok(days)) => Some(Duration::from_secs(u64::from(days) * DAY_S)),
        Some(Err(_)) => None,
        None => duration(text).ok(),
    };
    match time {
        Some(time) if time >= MIN_TIME => Ok(Keep::Time(time)),
        Some(_) => Err("blocks of at least a minute are kept: 1m".to_owned()),
        None => Err("give a time such as 12h or 7d, a number of blocks, or all".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keep_is_a_time_a_number_or_all() {
        let time = |seconds| Ok(Keep::Time(Duration::from_secs(seconds)));
        assert_eq!(keep("all"), Ok(Keep::All));
        assert_eq!(keep("5000"), Ok(Keep::Blocks(5_000)));
        assert_eq!(keep("1d"), time(86_400));
        assert_eq!(keep("12h"), time(43_200));
        assert_eq!(keep("1m"), time(60));
        for wrong in [
            "",
            "0",
            "99",
            "0d",
            "59s",
            "d",
            "1w",
            "-1",
            "1.5d",
            "ALL",
            "4294967296",
        ] {
            assert!(keep(wrong).is_err(), "{wrong}");
        }
    }
}
