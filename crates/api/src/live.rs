//! The network's current state.

mod asking;
mod embedded;
mod nodes;

use ddvs_client::{
    AccountView, ChainId, ClientError, GetterContext, MessageStatus, Supply, getter,
};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

pub(crate) use asking::{Asking, NoRoom};
pub(crate) use embedded::NotKept;
pub use embedded::{EmbeddedLive, Journal};
pub use nodes::NodesLive;

/// A chain's last block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 before the first.
    pub seqno: u32,
    /// Its hash; before the first that of the zerostate.
    pub hash: HashBytes,
    /// The logical time after it.
    pub lt: u64,
}

/// The API's view of a running network. Calls block, and may be made concurrently.
pub trait Live: Send + Sync + 'static {
    /// Short name for the kind of network, such as `embedded`.
    fn kind(&self) -> &'static str;

    /// Whether answers may take seconds, as those of nodes may.
    fn is_slow(&self) -> bool {
        false
    }

    /// The network's time.
    fn now_ms(&self) -> Result<u64, ClientError>;

    /// An account after the last block.
    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError>;

    /// The last block of a chain, where the network provides it faster than an index.
    fn head(&self, chain: ChainId) -> Option<Head> {
        let _ = chain;
        None
    }

    /// Number of the masterchain's last block, and its time in ms, where the network provides them without the block itself:
    /// the index may get it later, or never if nothing happened in it.
    ///
    /// Fails only when the network does not answer.
    fn last_block(&self) -> Result<Option<(u32, u64)>, ClientError> {
        Ok(None)
    }

    /// The config of a chain.
    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError>;

    /// Queues an external message. A message that is already queued is not queued again; this is not an error.
    fn send(&self, message: Cell) -> Result<HashBytes, ClientError>;

    /// Place or outcome of a message.
    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError>;

    /// Distribution of all coins, if the network provides it.
    fn supply(&self) -> Option<Supply>;
}

/// Inputs of an account's get method besides code and data, without gas.
///
/// Fails only when the network does not answer.
pub(crate) fn getter_context(
    live: &dyn Live,
    account: &AccountView,
) -> Result<GetterContext, ClientError> {
    Ok(GetterContext {
        address: account.address.clone(),
        balance_nano: account.balance_nano,
        lt: account.last_transaction_lt,
        now: getter::unix_time(live.now_ms()?),
        config: live.config(account.address.workchain)?,
        gas_limit: 0,
    })
}
