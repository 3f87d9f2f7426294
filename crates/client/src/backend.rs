//! The interface of all networks.

use std::sync::Arc;

use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};
use tycho_vm::RcStackValue;

use crate::getter::{self, GetterContext, GetterOutput};
use crate::{
    AccountView, Block, ChainId, ClientError, MessageStatus, Refusal, Supply, TransactionRecord,
};

/// Basic facts about a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainInfo {
    /// Its id.
    pub id: ChainId,
    /// Address of its D'Elector & Config contract.
    pub delector: StdAddr,
    /// Number of its last block.
    pub seqno: u32,
}

/// A network. All calls block until they have an answer; reads return the state after the last block.
pub trait Backend {
    /// Short name for the kind of network, such as `embedded`.
    fn kind(&self) -> &'static str;

    /// All chains, the masterchain first.
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError>;

    /// The network's time in ms since 1970; virtual on the embedded network.
    fn now_ms(&self) -> Result<u64, ClientError>;

    /// An account. A missing account gives an empty view, not an error.
    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError>;

    /// The config of a chain.
    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError>;

    /// Queues an external message for the chain of its destination and returns its hash.
    fn send_external(&mut self, message: Cell) -> Result<HashBytes, ClientError>;

    /// At most `limit` transactions of an account with a logical time above `after_lt`, ascending.
    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError>;

    /// Place or outcome of a message.
    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError>;

    /// The next block of any chain: makes it where time is virtual, otherwise waits for it. `None` if no chain makes
    /// blocks.
    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError>;

    /// Position after the last block, for [`Self::blocks_since`].
    fn cursor(&self) -> Result<u64, ClientError>;

    /// At most `limit` blocks of all chains from a position on, in the order in which they arrived.
    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError>;

    /// Operations that only a network's operator has, if this network offers them to its user.
    fn operator(&mut self) -> Option<&mut dyn Operator> {
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
        let context = GetterContext {
            address: address.clone(),
            balance_nano: account.balance_nano,
            lt: account.last_transaction_lt,
            now: getter::unix_time(self.now_ms()?),
            config: self.config(address.workchain)?,
            gas_limit: getter::DEFAULT_GAS_LIMIT,
        };
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

    /// The account of `transaction by in-message hash`: the transaction that a message caused, if there is one yet.
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

/// Operations that only a network's operator has. A scenario that needs them reports its steps as not applicable
/// elsewhere.
pub trait Operator {
    /// Stops a chain. Messages that it has sent stay deliverable, and messages to it wait.
    fn silence(&mut self, chain: ChainId) -> Result<(), ClientError>;

    /// Resumes a chain.
    fn resume(&mut self, chain: ChainId) -> Result<(), ClientError>;

    /// Makes a chain's blocks `factor` times as far apart; 1 is normal.
    fn slow(&mut self, chain: ChainId, factor: u32) -> Result<(), ClientError>;

    /// Sets the minimum delay of messages from one chain to another.
    fn set_pair_delay(
        &mut self,
        source: ChainId,
        destination: ChainId,
        base_ms: u64,
    ) -> Result<(), ClientError>;

    /// Makes the next block of one chain, even before it is due.
    fn produce_block(&mut self, chain: ChainId) -> Result<Arc<Block>, ClientError>;

    /// Puts an internal message into the queue of its destination as if an account of `source` had sent it, which no
    /// real network allows.
    fn inject_internal(&mut self, source: ChainId, message: Cell)
    -> Result<HashBytes, ClientError>;

    /// Whether no message waits anywhere.
    fn is_idle(&self) -> bool;

    /// Distribution of all coins.
    fn supply(&self) -> Supply;
}
