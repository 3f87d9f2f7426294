//! What one chain has ever sent to another one: how many messages, in which order, and how many coins.

use tycho_types::cell::{CellBuilder, HashBytes, Load, Store};
use tycho_types::error::Error;

use crate::ChainId;

/// All messages from one chain to another, in order. The sender keeps it of what it sent, the receiver of what it
/// imported; the second is a prefix of the first.
///
/// A lane in a certified header proves every message since the receiver's last import: exactly those, in that order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Store, Load)]
pub struct Lane {
    /// Number of messages.
    pub count: u64,
    /// Running hash over the hashes of the messages, zero if there are none.
    pub hash: HashBytes,
    /// Value and forward fees of all of them, in nano.
    pub value_nano: u128,
}

impl Lane {
    /// Appends a message.
    ///
    /// Fails only when a counter overflows or a cell cannot be built.
    pub fn push(&mut self, message: &HashBytes, carried_nano: u128) -> Result<(), Error> {
        let mut builder = CellBuilder::new();
        builder.store_u256(&self.hash)?;
        builder.store_u256(message)?;
        let count = self.count.checked_add(1).ok_or(Error::IntOverflow)?;
        let value_nano = self
            .value_nano
            .checked_add(carried_nano)
            .ok_or(Error::IntOverflow)?;
        *self = Self {
            count,
            hash: *builder.build()?.repr_hash(),
            value_nano,
        };
        Ok(())
    }
}

/// The lanes from or to all other chains, by chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lanes {
    by_chain: Vec<(ChainId, Lane)>,
}

impl Lanes {
    /// Returns empty lanes with these chains.
    pub fn new(chains: impl IntoIterator<Item = ChainId>) -> Self {
        Self {
            by_chain: chains.into_iter().map(|id| (id, Lane::default())).collect(),
        }
    }

    /// Returns the lane with a chain; none if there is no such chain.
    pub fn get(&self, chain: ChainId) -> Option<&Lane> {
        let found = self.by_chain.iter().find(|(id, _)| *id == chain);
        found.map(|(_, lane)| lane)
    }

    /// Returns the lane with a chain, to append to it; none if there is no such chain.
    pub fn get_mut(&mut self, chain: ChainId) -> Option<&mut Lane> {
        let found = self.by_chain.iter_mut().find(|(id, _)| *id == chain);
        found.map(|(_, lane)| lane)
    }

    /// All lanes, in the order of the chains.
    pub fn iter(&self) -> impl Iterator<Item = (ChainId, &Lane)> {
        self.by_chain.iter().map(|(id, lane)| (*id, lane))
    }

    /// Coins of all lanes, in nano; the largest number if there are more.
    pub fn value_nano(&self) -> u128 {
        let values = self.by_chain.iter().map(|(_, lane)| lane.value_nano);
        values.fold(0, u128::saturating_add)
    }
}

impl FromIterator<(ChainId, Lane)> for Lanes {
    fn from_iter<I: IntoIterator<Item = (ChainId, Lane)>>(lanes: I) -> Self {
        Self {
            by_chain: lanes.into_iter().collect(),
        }
    }
}
