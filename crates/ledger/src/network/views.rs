//! Read access to a network: its chains, blocks and coins.

use std::sync::Arc;

use ddvs_chain::Chain;
use ddvs_types::{AccountView, Block, ChainId, Supply, TransactionRecord};
use tycho_types::cell::HashBytes;
use tycho_types::models::{ShardAccounts, StdAddr};

use super::{Network, Site};
use crate::{ChainConfig, ChainStatus, ChainView, Fault, state_hash};

impl Network {
    // --- State ---

    /// Ids of all chains, ascending: the masterchain first.
    pub fn chain_ids(&self) -> &[ChainId] {
        &self.chain_ids
    }

    /// Returns the status of a chain.
    pub fn chain_status(&self, id: ChainId) -> Option<ChainStatus> {
        let Site {
            chain,
            mempool,
            schedule,
        } = self.chains.get(&id)?;
        Some(ChainStatus {
            id,
            delector: chain.delector().clone(),
            seqno: chain.seqno(),
            last_hash: chain.last_hash(),
            last_block_ms: schedule.last_block_ms,
            due_ms: schedule.due_ms.max(self.now_ms),
            lt: chain.lt(),
            block_time_ms: schedule.block_time_ms,
            slow_factor: schedule.slow_factor,
            is_silenced: schedule.silenced,
            queued_externals: mempool.len(),
        })
    }

    /// Returns the config that the next block of a chain will use.
    pub fn config(&self, id: ChainId) -> Option<&Arc<ChainConfig>> {
        self.chains.get(&id).map(|site| site.chain.config())
    }

    /// Returns a view of a chain after its last block, which can be read without the network.
    ///
    /// Fails only when the chain does not exist.
    pub fn view(&self, id: ChainId) -> Result<ChainView, Fault> {
        self.chain(id)?.view(self.now_ms)
    }

    /// Returns an account after the last block of its chain.
    ///
    /// Fails only when the chain does not exist or its state is broken.
    pub fn account(&self, address: &StdAddr) -> Result<AccountView, Fault> {
        self.chain(address.workchain)?.account(address)
    }

    /// All accounts of a chain.
    pub fn accounts(&self, id: ChainId) -> Option<&ShardAccounts> {
        self.chains.get(&id).map(|site| site.chain.accounts())
    }

    // --- History ---

    /// Returns the position after the last block, for [`Self::blocks_since`].
    pub fn cursor(&self) -> u64 {
        self.history.end()
    }

    /// Returns at most `limit` blocks of all chains from a position on, in the order in which they were made. Blocks
    /// that are no longer kept are skipped.
    pub fn blocks_since(&self, cursor: u64, limit: usize) -> Vec<Arc<Block>> {
        self.history.since(cursor, limit)
    }

    /// A block, if it is kept.
    pub fn block(&self, chain: ChainId, seqno: u32) -> Option<Arc<Block>> {
        self.history.block(chain, seqno)
    }

    /// Returns at most `limit` transactions of an account with a logical time above `after_lt`, in ascending order.
    pub fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Vec<Arc<TransactionRecord>> {
        self.history.transactions(account, after_lt, limit)
    }

    // --- Coins and hashes ---

    /// Returns the distribution of all coins, from the running counts.
    pub fn supply(&self) -> Supply {
        let chains = (self.chains.iter()).map(|(&id, site)| (id, *site.chain.supply()));
        Supply::new(chains.collect(), self.queues.value_nano())
    }

    /// Returns the distribution of all coins, recounting accounts and messages.
    ///
    /// Fails only when the state is broken.
    pub fn recount_supply(&self) -> Result<Supply, Fault> {
        let chains = self
            .chains
            .iter()
            .map(|(&id, site)| Ok((id, site.chain.recount_supply()?)));
        let chains = chains.collect::<Result<_, Fault>>()?;
        Ok(Supply::new(chains, self.queues.recount_nano()))
    }

    /// Returns the hash of everything that determines the network's future: time, chains, state, queues.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn state_hash(&self) -> Result<HashBytes, Fault> {
        state_hash::network_hash(self.now_ms, self.chains.values(), &self.queues)
            .map_err(Fault::state(ddvs_types::MASTERCHAIN, "hashing the network"))
    }

    fn chain(&self, id: ChainId) -> Result<&Chain, Fault> {
        let site = self.chains.get(&id).ok_or(Fault::UnknownChain(id))?;
        Ok(&site.chain)
    }
}
