//! Contents of a registry: Roots and keys (`contracts/delector/storage.tolk`).

use tycho_types::cell::{CellBuilder, CellContext, CellSlice, HashBytes, Load, Store};
use tycho_types::error::Error;
use tycho_types::num::Tokens;

/// A registered or removed Root.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootEntry {
    /// Stake in nano: zero once it has left, otherwise at least a validator's minimum.
    pub stake: Tokens,
    /// Its consensus key.
    pub key: HashBytes,
    /// Unix time of joining, leaving or changing the key.
    pub since: u32,
    /// Number of its retired keys that are not purged, at most [`MAX_RETIRED`].
    pub retired: u8,
    /// Whether it was permanently removed for misbehaviour; then its stake is zero.
    pub is_removed: bool,
}

/// Maximum number of retired keys of a Root.
pub const MAX_RETIRED: u8 = 3;

/// State of a key in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEntry {
    /// `00`: a Root uses it.
    InUse {
        /// Account id of the Root.
        root: HashBytes,
    },
    /// `01`: its Root has taken another key.
    Retired {
        /// Account id of the Root.
        root: HashBytes,
        /// Unix time of that change.
        at: u32,
    },
    /// `10`: permanently removed for misbehaviour.
    Removed {
        /// Account id of the Root.
        root: HashBytes,
    },
}

impl KeyEntry {
    /// Returns the Root that holds the key, held it last, or held it when it was removed.
    pub const fn root(&self) -> &HashBytes {
        match self {
            Self::InUse { root } | Self::Retired { root, .. } | Self::Removed { root } => root,
        }
    }

    /// Returns the Unix time at which its Root took another key; `None` for a key that is in use or removed.
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
