//! Reading a network's current state, and sending to it.

use std::sync::Arc;

use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};
use tycho_vm::RcStackValue;

use crate::getter::{self, DEFAULT_GAS_LIMIT, GetterContext, GetterOutput};
use crate::{AccountView, ChainId, ClientError, MessageStatus, Refusal, Supply, TransactionRecord};

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

/// A message could not be written to the disk of the server that accepts it.
#[derive(Debug, thiserror::Error)]
#[error("the server cannot write to its disk ({0})")]
pub struct NotKept(#[source] pub std::io::Error);

/// A running network: its current state, and the way in for messages. Calls block until they have an answer, and may be
/// made concurrently; reads return the state after the last block.
pub trait Live: Send + Sync {
    /// Short name for the kind of network, such as `embedded`.
    fn kind(&self) -> &'static str;

    /// Whether answers may take seconds, as those of nodes may.
    fn is_slow(&self) -> bool {
        false
    }

    /// The network's time in ms since 1970; virtual on the embedded network.
    fn now_ms(&self) -> Result<u64, ClientError>;

    /// An account. A missing account gives an empty view, not an error.
    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError>;

    /// The last block of a chain, where the network provides it faster than an index.
    fn head(&self, chain: ChainId) -> Option<Head> {
        let _ = chain;
        None
    }

    /// Number of the masterchain's last block, and its time in ms, where the network provides them without the block
    /// itself: an index may get it later, or never if nothing happened in it.
    ///
    /// Fails only when the network does not answer.
    fn last_block(&self) -> Result<Option<(u32, u64)>, ClientError> {
        Ok(None)
    }

    /// The config of a chain.
    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError>;

    /// Queues an external message for the chain of its destination and returns its hash. A message that waits already is
    /// not queued again: a network returns its hash, or refuses it.
    ///
    /// Fails with a refusal when the contract would not accept it.
    fn send(&self, message: Cell) -> Result<HashBytes, ClientError>;

    /// Place or outcome of a message.
    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError>;

    /// Distribution of all coins, if the network provides it.
    fn supply(&self) -> Option<Supply> {
        None
    }

    /// Runs a get method of an account locally, on its fetched state.
    ///
    /// Fails with a refusal when the account is not active or the method fails.
    fn get_method(
        &self,
        address: &StdAddr,
        method: &str,
        args: Vec<RcStackValue>,
    ) -> Result<GetterOutput, ClientError> {
        let account = self.account(address)?;
        let Some(state) = account.state_init() else {
            return Err(Refusal::NotActive(address.clone()).into());
        };
        let context = GetterContext::read(self, &account, DEFAULT_GAS_LIMIT)?;
        let output = getter::get_method(state, &context, method, args)?;
        if output.is_success() {
            Ok(output)
        } else {
            let (account, method) = (address.clone(), method.to_owned());
            Err(Refusal::Getter {
                account,
                method,
                exit_code: output.exit_code,
            }
            .into())
        }
    }

    /// The transaction that a message caused, by the hash of the message, if there is one yet.
    fn transaction_by_message(
        &self,
        hash: &HashBytes,
    ) -> Result<Option<Arc<TransactionRecord>>, ClientError> {
        Ok(match self.message_status(hash)? {
            MessageStatus::Executed(transaction) => Some(transaction),
            _ => None,
        })
    }
}
