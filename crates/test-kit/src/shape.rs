//! Shape of a test world.

use ddvs_contracts::Codes;
use ddvs_ledger::DelayPlan;
use ddvs_zerostate::{Limits, Prices, Terms};

/// Genesis stakes of one workchain, in whole coins, one for each validator.
pub type Stakes = Vec<u64>;

/// Shape of a test world. The default has three workchains of four validators each, short periods and no random
/// delays.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Genesis stakes of each workchain, from chain 0 on.
    pub stakes: Vec<Stakes>,
    /// Limits of the network.
    pub limits: Limits,
    /// Prices of the network.
    pub prices: Prices,
    /// Terms of all Roots; the nonce of a genesis Root is its index in its chain.
    pub terms: Terms,
    /// People on each chain, the masterchain included.
    pub people: usize,
    /// Coins that each person, and each owner of a genesis validator, starts with.
    pub pocket: u64,
    /// Time between blocks, in ms, for all chains.
    pub block_time_ms: u64,
    /// Seed of all keys and of the contracts' randomness.
    pub seed: u64,
    /// Delays of messages.
    pub delays: DelayPlan,
    /// Code of the contracts.
    pub codes: Codes,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            stakes: vec![vec![100_000, 101_000, 102_000, 103_000]; 3],
            limits: Limits {
                slash_bp: 5_000,
                evidence_window_s: 60,
                min_unlock_period_s: 61,
                ..Limits::default()
            },
            prices: Prices::default(),
            terms: Terms {
                lock_period: 20,
                unlock_period: 70,
                ..Terms::default()
            },
            people: 3,
            pocket: 2_000_000,
            block_time_ms: 1_000,
            seed: 1,
            delays: DelayPlan::default(),
            codes: Codes::default(),
        }
    }
}

impl Shape {
    /// The default with other genesis stakes.
    pub fn with_stakes(stakes: Vec<Stakes>) -> Self {
        Self {
            stakes,
            ..Self::default()
        }
    }
}
