//! All blocks of a network, whole, from the first one on.
//!
//! Nodes do not list blocks, but each block names its predecessor, and a masterchain block names the workchains' blocks that
//! it includes. So a walk goes from the newest known block back to its position, keeps only the numbers, and then reads
//! forward: block by block of the masterchain, and the workchains' blocks before each.
//!
//! The newest block is known from a transaction in it. Blocks after the last one in which a witness had a transaction are
//! read when there is the next.
//!
//! Config and set of a masterchain block are those of the last key block, possibly itself: the block after it, from which on
//! they are in force, may stay unknown for long. A workchain's are those at the time of reading: its blocks do not contain
//! them, and nodes keep no old states.

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_client::{Block, ChainId, ClientError, MASTERCHAIN};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockId, BlockchainConfigParams, StdAddr};

use crate::config::{InForce, PARAM_VALIDATORS};
use crate::network::JrpcNetwork;
use crate::nodes::Nodes;
use crate::whole_block::{WholeBlock, chain_of};

/// The number of the previous validator set.
const PARAM_PREVIOUS: u32 = 32;

/// Maximum number of masterchain blocks read on the way back at a time.
const MAX_BACK: usize = 100;

/// Maximum number of witnesses whose last transaction is remembered.
const MAX_SEEN: usize = 200_000;

/// Maximum number of a workchain's blocks that are read at a time.
const MAX_TAIL: usize = 10_000;

/// A walk over all blocks.
#[derive(Debug)]
pub struct Walk {
    /// Last block of each chain that was returned.
    known: BTreeMap<ChainId, u32>,
    /// Masterchain blocks still to be returned, the next one last.
    ids: Vec<BlockId>,
    /// On the way back: the next block to read.
    back: Option<Back>,
    /// The newest known block of each chain.
    heads: BTreeMap<ChainId, BlockId>,
    in_force: BTreeMap<ChainId, InForce>,
    /// The last processed transaction of each witness.
    seen: BTreeMap<StdAddr, HashBytes>,
}

/// The way back to the last returned block.
#[derive(Debug)]
struct Back {
    next: BlockId,
    /// Config of the oldest key block that was found.
    config: Option<Cell>,
}

impl Walk {
    /// Returns a walk that continues after the blocks of these numbers; 0 for a chain of which nothing is known.
    ///
    /// Needs nodes that provide whole blocks. Fails only when no node answers.
    pub fn new(network: &JrpcNetwork, known: BTreeMap<ChainId, u32>) -> Result<Self, ClientError> {
        let nodes = network.nodes();
        if !nodes.gives_blocks()? {
            let cause = anyhow::anyhow!(
                "no node gives out blocks: set `rpc.allow_huge_requests` in the config of one, as `ddvs tycho init` does"
            );
            return Err(ClientError::fault("reading blocks", cause));
        }
        let mut in_force = BTreeMap::new();
        for chain in nodes.description.chain_ids() {
            in_force.insert(chain, nodes.in_force(chain)?);
        }
        Ok(Self {
            known,
            ids: Vec::new(),
            back: None,
            heads: BTreeMap::new(),
            in_force,
            seen: BTreeMap::new(),
        })
    }

    /// Returns the number of known masterchain blocks that were not returned yet.
    pub fn behind(&self) -> usize {
        self.ids.len()
    }

    /// Whether it is still on its way back, so that it cannot return anything yet.
    pub fn is_going_back(&self) -> bool {
        self.back.is_some()
    }

    /// Looks for newer blocks: those of the witnesses' last transactions.
    ///
    /// Fails only when no node answers.
    pub fn look(
        &mut self,
        network: &JrpcNetwork,
        witnesses: &[StdAddr],
    ) -> Result<(), ClientError> {
        let nodes = network.nodes();
        if self.seen.len() > MAX_SEEN {
            self.seen.clear();
        }
        for witness in witnesses {
            let Some(last) = nodes.last_transaction_hash(witness)? else {
                continue;
            };
            if self.seen.insert(witness.clone(), last) == Some(last) {
                continue;
            }
            let block = nodes.block_of(&last)?;
            let at = (block.chain, block.seqno);
            let id = nodes.memory().block_ids.get(&at).copied();
            if let Some(id) = id.filter(|id| chain_of(id) == Some(block.chain)) {
                self.head(block.chain, id);
            }
        }
        Ok(())
    }

    fn head(&mut self, chain: ChainId, id: BlockId) {
        let head = self.heads.entry(chain).or_insert(id);
        if head.seqno < id.seqno {
            *head = id;
        }
    }

    fn known(&self, chain: ChainId) -> u32 {
        self.known.get(&chain).copied().unwrap_or(0)
    }

    /// Returns the next masterchain block, after the workchains' blocks that it includes; if there is none, the workchains'
    /// blocks that no known masterchain block includes yet. Empty when nothing new is known, and while the walk is on its way
    /// back.
    ///
    /// Fails only when no node answers, or none has a block any more; the next call returns the same blocks.
    pub fn next(&mut self, network: &JrpcNetwork) -> Result<Vec<Arc<Block>>, ClientError> {
        let before = self.known.clone();
        let told = self.tell(network.nodes());
        if told.is_err() {
            self.known = before;
        }
        told
    }

    fn tell(&mut self, nodes: &Nodes) -> Result<Vec<Arc<Block>>, ClientError> {
        let mut blocks = Vec::new();
        if self.ids.is_empty() || self.back.is_some() {
            self.go_back(nodes)?;
            if self.back.is_some() {
                return Ok(blocks);
            }
        }
        let Some(id) = self.ids.last().copied() else {
            let heads: Vec<_> = self.heads.iter().map(|(chain, id)| (*chain, *id)).collect();
            for (chain, id) in heads.into_iter().filter(|(chain, _)| *chain != MASTERCHAIN) {
                self.tail(nodes, chain, id, &mut blocks)?;
            }
            return Ok(blocks);
        };
        let main = nodes.read_block(&id)?.ok_or_else(|| gone(&id))?;
        for shard in &main.shards {
            let described =
                chain_of(shard).filter(|chain| nodes.description.delector(*chain).is_some());
            if let Some(chain) = described {
                self.tail(nodes, chain, *shard, &mut blocks)?;
            }
        }
        if let Some(config) = main.config.clone() {
            let params = BlockchainConfigParams::from_raw(config);
            if let Ok(in_force) = InForce::of(&params, PARAM_VALIDATORS) {
                self.in_force.insert(MASTERCHAIN, in_force);
            }
        }
        let in_force = self.in_force(nodes, MASTERCHAIN)?;
        blocks.push(Arc::new(main.block(MASTERCHAIN, in_force)));
        self.ids.pop();
        self.known.insert(MASTERCHAIN, id.seqno);
        Ok(blocks)
    }

    /// Collects the masterchain's blocks from its head back to those that were returned, some at a time.
    fn go_back(&mut self, nodes: &Nodes) -> Result<(), ClientError> {
        let bottom = self.known(MASTERCHAIN);
        let mut back = match self.back.take() {
            Some(back) => back,
            None => match self.heads.get(&MASTERCHAIN) {
                Some(head) if head.seqno > bottom => Back {
                    next: *head,
                    config: None,
                },
                _ => return Ok(()),
            },
        };
        for _ in 0..MAX_BACK {
            let block = match nodes.read_block(&back.next) {
                Ok(block) => block,
                Err(error) => {
                    self.back = Some(back);
                    return Err(error);
                }
            };
            let Some(block) = block else {
                // nodes forget old blocks: the walk begins with the oldest one that they have
                self.turn_round(back.config);
                return Ok(());
            };
            self.ids.push(back.next);
            back.config = block.config.or(back.config);
            match block.previous {
                Some(previous) if previous.seqno > bottom => back.next = previous,
                _ => {
                    self.turn_round(back.config);
                    return Ok(());
                }
            }
        }
        self.back = Some(back);
        Ok(())
    }

    /// the config before the first change is the one that it replaced
    fn turn_round(&mut self, first_config: Option<Cell>) {
        let Some(config) = first_config else {
            return;
        };
        let params = BlockchainConfigParams::from_raw(config);
        if let Ok(before) = InForce::of(&params, PARAM_PREVIOUS) {
            let config_hash = HashBytes::ZERO;
            self.in_force.insert(
                MASTERCHAIN,
                InForce {
                    config_hash,
                    ..before
                },
            );
        }
    }

    /// Returns the blocks of a workchain up to one, in order.
    fn tail(
        &mut self,
        nodes: &Nodes,
        chain: ChainId,
        mut id: BlockId,
        blocks: &mut Vec<Arc<Block>>,
    ) -> Result<(), ClientError> {
        let (bottom, top) = (self.known(chain), id.seqno);
        let mut found = Vec::new();
        while id.seqno > bottom && found.len() < MAX_TAIL {
            let Some(block) = nodes.read_block(&id)? else {
                break;
            };
            let previous = block.previous;
            found.push(block);
            match previous {
                Some(previous) => id = previous,
                None => break,
            }
        }
        // at the end of the walk the blocks show the config in force
        let is_at_the_end = self.ids.len() <= 1;
        let delector = nodes.description.delector(chain);
        let touches = |block: &WholeBlock| delector.is_some_and(|delector| block.touches(delector));
        if is_at_the_end && found.iter().any(touches) {
            self.in_force.insert(chain, nodes.in_force(chain)?);
        }
        if found.is_empty() {
            return Ok(());
        }
        let in_force = self.in_force(nodes, chain)?;
        for block in found.iter().rev() {
            blocks.push(Arc::new(block.block(chain, in_force.clone())));
        }
        self.known.insert(chain, top);
        Ok(())
    }

    fn in_force(&self, nodes: &Nodes, chain: ChainId) -> Result<InForce, ClientError> {
        match self.in_force.get(&chain) {
            Some(known) => Ok(known.clone()),
            None => nodes.in_force(chain),
        }
    }
}

fn gone(id: &BlockId) -> ClientError {
    let cause = anyhow::anyhow!("no node has block {id} any more");
    ClientError::fault("reading blocks", cause)
}
