//! How streams name an event.

use std::fmt::{self, Display};
use std::str::FromStr;

/// An event's number, and the history that counts so: `12-00f1e2d3c4b5a697`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventId {
    pub number: u64,
    /// None where somebody wrote a number only: it is taken as one of the history that is here.
    pub history: Option<u64>,
}

/// It is no id of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoEventId;

impl FromStr for EventId {
    type Err = NoEventId;

    fn from_str(text: &str) -> Result<Self, NoEventId> {
        let (number, history) = match text.trim().split_once('-') {
            Some((number, history)) => (number, Some(history)),
            None => (text.trim(), None),
        };
        let history = history.map(|history| u64::from_str_radix(history, 16));
        Ok(Self {
            number: number.parse().map_err(|_| NoEventId)?,
            history: history.transpose().map_err(|_| NoEventId)?,
        })
    }
}

impl Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        match self.history {
            Some(history) => write!(f, "-{}", history_name(history)),
            None => Ok(()),
        }
    }
}

/// A history as it is written.
pub(in crate::v1) fn history_name(history: u64) -> String {
    format!("{history:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_number_with_or_without_its_history() {
        let id = EventId {
            number: 12,
            history: Some(0xf1),
        };
        assert_eq!(id.to_string(), "12-00000000000000f1");
        assert_eq!(id.to_string().parse(), Ok(id));
        let bare = EventId {
            number: 12,
            history: None,
        };
        assert_eq!(" 12 ".parse(), Ok(bare));
        for wrong in ["", "-", "-1", "12-", "12-x", "x-1", "1e3", "1-2-3"] {
            assert_eq!(wrong.parse::<EventId>(), Err(NoEventId), "{wrong}");
        }
    }
}
