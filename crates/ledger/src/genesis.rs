//! The first state of a network.

use ddvs_chain::ChainGenesis;

use crate::{DelayPlan, HistoryLimits, Limits};

/// A whole network before its first block.
#[derive(Debug, Clone)]
pub struct NetworkGenesis {
    /// All chains, in any order.
    pub chains: Vec<ChainGenesis>,
    /// Virtual time of the zerostate, in ms since 1970.
    pub start_time_ms: u64,
    /// Seed of the contracts' randomness. Delays have a seed of their own in `delays`.
    pub seed: u64,
    /// Delays between chains and of blocks.
    pub delays: DelayPlan,
    /// Limits of the kept history.
    pub history: HistoryLimits,
    /// Limits of queues and blocks.
    pub limits: Limits,
}

impl NetworkGenesis {
    /// A network with default delays, limits and history.
    pub fn new(chains: Vec<ChainGenesis>, start_time_ms: u64, seed: u64) -> Self {
        Self {
            chains,
            start_time_ms,
            seed,
            delays: DelayPlan::default(),
            history: HistoryLimits::default(),
            limits: Limits::default(),
        }
    }
}
