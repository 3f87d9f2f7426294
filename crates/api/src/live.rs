//! The network as it is now.

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

/// What the API asks of a running network. Calls block; any number may be made at the same time.
pub trait Live: Send + Sync + 'static {
    /// A word for the kind of network, such as `embedded`.
    fn kind(&self) -> &'static str;

    /// Whether answers may take seconds, as those of nodes may.
    fn is_slow(&self) -> bool {
        false
    }

    /// The network's time.
    fn now_ms(&self) -> Result<u64, ClientError>;

    /// An account after the last block.
    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError>;

    /// The last block of a chain, where the network tells it more readily than an index does.
    fn head(&self, chain: ChainId) -> Option<Head> {
        let _ = chain;
        None
    }

    /// Number of the masterchain's last block, and its time in ms, where the network tells them without the block itself:
    /// the index may have it later, or never if nothing happened in it.
    ///
    /// Fails only when the network does not answer.
    fn last_block(&self) -> Result<Option<(u32, u64)>, ClientError> {
        Ok(None)
    }

    /// The config of a chain.
    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError>;

    /// Queues an external message. One that waits already is not queued again, which is no error.
    fn send(&self, message: Cell) -> Result<HashBytes, ClientError>;

    /// Where a message is.
    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError>;

    /// Where all coins are, if the network tells.
    fn supply(&self) -> Option<Supply>;
}

/// What a get method of an account sees besides code and data, as long as no gas is given to it.
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
