//! All blocks of a network, whole, from the first one on.
//!
//! Nodes do not list blocks, but each names the one before, and a masterchain block names the workchains' blocks that it
//! took in. So a walk goes from the newest block that is known back to where it was, keeps the numbers only, and then
//! reads forward: block by block of the masterchain, the workchains' blocks before it.
//!
//! The newest block is known by a transaction in it. Blocks after the last one in which a witness had a transaction
//! come when there is the next.
//!
//! Config and set of a masterchain block are those of its key blocks. Of a workchain's they are those at the time of the
//! walk: its blocks do not hold them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_client::{Block, ChainId, ClientError, MASTERCHAIN, TransactionRecord};
use tycho_types::cell::HashBytes;
use tycho_types::models::{BlockId, BlockchainConfigParams, StdAddr};

use crate::blocks::{WholeBlock, chain_of};
use crate::network::JrpcNetwork;
use crate::stream::{InForce, PARAM_VALIDATORS};

/// The number of the previous validator set.
const PARAM_PREVIOUS: u32 = 32;

/// Blocks of a workchain that are read at once.
const MAX_TAIL: usize = 10_000;

/// A walk.
#[derive(Debug)]
pub struct Walk {
    /// Last block of each chain that was told.
    known: BTreeMap<ChainId, u32>,
    /// Masterchain blocks that are to be told, the next one last.
    ids: Vec<BlockId>,
    /// The newest block of each chain that is known of.
    heads: BTreeMap<ChainId, BlockId>,
    in_force: BTreeMap<ChainId, InForce>,
    /// The last transaction of each witness that was looked at.
    seen: BTreeMap<StdAddr, HashBytes>,
}

impl Walk {
    /// A walk that goes on after the blocks of these numbers; 0 for a chain of which nothing is known.
    ///
    /// Needs nodes that give out whole blocks. Fails only when no node answers.
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
            heads: BTreeMap::new(),
            in_force,
            seen: BTreeMap::new(),
        })
    }

    /// Masterchain blocks that are known of and were not told.
    pub fn behind(&self) -> usize {
        self.ids.len()
    }

    /// Looks for newer blocks: those of the witnesses' last transactions.
    ///
    /// Fails only when no node answers.
    pub fn look(
        &mut self,
        network: &JrpcNetwork,
        witnesses: &[StdAddr],
    ) -> Result<(), ClientError> {
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

    /// The next masterchain block with the workchains' blocks that it took in, before it; when there is none, the
    /// workchains' blocks that no known masterchain block took in yet. Empty when nothing new is known.
    ///
    /// Fails only when no node answers, or none has a block any more.
    pub fn next(&mut self, network: &JrpcNetwork) -> Result<Vec<Arc<Block>>, ClientError> {
        if self.ids.is_empty() {
            self.go_back(network)?;
        }
        let mut blocks = Vec::new();
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
        blocks.push(Arc::new(self.assemble(network, MASTERCHAIN, &main)?));
        self.ids.pop();
        self.known.insert(MASTERCHAIN, id.seqno);
        if let Some(config) = main.config.clone() {
            let params = BlockchainConfigParams::from_raw(config);
            if let Ok(in_force) = InForce::of(&params, PARAM_VALIDATORS) {
                self.in_force.insert(MASTERCHAIN, in_force);
            }
        }
        Ok(blocks)
    }

    /// Collects the masterchain's blocks from its head back to those that were told.
    fn go_back(&mut self, network: &JrpcNetwork) -> Result<(), ClientError> {
        let Some(mut id) = self.heads.get(&MASTERCHAIN).copied() else {
            return Ok(());
        };
        let bottom = self.known(MASTERCHAIN);
        let mut first_config = None;
        while id.seqno > bottom {
            let Some(block) = network.read_block(&id)? else {
                // nodes forget old blocks: the walk begins with the oldest one there is
                break;
            };
            self.ids.push(id);
            first_config = block.config.or(first_config);
            match block.previous {
                Some(previous) => id = previous,
                None => break,
            }
        }
        // what was in force before the first change is what that one replaced
        if let Some(config) = first_config {
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
        Ok(())
    }

    /// Tells the blocks of a workchain up to one, in order.
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
            // other contracts than ours may have transactions of kinds that nobody here knows
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

fn gone(id: &BlockId) -> ClientError {
    let cause = anyhow::anyhow!("no node has block {id} any more");
    ClientError::fault("reading blocks", cause)
}
