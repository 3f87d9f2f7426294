//! One chain between two blocks.

use std::sync::Arc;

use tycho_types::cell::HashBytes;
use tycho_types::models::{ShardAccounts, StdAddr};

use crate::external::Mempool;
use crate::genesis::CheckedChain;
use crate::supply::ChainSupply;
use crate::{ChainConfig, ChainId, DelayPlan, Fault};

/// First logical time of every chain: above that of any account of the zerostate.
const GENESIS_LT: u64 = 1_000_000;

/// Greatest factor by which a chain may be slowed.
const MAX_SLOW_FACTOR: u32 = 1_000_000;

/// State of a chain.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub id: ChainId,
    pub delector: StdAddr,
    pub accounts: ShardAccounts,
    /// The config in force for the next block.
    pub config: Arc<ChainConfig>,
    pub mempool: Mempool,
    pub supply: ChainSupply,
    /// Number of the last block.
    pub seqno: u32,
    /// Hash of the last block.
    pub last_hash: HashBytes,
    /// The lowest logical time that is still free.
    pub lt: u64,
    /// When the next block is due.
    pub due_ms: u64,
    pub silenced: bool,
    block_time_ms: u64,
    slow_factor: u32,
    last_block_ms: u64,
}

impl Chain {
    pub fn new(genesis: CheckedChain, start_time_ms: u64, delays: &DelayPlan) -> Self {
        let supply = ChainSupply {
            accounts_nano: genesis.balance_nano,
            ..ChainSupply::default()
        };
        let last_hash = accounts_hash(&genesis.accounts);
        let mut chain = Self {
            id: genesis.id,
            delector: genesis.delector,
            accounts: genesis.accounts,
            config: Arc::new(genesis.config),
            mempool: Mempool::default(),
            supply,
            seqno: 0,
            last_hash,
            lt: GENESIS_LT,
            due_ms: 0,
            silenced: false,
            block_time_ms: genesis.block_time_ms,
            slow_factor: 1,
            last_block_ms: start_time_ms,
        };
        chain.schedule(delays);
        chain
    }

    /// Notes that the chain made a block at `now_ms` and plans the next one.
    pub fn block_made(&mut self, now_ms: u64, delays: &DelayPlan) {
        self.last_block_ms = now_ms;
        self.schedule(delays);
    }

    /// Makes blocks `factor` times as far apart as the genesis says.
    pub fn slow(&mut self, factor: u32, delays: &DelayPlan) {
        self.slow_factor = factor.clamp(1, MAX_SLOW_FACTOR);
        self.schedule(delays);
    }

    fn schedule(&mut self, delays: &DelayPlan) {
        let interval_ms = self
            .block_time_ms
            .saturating_mul(u64::from(self.slow_factor));
        let jitter_ms = delays.block_ms(self.id, self.seqno.saturating_add(1));
        self.due_ms = self
            .last_block_ms
            .saturating_add(interval_ms)
            .saturating_add(jitter_ms);
    }

    pub fn slow_factor(&self) -> u32 {
        self.slow_factor
    }

    pub fn block_time_ms(&self) -> u64 {
        self.block_time_ms
    }

    pub fn last_block_ms(&self) -> u64 {
        self.last_block_ms
    }

    /// Virtual time as contracts see it, in seconds.
    ///
    /// Fails only after the year 2106.
    pub fn unix_time(&self, now_ms: u64) -> Result<u32, Fault> {
        u32::try_from(now_ms / 1000).map_err(|_| Fault::Exhausted {
            chain: self.id,
            what: "32 bits of unix time",
        })
    }
}

/// Hash of the accounts dictionary, zero if it is empty.
pub(crate) fn accounts_hash(accounts: &ShardAccounts) -> HashBytes {
    accounts
        .dict()
        .root()
        .as_ref()
        .map_or(HashBytes::ZERO, |root| *root.repr_hash())
}
