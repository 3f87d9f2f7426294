//! One chain between two blocks.

use std::sync::Arc;

use ddvs_types::{ChainId, ChainSupply};
use tycho_types::cell::{CellBuilder, HashBytes};
use tycho_types::models::{ShardAccounts, StdAddr};

use crate::external::{self, Mempool};
use crate::genesis::CheckedChain;
use crate::state::{ChainState, RestoreError};
use crate::{ChainConfig, ChainView, DelayPlan, Fault};

/// First logical time of every chain: above that of any account of the zerostate.
const GENESIS_LT: u64 = 1_000_000;

/// Maximum factor by which a chain may be slowed.
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
    /// Next free logical time.
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

    /// Returns the chain as plain data.
    pub fn export(&self) -> Result<ChainState, Fault> {
        let accounts = CellBuilder::build_from(&self.accounts)
            .map_err(Fault::state(self.id, "exporting the accounts"))?;
        Ok(ChainState {
            id: self.id,
            delector: self.delector.clone(),
            block_time_ms: self.block_time_ms,
            slow_factor: self.slow_factor,
            is_silenced: self.silenced,
            seqno: self.seqno,
            last_hash: self.last_hash,
            last_block_ms: self.last_block_ms,
            due_ms: self.due_ms,
            lt: self.lt,
            supply: self.supply,
            accounts,
            config: self.config.dictionary().cloned().unwrap_or_default(),
            externals: self
                .mempool
                .iter()
                .map(|external| external.cell.clone())
                .collect(),
        })
    }

    /// Returns the chain from an exported state.
    ///
    /// Fails only when a part cannot be decoded.
    pub fn restore(state: ChainState) -> Result<Self, RestoreError> {
        let id = state.id;
        let accounts = state
            .accounts
            .parse()
            .map_err(RestoreError::cell(id, "the accounts"))?;
        let mut chain = Self {
            id,
            config: Arc::new(
                // prices of storage that came into force since the last block take effect at the next one, as usual
                ChainConfig::parse(
                    id,
                    state.delector.address,
                    &state.config,
                    unix_time(id, state.last_block_ms)?,
                    None,
                )
                .map_err(|cause| RestoreError::Config { chain: id, cause })?,
            ),
            delector: state.delector,
            accounts,
            mempool: Mempool::default(),
            supply: state.supply,
            seqno: state.seqno,
            last_hash: state.last_hash,
            lt: state.lt,
            due_ms: state.due_ms,
            silenced: state.is_silenced,
            block_time_ms: state.block_time_ms,
            slow_factor: state.slow_factor,
            last_block_ms: state.last_block_ms,
        };
        for message in state.externals {
            external::requeue(&mut chain, message)?;
        }
        Ok(chain)
    }

    /// Returns a view of the current state.
    ///
    /// Fails only after the year 2106.
    pub fn view(&self, now_ms: u64) -> Result<ChainView, Fault> {
        Ok(ChainView {
            id: self.id,
            accounts: self.accounts.clone(),
            config: self.config.clone(),
            seqno: self.seqno,
            last_hash: self.last_hash,
            lt: self.lt,
            now: self.unix_time(now_ms)?,
        })
    }

    /// Records that the chain made a block at `now_ms` and plans the next one.
    pub fn block_made(&mut self, now_ms: u64, delays: &DelayPlan) {
        self.last_block_ms = now_ms;
        self.schedule(delays);
    }

    /// Multiplies the genesis' block interval by `factor`.
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

    /// Returns the virtual time as contracts see it, in seconds.
    ///
    /// Fails only after the year 2106.
    pub fn unix_time(&self, now_ms: u64) -> Result<u32, Fault> {
        unix_time(self.id, now_ms)
    }
}

fn unix_time(chain: ChainId, now_ms: u64) -> Result<u32, Fault> {
    u32::try_from(now_ms / 1000).map_err(|_| Fault::Exhausted {
        chain,
        what: "32 bits of unix time",
    })
}

/// Returns the hash of the accounts dictionary, zero if it is empty.
pub(crate) fn accounts_hash(accounts: &ShardAccounts) -> HashBytes {
    accounts
        .dict()
        .root()
        .as_ref()
        .map_or(HashBytes::ZERO, |root| *root.repr_hash())
}
