//! Event ids in streams.

use std::fmt::{self, Display};
use std::str::FromStr;

/// An event's number, and the history that it refers to: `12-00f1e2d3c4b5a697`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventId {
    pub number: u64,
    /// `None` for a plain number, which refers to the current history.
    pub history: Option<u64>,
}

/// It is not an event id.
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

/// Formats a history.
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
