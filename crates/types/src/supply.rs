//! Distribution of every nano of the network.

use std::collections::BTreeMap;

use crate::ChainId;

/// The coins of one chain, in nano.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChainSupply {
    /// Balances of the chain's accounts.
    pub accounts_nano: u128,
    /// Storage, gas, import and forward fees collected by the chain's blocks.
    pub fees_nano: u128,
    /// Coins that are lost: sent to the blackhole, sent without bounce to a chain that does not exist, or left in an
    /// account when it was deleted.
    pub burnt_nano: u128,
}

/// The coins of the whole network, in nano.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supply {
    /// By chain.
    pub chains: BTreeMap<ChainId, ChainSupply>,
    /// Values and unpaid forward fees of the internal messages that wait for a block.
    pub in_flight_nano: u128,
    /// Issued by the zerostate.
    pub issued_nano: u128,
    /// Brought in by messages that no account sent, which only the embedded network has.
    pub injected_nano: u128,
}

impl Supply {
    /// Balances of all accounts.
    pub fn accounts_nano(&self) -> u128 {
        self.chains.values().map(|chain| chain.accounts_nano).sum()
    }

    /// All fees collected.
    pub fn fees_nano(&self) -> u128 {
        self.chains.values().map(|chain| chain.fees_nano).sum()
    }

    /// All coins burnt.
    pub fn burnt_nano(&self) -> u128 {
        self.chains.values().map(|chain| chain.burnt_nano).sum()
    }

    /// Returns the sum of accounts, messages, fees and burnt coins.
    pub fn total_nano(&self) -> u128 {
        self.accounts_nano() + self.fees_nano() + self.burnt_nano() + self.in_flight_nano
    }

    /// Whether this sum equals what was issued, to the nano.
    pub fn is_conserved(&self) -> bool {
        self.total_nano() == self.issued_nano + self.injected_nano
    }
}
