//! Blocks as they come.
//!
//! The RPC of 1.0 has no stream of blocks and does not tell the id of the newest one. What it tells is
//! the number of the last masterchain block, and the transactions of accounts. So a block here has the
//! transactions of the watched accounts: every D'Elector, and all accounts that were asked about. Each
//! masterchain block comes, with or without transactions; a workchain's block comes only when it has
//! some. The blocks of workchains come before the masterchain block that brought them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use ddvs_client::{
    Block, ChainId, ClientError, MASTERCHAIN, TransactionRecord, ValidatorSetRecord,
};
use tycho_types::cell::{HashBytes, Load};
use tycho_types::models::ValidatorSet;

use crate::network::JrpcNetwork;
use crate::wire::Timings;

const PARAM_VALIDATORS: u32 = 34;

/// Masterchain blocks that are made up for after a pause; earlier ones without transactions are left out.
const MAX_BACKLOG: u32 = 1_000;

/// A chain's config, as far as blocks show it.
#[derive(Debug, Clone)]
struct InForce {
    config_hash: HashBytes,
    validator_set: Arc<ValidatorSetRecord>,
}

/// Where the stream is.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// Last masterchain block that was taken in.
    mc_seqno: u32,
    in_force: BTreeMap<ChainId, InForce>,
    queue: VecDeque<Arc<Block>>,
}

impl JrpcNetwork {
    /// Begins after the present block.
    pub(crate) fn begin_stream(&self, timings: Timings) -> Result<Stream, ClientError> {
        let mut stream = Stream {
            mc_seqno: timings.last_mc_block_seqno,
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
            self.tend_outbox()?;
            let timings = self.timings()?;
            if timings.last_mc_block_seqno > stream.mc_seqno {
                // The list of transactions follows the number of the block after a moment.
                thread::sleep(self.settings().poll_interval / 2);
                self.take_in(stream, timings)?;
                continue;
            }
            if begin.elapsed() >= self.settings().block_patience {
                let cause = anyhow::anyhow!(
                    "masterchain block {} is still the last one after {} s: the network has stopped (do more than two thirds of the validators run?), or the nodes asked have lost it",
                    stream.mc_seqno,
                    begin.elapsed().as_secs(),
                );
                return Err(ClientError::fault("waiting for a block", cause));
            }
            thread::sleep(self.settings().poll_interval);
        }
    }

    /// Queues all blocks up to the masterchain's last one.
    fn take_in(&self, stream: &mut Stream, timings: Timings) -> Result<(), ClientError> {
        let mut found: BTreeMap<(ChainId, u32), Vec<Arc<TransactionRecord>>> = BTreeMap::new();
        let watched = self.memory().watched.clone();
        for (account, watched) in watched {
            let max_walk = self.settings().max_walk;
            let records = self.read_transactions(&account, watched.streamed_lt, max_walk)?;
            let Some(last_lt) = records.last().map(|record| record.lt) else {
                continue;
            };
            if let Some(watched) = self.memory().watched.get_mut(&account) {
                watched.streamed_lt = watched.streamed_lt.max(last_lt);
            }
            for record in records {
                let block = (record.chain(), record.block_seqno);
                found.entry(block).or_default().push(record);
            }
        }
        let first =
            (stream.mc_seqno + 1).max(timings.last_mc_block_seqno.saturating_sub(MAX_BACKLOG));
        for seqno in first..=timings.last_mc_block_seqno {
            found.entry((MASTERCHAIN, seqno)).or_default();
        }
        let mut blocks: Vec<_> = found.into_iter().collect();
        for (_, transactions) in &mut blocks {
            transactions.sort_by_key(|transaction| transaction.lt);
        }
        blocks.sort_by_key(|((chain, seqno), _)| (*chain == MASTERCHAIN, *chain, *seqno));
        for ((chain, seqno), transactions) in blocks {
            let block = self.block(stream, timings, chain, seqno, transactions)?;
            stream.queue.push_back(Arc::new(block));
        }
        stream.mc_seqno = timings.last_mc_block_seqno;
        Ok(())
    }

    fn block(
        &self,
        stream: &mut Stream,
        timings: Timings,
        chain: ChainId,
        seqno: u32,
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
        Ok(Block {
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
        })
    }

    fn in_force(&self, chain: ChainId) -> Result<InForce, ClientError> {
        let what = || format!("reading param {PARAM_VALIDATORS} of chain {chain}");
        let fault = |cause| ClientError::fault(what(), cause);
        let config = self.read_config(chain)?;
        let cell = config
            .get_raw_cell(PARAM_VALIDATORS)
            .map_err(fault)?
            .ok_or_else(|| ClientError::fault(what(), anyhow::anyhow!("it is missing")))?;
        let set = ValidatorSet::load_from(&mut cell.as_slice().map_err(fault)?).map_err(fault)?;
        let root = config.as_dict().root().as_ref();
        Ok(InForce {
            config_hash: root.map_or(HashBytes::ZERO, |root| *root.repr_hash()),
            validator_set: Arc::new(ValidatorSetRecord {
                hash: *cell.repr_hash(),
                set,
            }),
        })
    }
}
