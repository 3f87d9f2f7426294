//! The stream of blocks.
//!
//! The RPC of version 1.0 has no stream of blocks and does not provide the id of the newest one. It provides the number of the
//! last masterchain block, and the transactions of accounts. So a block here has the transactions of the watched accounts:
//! every D'Elector, and all accounts that were queried. Each masterchain block is reported, with or without transactions; a
//! workchain's block only when it has some. Workchains' blocks come before the masterchain block that includes them.
//!
//! Where nodes provide whole blocks (`blocks`), a block with a known transaction is reported whole, together with the
//! workchain's blocks since the previous one, late.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use ddvs_client::{Block, ChainId, ClientError, MASTERCHAIN, TransactionRecord};
use tycho_types::cell::HashBytes;

use crate::StandsStill;
use crate::blocks::WholeBlocks;
use crate::config::InForce;
use crate::nodes::Nodes;
use crate::record::BlockTime;
use crate::whole_block::{WholeBlock, chain_of};
use crate::wire::Timings;

/// Maximum number of masterchain blocks that are reported after a pause; earlier ones without transactions are
/// skipped.
const MAX_BACKLOG: u32 = 1_000;

/// Transactions by chain and number of their block.
type Found = BTreeMap<(ChainId, u32), Vec<Arc<TransactionRecord>>>;

/// Position of the stream.
#[derive(Debug)]
pub(crate) struct Stream {
    /// Last masterchain block that was processed.
    mc_seqno: u32,
    /// Whether nodes provide whole blocks.
    is_whole: bool,
    /// Last block of each chain that was processed whole.
    whole_to: BTreeMap<ChainId, u32>,
    in_force: BTreeMap<ChainId, InForce>,
    queue: VecDeque<Arc<Block>>,
}

impl Stream {
    /// Starts after the current block.
    pub fn begin(nodes: &Nodes) -> Result<Self, ClientError> {
        let mut stream = Self {
            mc_seqno: nodes.timings()?.last_mc_block_seqno,
            is_whole: nodes.gives_blocks()?,
            whole_to: BTreeMap::new(),
            in_force: BTreeMap::new(),
            queue: VecDeque::new(),
        };
        nodes.memory().heights.insert(MASTERCHAIN, stream.mc_seqno);
        for chain in nodes.description.chain_ids() {
            stream.in_force.insert(chain, nodes.in_force(chain)?);
            if let Some(delector) = nodes.description.delector(chain) {
                let lt = nodes.read_account(delector)?.last_transaction_lt;
                nodes.memory().watch(delector, lt, true);
            }
        }
        Ok(stream)
    }

    /// Waits for the next block.
    ///
    /// Fails when none comes within the patience for blocks, or no node answers.
    pub fn next_block(&mut self, nodes: &Nodes) -> Result<Arc<Block>, ClientError> {
        let begin = Instant::now();
        loop {
            if let Some(block) = self.queue.pop_front() {
                nodes.memory().push_block(block.clone());
                return Ok(block);
            }
            let waited = begin.elapsed() >= nodes.settings.block_patience;
            match self.look(nodes) {
                Ok(true) => {}
                // nodes that are being restarted come back
                Err(error) if waited => return Err(error),
                Ok(false) if waited => return Err(stands_still(self.mc_seqno, begin)),
                Ok(false) | Err(_) => thread::sleep(nodes.settings.poll_interval),
            }
        }
    }

    /// Looks for a new block, and processes the waiting messages.
    fn look(&mut self, nodes: &Nodes) -> Result<bool, ClientError> {
        nodes.tend_outbox()?;
        let timings = nodes.timings()?;
        if timings.last_mc_block_seqno <= self.mc_seqno {
            return Ok(false);
        }
        // The list of transactions follows the number of the block after a moment.
        thread::sleep(nodes.settings.poll_interval / 2);
        self.take_in(nodes, timings)?;
        Ok(true)
    }

    /// Queues all blocks up to the masterchain's last one.
    fn take_in(&mut self, nodes: &Nodes, timings: Timings) -> Result<(), ClientError> {
        let mut found = poll_watched(nodes)?;
        let whole = self.whole_blocks(nodes, &found);
        // an earlier whole block had these already
        found.retain(|(chain, seqno), _| {
            *chain == MASTERCHAIN || self.whole_to.get(chain).is_none_or(|last| seqno > last)
        });
        for (&(chain, seqno), block) in &whole {
            let time = BlockTime { chain, seqno };
            let mut records = Vec::new();
            for raw in &block.transactions {
                // a transaction of an account that nobody queried may be of any kind
                records.extend(nodes.record(raw, Some(time)).ok().flatten());
            }
            found.insert((chain, seqno), records);
        }
        let last = timings.last_mc_block_seqno;
        let first = (self.mc_seqno + 1).max(last.saturating_sub(MAX_BACKLOG));
        for seqno in first..=last {
            found.entry((MASTERCHAIN, seqno)).or_default();
        }
        let mut groups: Vec<_> = found.into_iter().collect();
        groups.sort_by_key(|((chain, seqno), _)| (*chain == MASTERCHAIN, *chain, *seqno));
        let mut blocks = Vec::new();
        for (at, mut transactions) in groups {
            transactions.sort_by_key(|transaction| transaction.lt);
            let block = self.block(nodes, timings, at, whole.get(&at), transactions)?;
            blocks.push(Arc::new(block));
        }
        // from here on nothing fails, so that nothing is reported twice or left out
        let mut memory = nodes.memory();
        for transaction in blocks.iter().flat_map(|block| &block.transactions) {
            if let Some(watched) = memory.watched.get_mut(&transaction.account) {
                watched.streamed_lt = watched.streamed_lt.max(transaction.lt);
            }
        }
        for (chain, seqno) in whole.into_keys() {
            let last = self.whole_to.entry(chain).or_default();
            *last = (*last).max(seqno);
        }
        self.queue.extend(blocks);
        self.mc_seqno = last;
        Ok(())
    }

    /// Returns the found blocks whole, with the blocks before them, if nodes provide them. Otherwise the stream
    /// continues with what it has.
    fn whole_blocks(&self, nodes: &Nodes, found: &Found) -> WholeBlocks {
        if !self.is_whole {
            return WholeBlocks::new();
        }
        let mut heads = BTreeMap::new();
        for (chain, seqno) in found.keys() {
            let id = nodes.memory().block_ids.get(&(*chain, *seqno)).copied();
            if let Some(id) = id.filter(|id| chain_of(id) == Some(*chain)) {
                heads.insert(*chain, id); // keys ascend, so the last one stays
            }
        }
        let mut known = self.whole_to.clone();
        known.insert(MASTERCHAIN, self.mc_seqno);
        nodes.blocks_back_to(&known, &heads).unwrap_or_default()
    }

    fn block(
        &mut self,
        nodes: &Nodes,
        timings: Timings,
        (chain, seqno): (ChainId, u32),
        whole: Option<&WholeBlock>,
        transactions: Vec<Arc<TransactionRecord>>,
    ) -> Result<Block, ClientError> {
        let in_force = match self.in_force.get(&chain) {
            Some(known) => known.clone(),
            None => nodes.in_force(chain)?,
        };
        let delector = nodes.description.delector(chain);
        if transactions.iter().any(|t| Some(&t.account) == delector) {
            self.in_force.insert(chain, nodes.in_force(chain)?);
        }
        let first = transactions.first();
        let now_ms = u64::from(timings.last_mc_utime) * 1_000;
        let mut block = Block {
            chain,
            seqno,
            gen_time_ms: first.map_or(now_ms, |transaction| transaction.gen_time_ms),
            start_lt: first.map_or(0, |transaction| transaction.lt.saturating_sub(1)),
            end_lt: transactions
                .last()
                .map_or(0, |transaction| transaction.lt + 1),
            hash: HashBytes::ZERO,
            previous_hash: HashBytes::ZERO,
            accounts_hash: HashBytes::ZERO,
            config_hash: in_force.config_hash,
            validator_set: in_force.validator_set,
            gas_used: transactions.iter().map(|t| t.gas_used()).sum(),
            fees_nano: transactions.iter().map(|t| t.total_fees_nano).sum(),
            imported: transactions
                .iter()
                .filter(|t| !t.in_message.is_external())
                .count(),
            transactions,
            dropped: Vec::new(),
            returned: Vec::new(),
            config_rejected: None,
        };
        if let Some(whole) = whole {
            block.gen_time_ms = whole.gen_time_ms;
            (block.start_lt, block.end_lt) = (whole.start_lt, whole.end_lt);
            block.hash = whole.id.root_hash;
            block.previous_hash = whole.previous.map_or(HashBytes::ZERO, |id| id.root_hash);
        }
        Ok(block)
    }
}

/// Returns new transactions of watched accounts, by block.
fn poll_watched(nodes: &Nodes) -> Result<Found, ClientError> {
    let mut found = Found::new();
    let watched = nodes.memory().watched.clone();
    for (account, watched) in watched {
        let max_walk = nodes.settings.max_walk;
        for record in nodes.read_transactions(&account, watched.streamed_lt, max_walk)? {
            let block = (record.chain(), record.block_seqno);
            found.entry(block).or_default().push(record);
        }
    }
    Ok(found)
}

fn stands_still(seqno: u32, since: Instant) -> ClientError {
    let cause = StandsStill {
        seqno,
        waited_s: since.elapsed().as_secs(),
    };
    ClientError::fault("waiting for a block", cause)
}
