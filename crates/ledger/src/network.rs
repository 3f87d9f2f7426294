//! The network: its chains, their common virtual time, and the operations that advance it.

mod messages;
mod views;

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_types::{Block, ChainId, MASTERCHAIN};

use crate::block::{self, BlockContext};
use crate::chain::Chain;
use crate::history::History;
use crate::import::Queues;
use crate::state::{NetworkState, RestoreError};
use crate::{
    DelayPlan, Fault, GenesisRefusal, GoesOn, HistoryLimits, Limits, NetworkGenesis, genesis,
};

/// An embedded network. A clone continues independently; it shares all cells, so its cost depends only on the kept
/// history.
#[derive(Debug, Clone)]
pub struct Network {
    chains: BTreeMap<ChainId, Chain>,
    chain_ids: Vec<ChainId>,
    queues: Queues,
    history: History,
    delays: DelayPlan,
    limits: Limits,
    seed: u64,
    now_ms: u64,
    issued_nano: u128,
    injected_nano: u128,
}

impl Network {
    /// Starts a network from its zerostate.
    ///
    /// Fails only with a refusal that describes the problem of the zerostate.
    pub fn new(genesis: NetworkGenesis) -> Result<Self, GenesisRefusal> {
        let (delays, limits, history) = (genesis.delays.clone(), genesis.limits, genesis.history);
        let (seed, now_ms) = (genesis.seed, genesis.start_time_ms);
        let checked = genesis::check(genesis)?;
        let chain_ids: Vec<_> = checked.iter().map(|chain| chain.id).collect();
        let issued_nano = checked.iter().map(|chain| chain.balance_nano).sum();
        let chains = checked
            .into_iter()
            .map(|chain| (chain.id, Chain::new(chain, now_ms, &delays)))
            .collect();
        Ok(Self {
            chains,
            queues: Queues::new(&chain_ids),
            chain_ids,
            history: History::new(history, 0),
            delays,
            limits,
            seed,
            now_ms,
            issued_nano,
            injected_nano: 0,
        })
    }

    /// Returns the network as plain data, from which [`Self::restore`] continues.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn export(&self) -> Result<NetworkState, Fault> {
        let chains = self.chains.values().map(Chain::export);
        Ok(NetworkState {
            seed: self.seed,
            now_ms: self.now_ms,
            cursor: self.history.end(),
            issued_nano: self.issued_nano,
            injected_nano: self.injected_nano,
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
        let mut chains = BTreeMap::new();
        for chain in state.chains {
            let id = chain.id;
            if chains.insert(id, Chain::restore(chain)?).is_some() {
                return Err(RestoreError::Chains);
            }
        }
        let chain_ids: Vec<_> = chains.keys().copied().collect();
        if chain_ids.first() != Some(&MASTERCHAIN) {
            return Err(RestoreError::Chains);
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
            issued_nano: state.issued_nano,
            injected_nano: state.injected_nano,
        };
        let supply = network.supply();
        if supply.is_conserved() {
            Ok(network)
        } else {
            Err(RestoreError::Supply(format!("{supply:?}")))
        }
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
        let live = self.chains.values().filter(|chain| !chain.silenced);
        live.map(|chain| (chain.due_ms.max(self.now_ms), chain.id))
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
        let chain = self.chains.get_mut(&id).ok_or(Fault::UnknownChain(id))?;
        let gen_time_ms = chain.due_ms.max(self.now_ms);
        self.now_ms = gen_time_ms;
        let block = block::produce(BlockContext {
            chain,
            queues: &mut self.queues,
            chain_ids: &self.chain_ids,
            delays: &self.delays,
            limits: &self.limits,
            seed: self.seed,
            gen_time_ms,
            goes_on: &mut |work| goes_on(work),
        })?;
        chain.block_made(gen_time_ms, &self.delays);
        let block = Arc::new(block);
        self.history.push(block.clone());
        let supply = self.supply();
        if !supply.is_conserved() {
            return Err(Fault::Supply {
                chain: id,
                seqno: block.seqno,
                detail: format!("{supply:?}"),
            });
        }
        Ok(block)
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
            self.step()?;
            made += 1;
        }
        Ok(made)
    }

    // --- Control ---

    /// Stops a chain. Messages that it has sent stay deliverable, and messages to it wait.
    pub fn silence(&mut self, id: ChainId) -> Result<(), Fault> {
        self.chain_mut(id)?.silenced = true;
        Ok(())
    }

    /// Resumes a chain. If a block was due meanwhile, the next one is due immediately.
    pub fn resume(&mut self, id: ChainId) -> Result<(), Fault> {
        self.chain_mut(id)?.silenced = false;
        Ok(())
    }

    /// Multiplies the genesis' block interval of a chain by `factor`; 1 is normal.
    pub fn slow(&mut self, id: ChainId, factor: u32) -> Result<(), Fault> {
        let delays = self.delays.clone();
        self.chain_mut(id)?.slow(factor, &delays);
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

    fn chain_mut(&mut self, id: ChainId) -> Result<&mut Chain, Fault> {
        self.chains.get_mut(&id).ok_or(Fault::UnknownChain(id))
    }
}
