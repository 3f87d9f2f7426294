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

use ddvs_client::{Block, ChainId, ClientError, MASTERCHAIN, TransactionRecord};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockId, BlockchainConfigParams, StdAddr};

use crate::blocks::{WholeBlock, chain_of};
use crate::network::JrpcNetwork;
use crate::stream::{InForce, PARAM_VALIDATORS};

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
        if !network.gives_blocks()? {
            let cause = anyhow::anyhow!(
                "no node gives out blocks: set `rpc.allow_huge_requests` in the config of one, as `ddvs tycho init` does"
            );
            return Err(ClientError::fault("reading blocks", cause));
        }
        let mut in_force = BTreeMap::new();
        for chain in network.description().chain_ids() {
            in_force.insert(chain, network.in_force(chain)?);
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
        if self.seen.len() > MAX_SEEN {
            self.seen.clear();
        }
        for witness in witnesses {
            let Some(last) = network.last_transaction_hash(witness)? else {
                continue;
            };
            if self.seen.insert(witness.clone(), last) == Some(last) {
                continue;
            }
            let block = network.block_of(&last)?;
            let at = (block.chain, block.seqno);
            let id = network.memory().block_ids.get(&at).copied();
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
        let told = self.tell(network);
        if told.is_err() {
            self.known = before;
        }
        told
    }

    fn tell(&mut self, network: &JrpcNetwork) -> Result<Vec<Arc<Block>>, ClientError> {
        let mut blocks = Vec::new();
        if self.ids.is_empty() || self.back.is_some() {
            self.go_back(network)?;
            if self.back.is_some() {
                return Ok(blocks);
            }
        }
        let Some(id) = self.ids.last().copied() else {
            let heads: Vec<_> = self.heads.iter().map(|(chain, id)| (*chain, *id)).collect();
            for (chain, id) in heads.into_iter().filter(|(chain, _)| *chain != MASTERCHAIN) {
                self.tail(network, chain, id, &mut blocks)?;
            }
            return Ok(blocks);
        };
        let main = network.read_block(&id)?.ok_or_else(|| gone(&id))?;
        for shard in &main.shards {
            let described =
                chain_of(shard).filter(|chain| network.description().delector(*chain).is_some());
            if let Some(chain) = described {
                self.tail(network, chain, *shard, &mut blocks)?;
            }
        }
        if let Some(config) = main.config.clone() {
            let params = BlockchainConfigParams::from_raw(config);
            if let Ok(in_force) = InForce::of(&params, PARAM_VALIDATORS) {
                self.in_force.insert(MASTERCHAIN, in_force);
            }
        }
        blocks.push(Arc::new(self.assemble(network, MASTERCHAIN, &main)?));
        self.ids.pop();
        self.known.insert(MASTERCHAIN, id.seqno);
        Ok(blocks)
    }

    /// Collects the masterchain's blocks from its head back to those that were returned, some at a time.
    fn go_back(&mut self, network: &JrpcNetwork) -> Result<(), ClientError> {
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
            let block = match network.read_block(&back.next) {
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
        network: &JrpcNetwork,
        chain: ChainId,
        mut id: BlockId,
        blocks: &mut Vec<Arc<Block>>,
    ) -> Result<(), ClientError> {
        let (bottom, top) = (self.known(chain), id.seqno);
        let mut found = Vec::new();
        while id.seqno > bottom && found.len() < MAX_TAIL {
            let Some(block) = network.read_block(&id)? else {
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
        if is_at_the_end && found.iter().any(|block| touches(network, chain, block)) {
            self.in_force.insert(chain, network.in_force(chain)?);
        }
        for block in found.iter().rev() {
            blocks.push(Arc::new(self.assemble(network, chain, block)?));
        }
        if !found.is_empty() {
            self.known.insert(chain, top);
        }
        Ok(())
    }

    fn assemble(
        &self,
        network: &JrpcNetwork,
        chain: ChainId,
        whole: &WholeBlock,
    ) -> Result<Block, ClientError> {
        let in_force = match self.in_force.get(&chain) {
            Some(in_force) => in_force.clone(),
            None => network.in_force(chain)?,
        };
        let mut transactions = Vec::new();
        for raw in &whole.transactions {
            // contracts of others may have transactions of unknown kinds
            let read = TransactionRecord::read(chain, whole.id.seqno, &raw.cell);
            if let Ok(Some(mut record)) = read {
                record.gen_time_ms = whole.gen_time_ms;
                transactions.push(Arc::new(record));
            }
        }
        transactions.sort_by_key(|transaction| transaction.lt);
        let internal = transactions.iter().filter(|t| !t.in_message.is_external());
        Ok(Block {
            chain,
            seqno: whole.id.seqno,
            gen_time_ms: whole.gen_time_ms,
            start_lt: whole.start_lt,
            end_lt: whole.end_lt,
            hash: whole.id.root_hash,
            previous_hash: whole.previous.map_or(HashBytes::ZERO, |id| id.root_hash),
            accounts_hash: HashBytes::ZERO,
            config_hash: in_force.config_hash,
            validator_set: in_force.validator_set,
            gas_used: transactions.iter().map(|t| t.gas_used()).sum(),
            fees_nano: transactions.iter().map(|t| t.total_fees_nano).sum(),
            imported: internal.count(),
            transactions,
            dropped: Vec::new(),
            returned: Vec::new(),
            config_rejected: None,
        })
    }
}

/// Whether a chain's D'Elector had a transaction in a block.
fn touches(network: &JrpcNetwork, chain: ChainId, block: &WholeBlock) -> bool {
    let delector = network.description().delector(chain);
    delector.is_some_and(|delector| {
        let own = |raw: &crate::record::Raw| raw.transaction.account == delector.address;
        block.transactions.iter().any(own)
    })
}

fn gone(id: &BlockId) -> ClientError {
    let cause = anyhow::anyhow!("no node has block {id} any more");
    ClientError::fault("reading blocks", cause)
}
