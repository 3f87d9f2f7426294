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
    /// Values and unpaid forward fees of its messages to itself that wait for a block.
    pub waiting_nano: u128,
    /// Issued by the zerostate.
    pub issued_nano: u128,
    /// Brought in by messages that no account sent, which only the embedded network has.
    pub minted_nano: u128,
    /// Imported from other chains, ever.
    pub received_nano: u128,
    /// Sent to other chains, ever.
    pub sent_nano: u128,
}

impl ChainSupply {
    /// Whether what the chain has is what it was given less what it sent away, to the nano. Sums above 128 bits are not.
    pub fn is_conserved(&self) -> bool {
        let sum = |parts: &[u128]| {
            parts
                .iter()
                .try_fold(0_u128, |sum, part| sum.checked_add(*part))
        };
        let away = sum(&[
            self.accounts_nano,
            self.fees_nano,
            self.burnt_nano,
            self.waiting_nano,
            self.sent_nano,
        ]);
        away.is_some() && away == sum(&[self.issued_nano, self.minted_nano, self.received_nano])
    }
}

/// The coins of the whole network, in nano.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supply {
    /// By chain.
    pub chains: BTreeMap<ChainId, ChainSupply>,
    /// Values and unpaid forward fees of all internal messages that wait for a block.
    pub in_flight_nano: u128,
    /// Issued by the zerostate.
    pub issued_nano: u128,
    /// Brought in by messages that no account sent, which only the embedded network has.
    pub injected_nano: u128,
}

impl Supply {
    /// Returns the coins of these chains, with those of messages between them.
    pub fn new(chains: BTreeMap<ChainId, ChainSupply>, between_nano: u128) -> Self {
        let sum = |kind: fn(&ChainSupply) -> u128| chains.values().map(kind).sum::<u128>();
        Self {
            in_flight_nano: between_nano + sum(|chain| chain.waiting_nano),
            issued_nano: sum(|chain| chain.issued_nano),
            injected_nano: sum(|chain| chain.minted_nano),
            chains,
        }
    }

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
