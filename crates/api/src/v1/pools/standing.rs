//! Status of a pool, as the API shows it.

use ddvs_contracts::standing::PoolStatus;
use serde::Serialize;
use utoipa::ToSchema;

/// Status of a pool. A closed or removed one validates until the next set is written: `is_in_set` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its key is in the validator set of its chain.
    Validating,
    /// It counts, but others have more stake, or it has less than the minimum.
    Waiting,
    /// None of its stake counts.
    Idle,
    /// Closed by its owner.
    Closed,
    /// Permanently removed for misbehaviour.
    Removed,
}

impl From<PoolStatus> for Standing {
    fn from(status: PoolStatus) -> Self {
        match status {
            PoolStatus::Validating => Self::Validating,
            PoolStatus::Waiting => Self::Waiting,
            PoolStatus::Idle => Self::Idle,
            PoolStatus::Closed => Self::Closed,
            PoolStatus::Removed => Self::Removed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_contracts_crate() {
        for status in PoolStatus::ALL {
            let shown = serde_json::to_value(Standing::from(status)).unwrap();
            assert_eq!(shown, status.name());
        }
    }
}
