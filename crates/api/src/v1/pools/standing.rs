//! Status of a pool.

use serde::Serialize;
use utoipa::ToSchema;

/// Status of a pool.
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

impl Standing {
    /// All values.
    pub(super) const ALL: [Self; 5] = [
        Self::Validating,
        Self::Waiting,
        Self::Idle,
        Self::Closed,
        Self::Removed,
    ];

    /// Returns its name as used by the API.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::Waiting => "waiting",
            Self::Idle => "idle",
            Self::Closed => "closed",
            Self::Removed => "removed",
        }
    }
}
