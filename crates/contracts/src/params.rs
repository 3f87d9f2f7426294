//! Config parameters that ddvs adds (`contracts/shared/params.tolk`).

use tycho_types::cell::{Cell, HashBytes, Lazy, Load, Store};
use tycho_types::dict::Dict;

use crate::Network;

/// Number of [`DdvsParams`] in the config.
pub const PARAM_DDVS: u32 = 200;
/// Number of [`AcceptedRoots`] in the config.
pub const PARAM_ROOT_CODES: u32 = 201;

/// Param 200: limits and prices of the network on this chain. Amounts are nano.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#ddf5")]
pub struct DdvsParams {
    /// No set falls below this.
    pub min_validators: u16,
    /// Members of a workchain's set.
    pub max_validators: u16,
    /// Members of the masterchain's set.
    pub main_validators: u16,
    /// Entries of a batch.
    pub max_batch: u8,
    /// Roots in one chain's registry.
    pub max_roots: u32,
    /// Changes that wait for a batch.
    pub max_queue: u32,
    /// Smallest stake of a validator.
    pub min_stake: u64,
    /// Largest stake of a validator.
    pub max_stake: u64,
    /// Share of the registered stake that a batch may move, in 1/10,000.
    pub churn_bp: u16,
    /// Share of all slashable coins, in 1/10,000.
    pub slash_bp: u16,
    /// Seconds for which a key that left can be blamed.
    pub evidence_window: u32,
    /// Seconds; longer than the evidence window.
    pub min_unlock_period: u32,
    /// Least seconds between two sets in param 34; 0: each change at once.
    pub set_interval: u32,
    /// Pays a message from a wallet to a Root and back.
    pub op_value: u64,
    /// Pays a batch: its proposals and votes on all chains.
    pub batch_value: u64,
    /// Pays one change of a batch at its origin.
    pub item_value: u64,
    /// Sent with an answer or a vote, at least.
    pub answer_value: u64,
    /// Sent with a proposal: pays the receiver's votes.
    pub peer_value: u64,
    /// What a D'Elector keeps for its storage.
    pub reserve: u64,
}

impl DdvsParams {
    /// The value that a change needs at the D'Elector: one batch, one change, and the answer.
    pub fn update_value(&self) -> u64 {
        self.batch_value + self.item_value + self.answer_value
    }
}

/// Param 201: the Root codes that the D'Elector accepts, by code hash.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct AcceptedRoots {
    /// By code hash.
    pub codes: Dict<HashBytes, AcceptedRoot>,
}

/// One accepted Root code.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct AcceptedRoot {
    /// Depth of the code.
    pub code_depth: u16,
    /// The network as its static data name it.
    pub network: Lazy<Network>,
    /// Code of its wallets.
    pub wallet_code: Cell,
}
