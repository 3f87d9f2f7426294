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

use crate::StandsStill;
use ddvs_client::{
    Block, ChainId, ClientError, MASTERCHAIN, TransactionRecord, ValidatorSetRecord,
};
use tycho_types::cell::{HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::{BlockchainConfigParams, ValidatorSet};

use crate::blocks::{WholeBlock, WholeBlocks, chain_of};
use crate::network::JrpcNetwork;
use crate::record::BlockTime;
use crate::wire::Timings;

pub(crate) const PARAM_VALIDATORS: u32 = 34;

/// Maximum number of masterchain blocks that are reported after a pause; earlier ones without transactions are
/// skipped.
const MAX_BACKLOG: u32 = 1_000;

/// A chain's config, as far as blocks show it.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pub config_hash: HashBytes,
    pub validator_set: Arc<ValidatorSetRecord>,
}

impl InForce {
    /// Reads it from parameters; `param` is 34 for the current set, 32 for the previous one.
    ///
    /// Fails only when there is no such set, or it cannot be decoded.
    pub fn of(params: &BlockchainConfigParams, param: u32) -> Result<Self, Error> {
        let cell = params.get_raw_cell(param)?.ok_or(Error::CellUnderflow)?;
        let set = ValidatorSet::load_from(&mut cell.as_slice()?)?;
        let root = params.as_dict().root().as_ref();
        Ok(Self {
            config_hash: root.map_or(HashBytes::ZERO, |root| *root.repr_hash()),
            validator_set: Arc::new(ValidatorSetRecord {
                hash: *cell.repr_hash(),
                set,
            }),
        })
    }
}

/// Transactions by chain and number of their block.
type Found = BTreeMap<(ChainId, u32), Vec<Arc<TransactionRecord>>>;

/// Position of the stream.
#[derive(Debug, Default)]
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

impl JrpcNetwork {
    /// Starts after the current block.
    pub(crate) fn begin_stream(&self, timings: Timings) -> Result<Stream, ClientError> {
        let mut stream = Stream {
            mc_seqno: timings.last_mc_block_seqno,
            is_whole: self.gives_blocks()?,
            ..Stream::default()
        };
        self.memory().heights.insert(MASTERCHAIN, stream.mc_seqno);
        for chain in self.description().chain_ids() {
            stream.in_force.insert(chain, self.in_force(chain)?);
            if let Some(delector) = self.description().delector(chain) {
                let lt = self.read_account(delector)?.last_transaction_lt;
                self.memory().watch(delector, lt, true);
            }
        }
        Ok(stream)
    }

    pub(crate) fn wait_for_block(&self, stream: &mut Stream) -> Result<Arc<Block>, ClientError> {
        let begin = Instant::now();
        loop {
            if let Some(block) = stream.queue.pop_front() {
                self.memory().push_block(block.clone());
                return Ok(block);
            }
            let waited = begin.elapsed() >= self.settings().block_patience;
            match self.look(stream) {
                Ok(true) => {}
                // nodes that are being restarted come back
                Err(error) if waited => return Err(error),
                Ok(false) if waited => return Err(stands_still(stream.mc_seqno, begin)),
                Ok(false) | Err(_) => thread::sleep(self.settings().poll_interval),
            }
        }
    }

    /// Looks for a new block, and processes the waiting messages.
    fn look(&self, stream: &mut Stream) -> Result<bool, ClientError> {
        self.tend_outbox()?;
        let timings = self.timings()?;
        if timings.last_mc_block_seqno <= stream.mc_seqno {
            return Ok(false);
        }
        // The list of transactions follows the number of the block after a moment.
        thread::sleep(self.settings().poll_interval / 2);
        self.take_in(stream, timings)?;
        Ok(true)
    }

    /// Queues all blocks up to the masterchain's last one.
    fn take_in(&self, stream: &mut Stream, timings: Timings) -> Result<(), ClientError> {
        let mut found = self.poll_watched()?;
        let whole = self.whole_blocks(stream, &found);
        // an earlier whole block had these already
        found.retain(|(chain, seqno), _| {
            *chain == MASTERCHAIN || stream.whole_to.get(chain).is_none_or(|last| seqno > last)
        });
        for (&(chain, seqno), block) in &whole {
            let time = BlockTime { chain, seqno };
            let mut records = Vec::new();
            for raw in &block.transactions {
                // a transaction of an account that nobody queried may be of any kind
                records.extend(self.record(raw, Some(time)).ok().flatten());
            }
            found.insert((chain, seqno), records);
        }
        let last = timings.last_mc_block_seqno;
        let first = (stream.mc_seqno + 1).max(last.saturating_sub(MAX_BACKLOG));
        for seqno in first..=last {
            found.entry((MASTERCHAIN, seqno)).or_default();
        }
        let mut groups: Vec<_> = found.into_iter().collect();
        groups.sort_by_key(|((chain, seqno), _)| (*chain == MASTERCHAIN, *chain, *seqno));
        let mut blocks = Vec::new();
        for (at, mut transactions) in groups {
            transactions.sort_by_key(|transaction| transaction.lt);
            let block = self.block(stream, timings, at, whole.get(&at), transactions)?;
            blocks.push(Arc::new(block));
        }
        // from here on nothing fails, so that nothing is reported twice or left out
        let mut memory = self.memory();
        for transaction in blocks.iter().flat_map(|block| &block.transactions) {
            if let Some(watched) = memory.watched.get_mut(&transaction.account) {
                watched.streamed_lt = watched.streamed_lt.max(transaction.lt);
            }
        }
        for (chain, seqno) in whole.into_keys() {
            let last = stream.whole_to.entry(chain).or_default();
            *last = (*last).max(seqno);
        }
        stream.queue.extend(blocks);
        stream.mc_seqno = last;
        Ok(())
    }

    /// Returns new transactions of watched accounts, by block.
    fn poll_watched(&self) -> Result<Found, ClientError> {
        let mut found = Found::new();
        let watched = self.memory().watched.clone();
        for (account, watched) in watched {
            let max_walk = self.settings().max_walk;
            for record in self.read_transactions(&account, watched.streamed_lt, max_walk)? {
                let block = (record.chain(), record.block_seqno);
                found.entry(block).or_default().push(record);
            }
        }
        Ok(found)
    }

    /// Returns the found blocks whole, with the blocks before them, if nodes provide them. Otherwise the stream
    /// continues with what it has.
    fn whole_blocks(&self, stream: &Stream, found: &Found) -> WholeBlocks {
        if !stream.is_whole {
            return WholeBlocks::new();
        }
        let mut heads = BTreeMap::new();
        for (chain, seqno) in found.keys() {
            let id = self.memory().block_ids.get(&(*chain, *seqno)).copied();
            if let Some(id) = id.filter(|id| chain_of(id) == Some(*chain)) {
                heads.insert(*chain, id); // keys ascend, so the last one stays
            }
        }
        let mut known = stream.whole_to.clone();
        known.insert(MASTERCHAIN, stream.mc_seqno);
        self.blocks_back_to(&known, &heads).unwrap_or_default()
    }

    fn block(
        &self,
        stream: &mut Stream,
        timings: Timings,
        (chain, seqno): (ChainId, u32),
        whole: Option<&WholeBlock>,
        transactions: Vec<Arc<TransactionRecord>>,
    ) -> Result<Block, ClientError> {
        let in_force = match stream.in_force.get(&chain) {
            Some(known) => known.clone(),
            None => self.in_force(chain)?,
        };
        let delector = self.description().delector(chain);
        if transactions.iter().any(|t| Some(&t.account) == delector) {
            stream.in_force.insert(chain, self.in_force(chain)?);
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

    pub(crate) fn in_force(&self, chain: ChainId) -> Result<InForce, ClientError> {
        let fault = |cause| {
            let what = format!("reading param {PARAM_VALIDATORS} of chain {chain}");
            ClientError::fault(what, cause)
        };
        InForce::of(&self.read_config(chain)?, PARAM_VALIDATORS).map_err(fault)
    }
}

fn stands_still(seqno: u32, since: Instant) -> ClientError {
    let cause = StandsStill {
        seqno,
        waited_s: since.elapsed().as_secs(),
    };
    ClientError::fault("waiting for a block", cause)
}
