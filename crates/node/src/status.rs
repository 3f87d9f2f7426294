//! What a node says of itself.

use ddvs_types::ChainId;
use serde::{Deserialize, Serialize};

use crate::admit::Admission;
use crate::chains::now_ms;

/// What a node says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// Genesis hash of the network.
    pub genesis: String,
    /// Public key of the node.
    pub key: String,
    /// Number of nodes whose addresses it knows.
    pub nodes: usize,
    /// All chains.
    pub chains: Vec<ChainStatus>,
}

/// A chain as a node knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChainStatus {
    /// Its id.
    pub chain: ChainId,
    /// Height of its newest block.
    pub height: u64,
    /// Hash of that block's header.
    pub hash: String,
    /// Age of that block, in ms.
    pub age_ms: u64,
    /// Whether the node is in the set of the next block.
    pub validates: bool,
    /// Number of validators in that set.
    pub validators: usize,
    /// Hash of that set.
    pub set: String,
    /// The weight of the node in that set, of all.
    pub weight: u64,
    /// The weight of all.
    pub total_weight: u64,
    /// External messages that wait.
    pub waiting: usize,
    /// How far it follows the other chains.
    pub follows: Vec<Followed>,
    /// Why the chain is no longer followed, if its validators certified what is not valid.
    pub captured: Option<String>,
}

/// How far a chain follows another one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Followed {
    /// The other chain.
    pub chain: ChainId,
    /// Height of the newest header that it has taken.
    pub height: u64,
    /// Messages that it has imported, ever.
    pub imported: u64,
    /// Whether it knows which set signs the other one's next block.
    pub is_agreed: bool,
}

impl Status {
    /// Returns the status of a node.
    pub fn of(node: &Admission) -> Self {
        let mut genesis = String::new();
        let mut chains = Vec::new();
        for id in node.chains.ids() {
            let Some(site) = node.chains.site(id) else {
                continue;
            };
            let header = site.replica.header();
            genesis = header.scope.genesis.to_string();
            let set = site.replica.next_set();
            let received = site.replica.chain().received();
            let follows = site
                .replica
                .cursors()
                .iter()
                .map(|(&other, cursor)| Followed {
                    chain: other,
                    height: cursor.header.height,
                    imported: received.get(other).map_or(0, |lane| lane.count),
                    is_agreed: cursor.next_set.is_some(),
                });
            let own = set.get(&node.key);
            chains.push(ChainStatus {
                chain: id,
                height: header.height,
                hash: site.replica.hash().to_string(),
                age_ms: now_ms().saturating_sub(header.time_ms),
                validates: own.is_some(),
                validators: set.members().len(),
                set: set.hash().to_string(),
                weight: own.map_or(0, |member| member.weight),
                total_weight: set.total_weight(),
                waiting: site.mempool.len(),
                follows: follows.collect(),
                captured: site.captured.clone(),
            });
        }
        Self {
            genesis,
            key: node.key.to_string(),
            nodes: node.records.all().len(),
            chains,
        }
    }
}
