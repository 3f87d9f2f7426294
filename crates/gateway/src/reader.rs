//! Reads the network's blocks and hands them to the index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use ddvs_api::Feeder;
use ddvs_client::{AccountView, Backend, Block};
use ddvs_index::{Index, Observed};
use ddvs_jrpc::{JrpcNetwork, Walk};
use tycho_types::models::StdAddr;

use crate::Progress;

/// Time between two looks for new blocks.
const POLL: Duration = Duration::from_millis(200);
/// Time before nodes that failed are asked again.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is noticed that it shall stop.
const NAP: Duration = Duration::from_millis(25);
/// Accounts besides the D'Electors that are looked at for a new transaction, each time.
const WITNESSES: usize = 8;
/// Accounts of which it is remembered how new their state in the index is.
const MAX_REMEMBERED: usize = 200_000;
/// How often it is said how far it is.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Reads blocks.
pub(crate) struct Reader {
    network: JrpcNetwork,
    index: Index,
    feeder: Feeder,
    progress: Arc<Progress>,
    walk: Walk,
    delectors: Vec<StdAddr>,
    /// Where the turn through all other accounts is.
    turn: Option<StdAddr>,
    /// Logical time of the state of an account that was handed over.
    fresh: HashMap<StdAddr, u64>,
    /// Accounts that no node showed when they were asked for: a node may lack a chain for a while.
    stale: BTreeSet<StdAddr>,
    /// The last block that was handed over.
    last: Option<Arc<Block>>,
    cursor: u64,
    told: Instant,
}

impl Reader {
    /// Goes on where the index ends.
    pub fn new(
        network: JrpcNetwork,
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
            walk: Walk::new(&network, known)?,
            delectors: delectors.values().cloned().collect(),
            turn: None,
            stale: BTreeSet::new(),
            last: None,
            cursor: reader.cursor()?.unwrap_or(0),
            fresh: HashMap::new(),
            told: Instant::now(),
            network,
            index,
            feeder,
            progress,
        })
    }

    /// Reads until it shall stop.
    pub fn run(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let wait = match self.step() {
                Ok(true) => Duration::ZERO,
                Ok(false) => POLL,
                Err(error) => {
                    let error = format!("{error:#}");
                    if self.progress.trouble().as_ref() != Some(&error) {
                        tracing::warn!(error, "no blocks can be read; trying again");
                    }
                    self.progress.set_trouble(Some(error));
                    PATIENCE
                }
            };
            let end = Instant::now() + wait;
            while Instant::now() < end && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(NAP);
            }
        }
    }

    /// Reads what is next. Returns whether there was anything.
    fn step(&mut self) -> Result<bool> {
        if self.walk.behind() == 0 {
            let mut witnesses = self.delectors.clone();
            witnesses.extend(self.next_witnesses()?);
            self.walk.look(&self.network, &witnesses)?;
        }
        let blocks = self.walk.next(&self.network)?;
        self.progress.set_trouble(None);
        let is_empty = blocks.is_empty();
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
        if is_empty && !self.progress.is_synced.swap(true, Ordering::Relaxed) {
            tracing::info!("all blocks that are known of are in the index");
        }
        if is_empty {
            self.refresh();
        }
        Ok(!is_empty)
    }

    fn hand_over(&mut self, block: Arc<Block>, accounts: Vec<AccountView>) {
        self.last = Some(block.clone());
        self.feeder.push(Observed {
            block,
            accounts,
            cursor: self.cursor,
        });
    }

    /// Asks again for accounts that no node showed, and hands them over with the last block once more.
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

    /// The accounts that a block touched, where the state that was handed over before is older. They are as they are now:
    /// nodes do not tell how they were.
    fn accounts(&mut self, block: &Block) -> Vec<AccountView> {
        let mut touched = BTreeMap::new();
        for transaction in &block.transactions {
            touched.insert(&transaction.account, transaction.lt);
        }
        let mut views = Vec::new();
        for (account, lt) in touched {
            if self.fresh.get(account).is_some_and(|fresh| *fresh >= lt) {
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
            if self.fresh.len() >= MAX_REMEMBERED {
                self.fresh.clear();
            }
            self.fresh
                .insert(account.clone(), view.last_transaction_lt.max(lt));
            views.push(view);
        }
        views
    }

    /// The next few of all known accounts, chain by chain: a transfer between people shows in no D'Elector.
    fn next_witnesses(&mut self) -> Result<Vec<StdAddr>> {
        let page = self.index.read()?.accounts(self.turn.as_ref(), WITNESSES)?;
        self.turn = match page.last() {
            Some(last) if page.len() == WITNESSES => Some(last.address.clone()),
            _ => None,
        };
        Ok(page.into_iter().map(|account| account.address).collect())
    }
}
