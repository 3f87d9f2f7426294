//! Reads the network's blocks and passes them to the index.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use ddvs_api::Feeder;
use ddvs_client::{AccountView, Block, Live};
use ddvs_index::{Index, Observed};
use ddvs_jrpc::NodesLive;
use ddvs_jrpc::{JrpcNetwork, Walk};
use tycho_types::models::StdAddr;

use crate::Progress;
use crate::fresh::Fresh;
use crate::seeds::Seeds;

/// Time between two checks for new blocks.
const POLL: Duration = Duration::from_millis(200);
/// Time before failed nodes are asked again.
const PATIENCE: Duration = Duration::from_secs(1);
/// Timeout of one round before the thread is reported as stalled: hanging nodes are waited for.
const STANDSTILL: Duration = Duration::from_secs(120);
/// How often the stop flag is checked.
const NAP: Duration = Duration::from_millis(25);
/// Number of accounts of the rotation that are checked for a new transaction each time.
const WITNESSES: usize = 4;
/// Number of accounts with a recent transaction, which are checked each time.
const RECENT: usize = 8;
/// How often progress is logged.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Reads blocks.
pub(crate) struct Reader {
    network: JrpcNetwork,
    /// The connection that sends callers' messages: their receivers are checked.
    live: Arc<NodesLive>,
    index: Index,
    feeder: Feeder,
    progress: Arc<Progress>,
    walk: Walk,
    /// Data still to be indexed besides blocks; `None` before all blocks were read for the first time.
    seeds: Option<Seeds>,
    delectors: Vec<StdAddr>,
    /// Position of the rotation through all other accounts.
    turn: Option<StdAddr>,
    /// Accounts with a recent transaction, the latest at the end.
    recent: VecDeque<StdAddr>,
    /// Number of the last block of each chain that was passed on.
    ends: BTreeMap<i8, u32>,
    /// Reason why nothing could be read the last time.
    trouble: Option<String>,
    /// Accounts whose state was read.
    fresh: Fresh,
    /// Accounts that no node showed when they were read: a node may lack a chain for a while.
    stale: BTreeSet<StdAddr>,
    /// The last block that was passed on.
    last: Option<Arc<Block>>,
    cursor: u64,
    told: Instant,
}

impl Reader {
    /// Continues where the index ends.
    pub fn new(
        network: JrpcNetwork,
        live: Arc<NodesLive>,
        index: Index,
        feeder: Feeder,
        progress: Arc<Progress>,
    ) -> Result<Self> {
        let reader = index.read()?;
        let delectors = &index.identity().delectors;
        let mut known = BTreeMap::new();
        for &chain in delectors.keys() {
            known.insert(chain, reader.head(chain)?.map_or(0, |head| head.at.seqno));
        }
        tracing::info!(?known, "the index ends with these blocks");
        Ok(Self {
            walk: Walk::new(&network, known.clone())?,
            seeds: None,
            delectors: delectors.values().cloned().collect(),
            turn: None,
            recent: VecDeque::new(),
            ends: known,
            trouble: None,
            stale: BTreeSet::new(),
            last: None,
            cursor: reader.cursor()?.unwrap_or(0),
            fresh: Fresh::default(),
            told: Instant::now(),
            network,
            live,
            index,
            feeder,
            progress,
        })
    }

    /// Reads until the stop flag is set.
    pub fn run(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            self.feeder.beat("blocks", STANDSTILL);
            let wait = match self.step() {
                Ok(true) => Duration::ZERO,
                Ok(false) => POLL,
                Err(error) => {
                    let error = format!("{error:#}");
                    if self.trouble.as_ref() != Some(&error) {
                        tracing::warn!(error, "no blocks can be read; trying again");
                        self.set_trouble(Some(error));
                    }
                    PATIENCE
                }
            };
            let end = Instant::now() + wait;
            while Instant::now() < end && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(NAP);
            }
        }
    }

    /// Reads the next data. Returns whether there was anything.
    fn step(&mut self) -> Result<bool> {
        if self.walk.behind() == 0 {
            let mut witnesses = self.delectors.clone();
            witnesses.extend(self.live.awaited());
            witnesses.extend(self.recent.iter().cloned());
            witnesses.extend(self.next_witnesses()?);
            self.walk.look(&self.network, &witnesses)?;
        }
        let blocks = self.walk.next(&self.network)?;
        if self.trouble.is_some() {
            tracing::info!("nodes answer again");
            self.set_trouble(None);
        }
        let is_empty = blocks.is_empty() && !self.walk.is_going_back();
        for block in blocks {
            let accounts = self.accounts(&block);
            self.cursor += 1;
            let transactions = block.transactions.len() as u64;
            self.hand_over(block, accounts);
            self.progress.blocks.fetch_add(1, Ordering::Relaxed);
            self.progress
                .transactions
                .fetch_add(transactions, Ordering::Relaxed);
        }
        let behind = self.walk.behind();
        self.progress.behind.store(behind as u64, Ordering::Relaxed);
        if behind > 0 && self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            let blocks = self.progress.blocks.load(Ordering::Relaxed);
            tracing::info!(blocks, behind, "reading blocks");
        }
        if is_empty {
            self.refresh();
            self.seed()?;
        }
        Ok(!is_empty)
    }

    /// Indexes data that the blocks did not contain, gradually.
    fn seed(&mut self) -> Result<()> {
        let seeds = match &mut self.seeds {
            Some(seeds) => seeds,
            None => {
                Seeds::begin(&self.network, &self.index)?;
                self.seeds.insert(Seeds::new(&self.index))
            }
        };
        if !seeds.is_done() {
            let accounts = seeds.step(&self.network, &self.index)?;
            if accounts > 0 {
                tracing::info!(accounts, "accounts that no block has are in the index");
            }
        }
        if seeds.is_done() && !self.progress.is_synced.swap(true, Ordering::Relaxed) {
            tracing::info!("all blocks that are known of are in the index");
        }
        Ok(())
    }

    fn set_trouble(&mut self, trouble: Option<String>) {
        self.feeder.tell_trouble(trouble.clone());
        self.trouble = trouble;
    }

    fn hand_over(&mut self, block: Arc<Block>, accounts: Vec<AccountView>) {
        self.last = Some(block.clone());
        let end = self.ends.entry(block.chain).or_insert(0);
        if block.seqno > end.saturating_add(1) {
            let (chain, from, to) = (block.chain, *end + 1, block.seqno - 1);
            tracing::warn!(chain, from, to, "no node has these blocks any more");
        }
        *end = (*end).max(block.seqno);
        self.feeder.push(Observed {
            block,
            accounts,
            cursor: self.cursor,
        });
    }

    /// Reads accounts again that no node showed, and passes them on with the last block once more.
    fn refresh(&mut self) {
        let Some(block) = self.last.clone() else {
            return;
        };
        let stale: Vec<_> = self.stale.iter().take(WITNESSES).cloned().collect();
        let views: Vec<_> = stale
            .iter()
            .filter_map(|account| self.network.account(account).ok())
            .collect();
        for view in &views {
            self.stale.remove(&view.address);
        }
        if !views.is_empty() {
            self.hand_over(block, views);
        }
    }

    /// Returns the accounts that a block touched, in their current state: nodes do not provide earlier ones. One
    /// whose state is known to be newer than the block is not read again. It is nevertheless returned if it is one of
    /// our contracts, since the meaning of its transactions depends on it.
    fn accounts(&mut self, block: &Block) -> Vec<AccountView> {
        let mut touched = BTreeMap::new();
        for transaction in &block.transactions {
            touched.insert(&transaction.account, transaction.lt);
        }
        for account in touched.keys().rev().take(RECENT) {
            self.note_recent(account);
        }
        let mut views = Vec::new();
        for (account, lt) in touched {
            if let Some(known) = self.fresh.since(account, lt) {
                views.extend(known.cloned());
                continue;
            }
            let view = match self.network.account(account) {
                Ok(view) => view,
                Err(error) => {
                    tracing::debug!(%account, %error, "no node shows it now");
                    self.stale.insert(account.clone());
                    continue;
                }
            };
            self.fresh.remember(self.index.identity(), &view, lt);
            views.push(view);
        }
        views
    }

    fn note_recent(&mut self, account: &StdAddr) {
        if !self.delectors.contains(account) {
            self.recent.retain(|known| known != account);
            self.recent.push_back(account.clone());
            if self.recent.len() > RECENT {
                self.recent.pop_front();
            }
        }
    }

    /// Returns the next few of all known accounts, chain by chain: a transfer between users is visible in no
    /// D'Elector.
    fn next_witnesses(&mut self) -> Result<Vec<StdAddr>> {
        let page = self.index.read()?.accounts(self.turn.as_ref(), WITNESSES)?;
        self.turn = match page.last() {
            Some(last) if page.len() == WITNESSES => Some(last.address.clone()),
            _ => None,
        };
        Ok(page.into_iter().map(|account| account.address).collect())
    }
}
