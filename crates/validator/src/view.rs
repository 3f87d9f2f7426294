//! What one round saw: plain values, so that what follows from them is a function.

use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Everything that a round saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Unix time of this host.
    pub now_s: u64,
    /// The node's key.
    pub node_key: HashBytes,
    /// What the node answered, or why it did not.
    pub node: Result<NodeView, String>,
    /// Last masterchain blocks of the other nodes that answered.
    pub peers: Vec<u32>,
    /// Other nodes that did not answer.
    pub silent_peers: usize,
    /// What the contracts hold, or why they could not be read; `None` while the node is no good source.
    pub chain: Option<Result<ChainView, String>>,
}

/// What the node says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// Number of its last masterchain block.
    pub mc_seqno: u32,
    /// Unix time of that block.
    pub mc_time_s: u32,
    /// Members of the set in force (param 34).
    pub set_size: u16,
    /// Weight of them all.
    pub total_weight: u64,
    /// Unix time since which the set is in force.
    pub set_since_s: u32,
    /// Place and weight of the node's key in the set.
    pub member: Option<(u16, u64)>,
}

impl NodeView {
    /// Age of its last block at `now_s`, in seconds.
    pub fn lag_s(&self, now_s: u64) -> u64 {
        now_s.saturating_sub(self.mc_time_s.into())
    }
}

/// What the contracts hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainView {
    /// The Root that the node validates for.
    pub root: RootAccount,
    /// The node's key in the registries.
    pub key: KeyHolder,
    /// A set of the masterchain that waits to be published.
    pub pending_set: Option<PendingSet>,
    /// The wallet that pays.
    pub wallet: WalletView,
    /// What a request to the Root needs attached, in nano.
    pub change_value_nano: u128,
    /// Smallest stake of a validator, in nano.
    pub min_stake_nano: u128,
}

/// What is at the Root's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootAccount {
    /// No contract.
    Missing,
    /// A contract, but no Root of this network.
    Foreign,
    /// The Root.
    Here(RootView),
}

/// What the Root holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RootView {
    /// The key that counts.
    pub key: Option<HashBytes>,
    /// The key that shall count next.
    pub next_key: Option<HashBytes>,
    /// Everybody's active stake, in nano.
    pub stake_nano: u128,
    /// What the D'Elector counts, in nano.
    pub counted_nano: u128,
    /// What it should count, in nano.
    pub desired_nano: u128,
    /// Number of the last update sent to the D'Elector.
    pub seq: u32,
    /// Whether that has not been answered.
    pub in_flight: bool,
    /// Closed by its owner.
    pub closed: bool,
    /// Removed for misbehaviour.
    pub removed: bool,
    /// Why the last refused update was refused; it stays after later ones succeeded.
    pub last_reason: Option<u8>,
}

/// Who holds a key.
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

/// A set that the masterchain's D'Elector keeps back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingSet {
    /// Unix time of the last set.
    pub published_at: u32,
    /// Least seconds between two sets.
    pub interval_s: u32,
    /// Members.
    pub size: u16,
    /// With fewer it is not written.
    pub least: u16,
}

/// The wallet that pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletView {
    /// Where it is.
    pub address: StdAddr,
    /// What it has, in nano.
    pub balance_nano: u128,
    /// Whether it is the owner of the Root.
    pub is_owner: bool,
}
