//! Observations of one round: plain values, so that the decision is a function of them.

use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// All observations of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Unix time of this host.
    pub now_s: u64,
    /// The node's key.
    pub node_key: HashBytes,
    /// The node's answer, or the reason why there is none.
    pub node: Result<NodeView, String>,
    /// Last masterchain blocks of the other nodes that answered.
    pub peers: Vec<u32>,
    /// Number of other nodes that did not answer.
    pub silent_peers: usize,
    /// State of the contracts, or why they could not be read; `None` while the node is not a good source.
    pub chain: Option<Result<ChainView, String>>,
}

/// Status reported by the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// Number of its last masterchain block.
    pub mc_seqno: u32,
    /// Unix time of that block.
    pub mc_time_s: u32,
    /// Members of the set in force (param 34).
    pub set_size: u16,
    /// Total weight.
    pub total_weight: u64,
    /// Unix time since which the set is in force.
    pub set_since_s: u32,
    /// Position and weight of the node's key in the set.
    pub member: Option<(u16, u64)>,
}

impl NodeView {
    /// Age of its last block at `now_s`, in seconds.
    pub fn lag_s(&self, now_s: u64) -> u64 {
        now_s.saturating_sub(self.mc_time_s.into())
    }
}

/// State of the contracts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainView {
    /// The Root for which the node validates.
    pub root: RootAccount,
    /// The node's key in the registries.
    pub key: KeyHolder,
    /// A set of the masterchain that waits to be published.
    pub pending_set: Option<PendingSet>,
    /// The paying wallet.
    pub wallet: WalletView,
    /// Value to attach to a request to the Root, in nano.
    pub change_value_nano: u128,
    /// Smallest stake of a validator, in nano.
    pub min_stake_nano: u128,
}

/// The contract at the Root's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootAccount {
    /// There is no contract.
    Missing,
    /// There is a contract, but not a Root of this network.
    Foreign,
    /// The Root.
    Here(RootView),
}

/// State of the Root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RootView {
    /// The key that counts.
    pub key: Option<HashBytes>,
    /// The key to be counted next.
    pub next_key: Option<HashBytes>,
    /// All active stake, in nano.
    pub stake_nano: u128,
    /// Stake that the D'Elector counts, in nano.
    pub counted_nano: u128,
    /// Stake that it should count, in nano.
    pub desired_nano: u128,
    /// Number of the last update sent to the D'Elector.
    pub seq: u32,
    /// Whether that has not been answered.
    pub in_flight: bool,
    /// Closed by its owner.
    pub closed: bool,
    /// Removed for misbehaviour.
    pub removed: bool,
    /// Reason of the last refused update; it stays after later ones succeeded.
    pub last_reason: Option<u8>,
}

/// Holder of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyHolder {
    /// Nobody.
    Free,
    /// Our Root, which uses it.
    Ours,
    /// Another Root, or ours earlier: it cannot be registered until it has been purged.
    Taken(StdAddr),
    /// It was removed for misbehaviour.
    Removed,
}

/// A set that the masterchain's D'Elector has not published yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingSet {
    /// Unix time of the last set.
    pub published_at: u32,
    /// Minimum time between two sets, in seconds.
    pub interval_s: u32,
    /// Number of members.
    pub size: u16,
    /// Minimum number of members.
    pub least: u16,
}

/// The paying wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletView {
    /// Its address.
    pub address: StdAddr,
    /// Its balance, in nano.
    pub balance_nano: u128,
    /// Whether it is the owner of the Root.
    pub is_owner: bool,
}
