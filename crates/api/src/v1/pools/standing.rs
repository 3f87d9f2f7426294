//! How a pool stands.

use serde::Serialize;
use utoipa::ToSchema;

/// How a pool stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its key is in the validator set of its chain.
    Validating,
    /// It counts, but others have more stake, or it has less than the minimum.
    Waiting,
    /// Nothing of it counts.
    Idle,
    /// Closed by its owner.
    Closed,
    /// Removed for misbehaviour, for good.
    Removed,
}

impl Standing {
    /// All of them.
    pub(super) const ALL: [Self; 5] = [
        Self::Validating,
        Self::Waiting,
        Self::Idle,
        Self::Closed,
        Self::Removed,
    ];

    /// Its name, as the API writes it.
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
