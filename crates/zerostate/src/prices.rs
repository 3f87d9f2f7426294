//! Prices, and the values that messages between the contracts must carry so that their whole path is paid for.

use ddvs_contracts::params::{DdvsParams, Limits, Uint48};
use ddvs_types::COIN_U64;

/// Prices of gas and blocks. The masterchain's are those of a workchain times [`Prices::MASTERCHAIN_FACTOR`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Price of one gas in a workchain, in nano.
    pub gas_price_nano: u64,
    /// Gas of one transaction.
    pub gas_limit: u64,
    /// Gas of one block.
    pub block_gas_limit: u64,
    /// Fixed price of a message in a workchain, in nano.
    pub message_price_nano: u64,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            gas_price_nano: 1_000,
            gas_limit: 1_000_000,
            block_gas_limit: 200_000_000,
            message_price_nano: 400_000,
        }
    }
}

/// Cost of a registry entry to a workchain's copy in ten years, in nano: a Root and a key, with their branches of the
/// dictionaries, are 4 cells of 1,300 bits together.
const PLACE_NANO: u64 = 16_000_000;

/// Gas of the longest paths, rounded up from the measured figures in `docs/benchmarks.md`.
mod gas {
    /// From a wallet to a Root and back, with the remaining value returned: half of it each way. A request and a
    /// release of the fullest wallet take 49,000, and the answer that settles a slash there 95,000
    /// (`crates/contracts/tests/it/pool_gas.rs`).
    pub const OPERATION: u64 = 200_000;
    /// Booking one vote.
    pub const VOTE: u64 = 25_000;
    /// Checking a proposal and applying its batch, without its entries.
    pub const APPLY: u64 = 70_000;
    /// Each entry of a proposal.
    pub const ENTRY: u64 = 15_000;
    /// A batch at its origin: proposing and applying it.
    pub const BATCH: u64 = 71_000;
    /// One change at its origin: accepting it, closing it into a batch, applying and answering it.
    pub const ITEM: u64 = 67_000;
    /// Building and sending a message to another copy.
    pub const SEND: u64 = 4_000;
    /// An answer handled by a Root, with the leftover returned: at most 42,000 where floors stand and another update goes out; or a batch read
    /// that a copy has asked for, and that is none: up to 59,000.
    pub const ANSWER: u64 = 62_000;
}

impl Prices {
    /// Factor of the masterchain's prices.
    pub const MASTERCHAIN_FACTOR: u64 = 10;
    /// Additional gas of an entry that brings a key or removes one: a signature or two, and another dictionary. The
    /// key's place pays for it.
    pub const PLACE_GAS: u64 = 18_000;

    /// Returns param 200 of one chain in a network of `chains` chains.
    pub fn params(&self, limits: &Limits, chains: usize, masterchain: bool) -> DdvsParams {
        let peers = chains as u64 - 1;
        let coins = |gas: u64| gas * self.gas_price_nano;
        // the masterchain's copy has free gas and no stake: it needs next to nothing, and never votes
        let workchains = peers.saturating_sub(1);
        let answer_value = coins(gas::ANSWER);
        let vote_value = coins(gas::VOTE);
        // a message of one or two cells
        let sent = coins(gas::SEND) + 2 * self.message_price_nano;
        let peer_value = coins(gas::APPLY) + peers * sent + workchains * vote_value;
        let batch_value =
            workchains * peer_value + peers * sent + vote_value / 2 + coins(gas::BATCH);
        let entry_value = coins(gas::ENTRY);
        let place_value = peers * (PLACE_NANO + coins(Self::PLACE_GAS));
        let factor = if masterchain {
            Self::MASTERCHAIN_FACTOR
        } else {
            1
        };
        DdvsParams {
            max_roots: limits.max_roots.min(Limits::most_roots(chains - 1)),
            // with what a settled slash brings the treasury for its gas
            op_value_nano: factor
                * (coins(gas::OPERATION) + 8 * self.message_price_nano + answer_value),
            batch_value_nano: batch_value,
            item_value_nano: coins(gas::ITEM) + workchains * entry_value,
            answer_value_nano: answer_value,
            peer_value_nano: peer_value,
            reserve_nano: 100 * COIN_U64,
            vote_value_nano: Uint48::new(vote_value),
            entry_value_nano: Uint48::new(entry_value),
            place_value_nano: Uint48::new(place_value),
            ..limits.into()
        }
    }
}
