//! What a registry holds: Roots and keys (`contracts/delector/storage.tolk`).

use tycho_types::cell::{CellBuilder, CellContext, CellSlice, HashBytes, Load, Store};
use tycho_types::error::Error;
use tycho_types::num::Tokens;

/// One registered Root, or one that was removed.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootEntry {
    /// Stake in nano: zero once it has left, else at least the minimum of a validator.
    pub stake: Tokens,
    /// Its consensus key.
    pub key: HashBytes,
    /// Unix time of joining, leaving or changing the key.
    pub since: u32,
    /// Keys that it retired and nobody has purged, at most [`MAX_RETIRED`].
    pub retired: u8,
    /// Whether it was removed for misbehaviour, for good; then its stake is zero.
    pub is_removed: bool,
}

/// Keys that a Root may have retired at a time.
pub const MAX_RETIRED: u8 = 3;

/// What a registry knows of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEntry {
    /// `00`: a Root uses it.
    InUse {
        /// Account id of the Root.
        root: HashBytes,
    },
    /// `01`: its Root took another key.
    Retired {
        /// Account id of the Root.
        root: HashBytes,
        /// Unix time at which it did.
        at: u32,
    },
    /// `10`: removed for misbehaviour, for good.
    Removed {
        /// Account id of the Root.
        root: HashBytes,
    },
}

impl KeyEntry {
    /// The Root that holds the key, held it lately, or held it when it was removed.
    pub const fn root(&self) -> &HashBytes {
        match self {
            Self::InUse { root } | Self::Retired { root, .. } | Self::Removed { root } => root,
        }
    }

    /// Unix time at which its Root took another key; `None` for one that is in use or removed.
    pub const fn retired_at(&self) -> Option<u32> {
        match self {
            Self::Retired { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether its Root uses it.
    pub const fn is_in_use(&self) -> bool {
        matches!(self, Self::InUse { .. })
    }

    /// Whether the key was removed for misbehaviour.
    pub const fn is_removed(&self) -> bool {
        matches!(self, Self::Removed { .. })
    }
}

impl Store for KeyEntry {
    fn store_into(&self, b: &mut CellBuilder, c: &dyn CellContext) -> Result<(), Error> {
        match self {
            Self::InUse { root } => {
                b.store_small_uint(0b00, 2)?;
                root.store_into(b, c)
            }
            Self::Retired { root, at } => {
                b.store_small_uint(0b01, 2)?;
                (root, at).store_into(b, c)
            }
            Self::Removed { root } => {
                b.store_small_uint(0b10, 2)?;
                root.store_into(b, c)
            }
        }
    }
}

impl<'a> Load<'a> for KeyEntry {
    fn load_from(s: &mut CellSlice<'a>) -> Result<Self, Error> {
        Ok(match s.load_small_uint(2)? {
            0b00 => Self::InUse {
                root: <_>::load_from(s)?,
            },
            0b01 => Self::Retired {
                root: <_>::load_from(s)?,
                at: s.load_u32()?,
            },
            0b10 => Self::Removed {
                root: <_>::load_from(s)?,
            },
            _ => return Err(Error::InvalidTag),
        })
    }
}
