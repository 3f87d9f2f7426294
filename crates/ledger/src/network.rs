//! The network: its chains, their common virtual time, and the operations that advance it.

mod messages;
mod together;
mod views;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ddvs_types::{Block, ChainId, MASTERCHAIN};

use ddvs_chain::{Chain, Inputs, Made, genesis};

use crate::history::History;
use crate::import::{Inbox, Queues};
use crate::mempool::Mempool;
use crate::schedule::Schedule;
use crate::state::{NetworkState, RestoreError, SiteState};
use crate::{DelayPlan, Fault, GenesisRefusal, GoesOn, HistoryLimits, Limits, NetworkGenesis};

/// A chain with what waits for its next block, and when that is due.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub chain: Chain,
    pub mempool: Mempool,
    pub schedule: Schedule,
}

/// An embedded network. A clone continues independently; it shares all cells, so its cost depends only on the kept
/// history.
#[derive(Debug, Clone)]
pub struct Network {
    chains: BTreeMap<ChainId, Site>,
    chain_ids: Arc<[ChainId]>,
    queues: Queues,
    history: History,
    delays: DelayPlan,
    limits: Limits,
    seed: u64,
    now_ms: u64,
    /// Threads that make blocks.
    workers: NonZeroUsize,
}

impl Network {
    /// Starts a network from its zerostate.
    ///
    /// Fails only with a refusal that describes the problem of the zerostate.
    pub fn new(genesis: NetworkGenesis) -> Result<Self, GenesisRefusal> {
        let (delays, limits, history) = (genesis.delays.clone(), genesis.limits, genesis.history);
        let (seed, now_ms) = (genesis.seed, genesis.start_time_ms);
        let checked = genesis::check(genesis.chains, now_ms)?;
        let chain_ids: Arc<[_]> = checked.iter().map(genesis::CheckedChain::id).collect();
        let most = limits.max_block_transactions;
        let site = |checked: genesis::CheckedChain| {
            let (id, block_time_ms) = (checked.id(), checked.block_time_ms());
            let site = Site {
                chain: Chain::new(checked, &chain_ids, seed, most),
                mempool: Mempool::default(),
                schedule: Schedule::new(id, block_time_ms, now_ms, &delays),
            };
            (id, site)
        };
        Ok(Self {
            chains: checked.into_iter().map(site).collect(),
            queues: Queues::new(&chain_ids),
            chain_ids,
            history: History::new(history, 0),
            delays,
            limits,
            seed,
            now_ms,
            workers: NonZeroUsize::MIN,
        })
    }

    /// Returns the network as plain data, from which [`Self::restore`] continues.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn export(&self) -> Result<NetworkState, Fault> {
        let chains = self.chains.values().map(Site::export);
        Ok(NetworkState {
            seed: self.seed,
            now_ms: self.now_ms,
            cursor: self.history.end(),
            delays: self.delays.clone(),
            limits: self.limits,
            chains: chains.collect::<Result<_, _>>()?,
            queues: self.queues.export(),
        })
    }

    /// Restores a network from an exported state, with the same state hash and the same future blocks. It has no
    /// earlier blocks or transactions.
    ///
    /// Fails only when the state is not one that a network could have.
    pub fn restore(state: NetworkState, history: HistoryLimits) -> Result<Self, RestoreError> {
        let chain_ids: Arc<[_]> = state.chains.iter().map(|site| site.chain.id).collect();
        let is_ascending = chain_ids.is_sorted_by(|first, second| first < second);
        if chain_ids.first() != Some(&MASTERCHAIN) || !is_ascending {
            return Err(RestoreError::Chains);
        }
        let mut chains = BTreeMap::new();
        for site in state.chains {
            let site = Site::restore(site, &chain_ids, state.seed, &state.limits)?;
            chains.insert(site.chain.id(), site);
        }
        let network = Self {
            chains,
            queues: Queues::restore(&chain_ids, state.queues)?,
            chain_ids,
            history: History::new(history, state.cursor),
            delays: state.delays,
            limits: state.limits,
            seed: state.seed,
            now_ms: state.now_ms,
            workers: NonZeroUsize::MIN,
        };
        network.check_lanes()?;
        Ok(network)
    }

    /// Fails only when what waits between two chains is not what one sent and the other did not import.
    fn check_lanes(&self) -> Result<(), RestoreError> {
        for (&source, from) in &self.chains {
            for (destination, sent) in from.chain.sent().iter() {
                let broken = || RestoreError::Lane {
                    source_chain: source,
                    destination,
                };
                let to = self.chains.get(&destination).ok_or_else(broken)?;
                let mut lane = *to.chain.received().get(source).ok_or_else(broken)?;
                for message in self.queues.waiting(source, destination) {
                    lane.push(message.hash(), message.head.carried_nano())
                        .map_err(RestoreError::message(source))?;
                }
                if lane != *sent {
                    return Err(broken());
                }
            }
        }
        Ok(())
    }

    // --- Time ---

    /// Returns the virtual time: that of the latest block, in ms since 1970.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Makes the next due block, that of the lowest chain id if several are due at the same time. Returns `None` if
    /// all chains are silenced.
    pub fn step(&mut self) -> Result<Option<Arc<Block>>, Fault> {
        match self.next_due() {
            Some((_, chain)) => self.produce_block(chain).map(Some),
            None => Ok(None),
        }
    }

    /// Time and chain of the block that [`Self::step`] would make.
    pub fn next_due(&self) -> Option<(u64, ChainId)> {
        let live = (self.chains.iter()).filter(|(_, site)| !site.schedule.silenced);
        live.map(|(&id, site)| (site.schedule.due_ms.max(self.now_ms), id))
            .min()
    }

    /// Makes the next block of a chain now or when it is due, whichever is later, even if the chain is silenced or
    /// others are due before.
    pub fn produce_block(&mut self, id: ChainId) -> Result<Arc<Block>, Fault> {
        self.produce_block_while(id, &mut |_| true)
    }

    /// Like [`Self::produce_block`], but ends the block as soon as `goes_on` returns false; it is called before each
    /// step except the first. Remaining messages wait for the next block, in order. With the [`Work`](crate::Work) of
    /// a block as the limit, the same block is made again.
    pub fn produce_block_while(
        &mut self,
        id: ChainId,
        goes_on: &mut GoesOn<'_>,
    ) -> Result<Arc<Block>, Fault> {
        let site = self.chains.get_mut(&id).ok_or(Fault::UnknownChain(id))?;
        let gen_time_ms = site.schedule.due_ms.max(self.now_ms);
        let made = site.make(self.queues.inbox(id), gen_time_ms, goes_on)?;
        let block = self.take_over(made)?;
        self.check_supply(&block)?;
        Ok(block)
    }

    /// Books a block that a chain has made: what it sent, its time, and the block itself.
    fn take_over(&mut self, made: Made) -> Result<Arc<Block>, Fault> {
        let Made { block, sent, .. } = made;
        let id = block.chain;
        self.now_ms = block.gen_time_ms;
        for sent in sent {
            let delay_ms = (self.delays).message_ms(id, sent.destination, sent.number);
            self.queues
                .push(id, sent, self.now_ms.saturating_add(delay_ms));
        }
        let site = self.chains.get_mut(&id).ok_or(Fault::UnknownChain(id))?;
        (site.schedule).block_made(id, block.seqno, self.now_ms, &self.delays);
        let block = Arc::new(block);
        self.history.push(block.clone());
        Ok(block)
    }

    /// Fails only when a coin of the network is missing, or there is one too many.
    fn check_supply(&self, block: &Block) -> Result<(), Fault> {
        let supply = self.supply();
        if supply.is_conserved() {
            return Ok(());
        }
        Err(Fault::Supply {
            chain: block.chain,
            seqno: block.seqno,
            detail: format!("{supply:?}"),
        })
    }

    /// Lets time pass without blocks, as while nobody runs the network: blocks that were due by then are due
    /// immediately, with that time. Time never goes backwards.
    pub fn pass_until(&mut self, time_ms: u64) {
        self.now_ms = self.now_ms.max(time_ms);
    }

    /// Makes all blocks that are due up to a time and returns their number. Afterwards the time is that of the last
    /// block.
    pub fn run_until(&mut self, time_ms: u64) -> Result<usize, Fault> {
        let mut made = 0;
        while self.next_due().is_some_and(|(due_ms, _)| due_ms <= time_ms) {
            made += self.step_together()?.len();
        }
        Ok(made)
    }

    // --- Control ---

    /// Stops a chain. Messages that it has sent stay deliverable, and messages to it wait.
    pub fn silence(&mut self, id: ChainId) -> Result<(), Fault> {
        self.site_mut(id)?.schedule.silenced = true;
        Ok(())
    }

    /// Resumes a chain. If a block was due meanwhile, the next one is due immediately.
    pub fn resume(&mut self, id: ChainId) -> Result<(), Fault> {
        self.site_mut(id)?.schedule.silenced = false;
        Ok(())
    }

    /// Multiplies the genesis' block interval of a chain by `factor`; 1 is normal.
    pub fn slow(&mut self, id: ChainId, factor: u32) -> Result<(), Fault> {
        let site = self.chains.get_mut(&id).ok_or(Fault::UnknownChain(id))?;
        (site.schedule).slow(id, site.chain.seqno(), factor, &self.delays);
        Ok(())
    }

    /// Sets the minimum delay of messages that `source` sends to `destination` from now on.
    pub fn set_pair_delay(&mut self, source: ChainId, destination: ChainId, base_ms: u64) {
        self.delays
            .pair_base_ms
            .insert((source, destination), base_ms);
    }

    /// Replaces all delays, for messages and blocks from now on.
    pub fn set_delays(&mut self, delays: DelayPlan) {
        self.delays = delays;
    }

    /// The delays in use.
    pub fn delays(&self) -> &DelayPlan {
        &self.delays
    }

    fn site_mut(&mut self, id: ChainId) -> Result<&mut Site, Fault> {
        self.chains.get_mut(&id).ok_or(Fault::UnknownChain(id))
    }
}

impl Site {
    /// Makes the chain's next block from what waits for it.
    fn make(
        &mut self,
        inbox: &mut Inbox,
        time_ms: u64,
        goes_on: &mut GoesOn<'_>,
    ) -> Result<Made, Fault> {
        self.chain.propose(Inputs {
            time_ms,
            imports: &mut inbox.available(time_ms),
            externals: &mut || self.mempool.pop(),
            goes_on: &mut |work| goes_on(work),
        })
    }

    /// Number of messages that wait for its next block, those of other chains excepted.
    fn waiting(&self) -> usize {
        self.mempool.len() + self.chain.leftover().len()
    }

    /// Returns it as plain data.
    fn export(&self) -> Result<SiteState, Fault> {
        let schedule = &self.schedule;
        Ok(SiteState {
            chain: self.chain.export()?,
            block_time_ms: schedule.block_time_ms,
            slow_factor: schedule.slow_factor,
            is_silenced: schedule.silenced,
            last_block_ms: schedule.last_block_ms,
            due_ms: schedule.due_ms,
            externals: self.mempool.iter().cloned().collect(),
        })
    }

    /// Returns it from an exported state.
    ///
    /// Fails only when the state is not one that it could have.
    fn restore(
        state: SiteState,
        chains: &Arc<[ChainId]>,
        seed: u64,
        limits: &Limits,
    ) -> Result<Self, RestoreError> {
        let most = limits.max_block_transactions;
        let chain = Chain::restore(state.chain, chains, seed, most, state.last_block_ms)?;
        let mut mempool = Mempool::default();
        for message in state.externals {
            mempool.requeue(&chain, message)?;
        }
        Ok(Self {
            chain,
            mempool,
            schedule: Schedule {
                due_ms: state.due_ms,
                silenced: state.is_silenced,
                block_time_ms: state.block_time_ms,
                slow_factor: state.slow_factor,
                last_block_ms: state.last_block_ms,
            },
        })
    }
}
