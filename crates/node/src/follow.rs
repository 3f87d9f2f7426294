//! Follows a chain that this node does not validate: certified blocks from any node, executed here.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ddvs_types::ChainId;

use crate::chains::{Chains, TakeError};
use crate::peer::Peer;
use crate::record::Records;

/// How long a follower waits after a node has failed.
const PAUSE: Duration = Duration::from_millis(300);
/// Validators whose addresses suffice: otherwise other nodes are asked too.
const MIN_VALIDATORS: usize = 2;
/// How often it looks whether it is to go on.
const NAP: Duration = Duration::from_millis(50);

/// Follows one chain while the node does not validate it.
#[derive(Debug)]
pub struct Follower {
    /// The chain.
    pub chain: ChainId,
    /// All chains of this node.
    pub chains: Arc<Chains>,
    /// Where other nodes are.
    pub records: Arc<Records>,
    /// Nodes that were named by the user.
    pub known: Vec<String>,
    /// This node's own address, which is not asked.
    pub own: String,
    /// Whether the engine of the chain runs on this node.
    pub validates: Arc<AtomicBool>,
    /// Whether the node is to stop.
    pub stop: Arc<AtomicBool>,
}

impl Follower {
    /// Follows the chain until the node stops, or the chain is found captured.
    ///
    /// Fails when the store or the state transition does.
    pub fn run(&self) -> Result<(), TakeError> {
        let peer = Peer::default();
        let mut turn = 0_usize;
        while !self.stop.load(Ordering::Relaxed) {
            if self.validates.load(Ordering::Relaxed) {
                thread::sleep(NAP);
                continue;
            }
            let nodes = self.nodes();
            let Some(node) = nodes.get(turn % nodes.len().max(1)) else {
                thread::sleep(PAUSE);
                continue;
            };
            match self.ask(&peer, node) {
                Ok(true) => {}
                Ok(false) => turn = turn.wrapping_add(1),
                Err(TakeError::Captured { .. }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Nodes that may have the chain's blocks: its validators, and without their addresses all others.
    fn nodes(&self) -> Vec<String> {
        let set = (self.chains.site(self.chain)).map(|site| site.replica.next_set().clone());
        let members = set.iter().flat_map(|set| set.members());
        let validators = members.filter_map(|member| self.records.of(&member.key));
        let others = |nodes: &mut Vec<String>| {
            let mut seen = HashSet::new();
            nodes.retain(|node| *node != self.own && seen.insert(node.clone()));
        };
        let mut nodes: Vec<_> = validators.map(|record| record.http).collect();
        others(&mut nodes);
        // one node of many may be the only one that is reached
        if nodes.len() < MIN_VALIDATORS {
            nodes.extend(self.known.iter().cloned());
            nodes.extend(self.records.all().into_iter().map(|record| record.http));
            others(&mut nodes);
        }
        nodes
    }

    /// Asks a node for the next blocks, and takes them; whether it is worth asking again.
    fn ask(&self, peer: &Peer, node: &str) -> Result<bool, TakeError> {
        let Some(height) = self.chains.site(self.chain).map(|site| site.height()) else {
            return Err(TakeError::NoSuchChain(self.chain));
        };
        let blocks = match peer.blocks(node, self.chain, height + 1) {
            Ok(blocks) => blocks,
            Err(error) => {
                tracing::debug!(chain = self.chain, "{error}");
                thread::sleep(PAUSE);
                return Ok(false);
            }
        };
        if blocks.is_empty() {
            // it has waited for one; another node may know more
            return Ok(false);
        }
        for (block, certified) in blocks {
            if self.validates.load(Ordering::Relaxed) || self.stop.load(Ordering::Relaxed) {
                return Ok(true);
            }
            match (self.chains).take(self.chain, &block, certified.certificate) {
                Ok(_) => {}
                // the engine has taken it meanwhile
                Err(TakeError::NotNext { .. }) => return Ok(true),
                Err(error @ (TakeError::Malformed(_) | TakeError::Certificate(_))) => {
                    tracing::warn!(
                        chain = self.chain,
                        node,
                        "a node sends what proves nothing: {error}"
                    );
                    return Ok(false);
                }
                Err(error) => {
                    tracing::error!(chain = self.chain, "{error}");
                    return Err(error);
                }
            }
        }
        Ok(true)
    }
}
