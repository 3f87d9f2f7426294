//! A chain as plain data, for storing and restoring it.

use std::sync::Arc;

use ddvs_types::{ChainId, ChainSupply, Lane, Lanes};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::{ShardAccounts, StdAddr};

use crate::chain::unix_time;
use crate::route::{self, Head};
use crate::{Chain, ChainConfig, Fault};

/// Everything that determines a chain's future blocks, but for what comes from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainState {
    /// Its id.
    pub id: ChainId,
    /// Address of its D'Elector.
    pub delector: StdAddr,
    /// Number of its last block, 0 before the first.
    pub seqno: u32,
    /// Hash of its last block.
    pub last_hash: HashBytes,
    /// Next free logical time.
    pub lt: u64,
    /// Its coins by kind.
    pub supply: ChainSupply,
    /// All its accounts, TL-B `ShardAccounts`.
    pub accounts: Cell,
    /// Root of the config dictionary in force. It differs from the D'Elector's if that was rejected.
    pub config: Cell,
    /// Messages to itself for which the last block had no room, in order.
    pub leftover: Vec<Cell>,
    /// All that it has sent to each other chain.
    pub sent: Vec<(ChainId, Lane)>,
    /// All that it has imported from each other chain.
    pub received: Vec<(ChainId, Lane)>,
}

/// Reason why a state is not one that a chain could have.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A part cannot be decoded.
    #[error("chain {chain}: {what}: {cause}")]
    Cell {
        /// The chain.
        chain: ChainId,
        /// The part that cannot be decoded.
        what: &'static str,
        /// Decoding error.
        cause: tycho_types::error::Error,
    },
    /// The config in force is invalid.
    #[error("chain {chain}: the config in force: {cause}")]
    Config {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: crate::config::ConfigError,
    },
    /// A message that is left over is not one to this chain.
    #[error("chain {0}: what is left over is not a message to it")]
    Leftover(ChainId),
    /// The lanes are not one for each other chain, or they and what is left over are not of the coins that the chain counts.
    #[error(
        "chain {0}: the lanes are not one for each other chain, or not of the coins that the chain counts"
    )]
    Lanes(ChainId),
    /// The accounts are not those of the chain: they hold other coins than it counts, or the D'Elector's address is of another
    /// chain.
    #[error(
        "chain {0}: the accounts do not hold the coins that the chain counts, or its D'Elector is on another chain"
    )]
    Accounts(ChainId),
    /// Time or a counter is out of range, or coins do not balance.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl RestoreError {
    fn cell(chain: ChainId, what: &'static str) -> impl FnOnce(tycho_types::error::Error) -> Self {
        move |cause| Self::Cell { chain, what, cause }
    }
}

impl Chain {
    /// Returns the chain as plain data, from which [`Self::restore`] continues.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn export(&self) -> Result<ChainState, Fault> {
        let accounts = CellBuilder::build_from(&self.accounts)
            .map_err(Fault::state(self.id, "exporting the accounts"))?;
        let plain = |lanes: &Lanes| lanes.iter().map(|(id, lane)| (id, *lane)).collect();
        Ok(ChainState {
            id: self.id,
            delector: self.delector.clone(),
            seqno: self.seqno,
            last_hash: self.last_hash,
            lt: self.lt,
            supply: self.supply,
            accounts,
            config: self.config.dictionary().cloned().unwrap_or_default(),
            leftover: self.leftover().cloned().collect(),
            sent: plain(&self.sent),
            received: plain(&self.received),
        })
    }

    /// Returns the chain from an exported state. Its last block was made at `last_block_ms`.
    ///
    /// Fails only when the state is not one that a chain could have.
    pub fn restore(
        state: ChainState,
        chains: &Arc<[ChainId]>,
        seed: u64,
        max_block_transactions: usize,
        last_block_ms: u64,
    ) -> Result<Self, RestoreError> {
        let id = state.id;
        let accounts =
            read_accounts(&state.accounts).map_err(RestoreError::cell(id, "the accounts"))?;
        let balance = accounts.root_extra().balance.tokens.into_inner();
        if balance != state.supply.accounts_nano || state.delector.workchain != id {
            return Err(RestoreError::Accounts(id));
        }
        if state.lt > MAX_LT {
            return Err(RestoreError::Fault(Fault::Exhausted {
                chain: id,
                what: "logical time",
            }));
        }
        // prices of storage that came into force since the last block take effect at the next one, as usual
        let config = ChainConfig::parse(
            id,
            state.delector.address,
            &state.config,
            unix_time(id, last_block_ms)?,
            None,
        )
        .map_err(|cause| RestoreError::Config { chain: id, cause })?;
        let mut leftover = std::collections::VecDeque::with_capacity(state.leftover.len());
        for cell in state.leftover {
            let head = route::read_head(&cell)
                .map_err(RestoreError::cell(id, "a message that is left over"))?;
            match head {
                // what was returned from an address that no account has is not of this chain
                Head::Internal(head) if head.destination.workchain == id => {
                    leftover.push_back((cell, head));
                }
                _ => return Err(RestoreError::Leftover(id)),
            }
        }
        let lanes = |lanes: Vec<(ChainId, Lane)>| {
            let others = chains.iter().copied().filter(|&other| other != id);
            if others.eq(lanes.iter().map(|(id, _)| *id)) {
                Ok(lanes.into_iter().collect::<Lanes>())
            } else {
                Err(RestoreError::Lanes(id))
            }
        };
        let chain = Self {
            id,
            chains: chains.clone(),
            seed,
            max_block_transactions,
            delector: state.delector,
            accounts,
            config: Arc::new(config),
            supply: state.supply,
            seqno: state.seqno,
            last_hash: state.last_hash,
            time_ms: last_block_ms,
            lt: state.lt,
            leftover,
            sent: lanes(state.sent)?,
            received: lanes(state.received)?,
        };
        chain.check_supply()?;
        if chain.count_messages() != chain.supply {
            return Err(RestoreError::Lanes(id));
        }
        Ok(chain)
    }
}

/// Logical times are below 2^63.
const MAX_LT: u64 = i64::MAX.cast_unsigned();

/// Fails only when the cell is not exactly an accounts dictionary.
fn read_accounts(cell: &Cell) -> Result<ShardAccounts, Error> {
    let mut slice = cell.as_slice()?;
    let accounts = ShardAccounts::load_from(&mut slice)?;
    if slice.is_empty() {
        Ok(accounts)
    } else {
        Err(Error::CellOverflow)
    }
}
