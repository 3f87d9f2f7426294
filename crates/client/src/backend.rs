//! The seam: what any network offers.

use std::sync::Arc;

use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};
use tycho_vm::RcStackValue;

use crate::getter::{self, GetterContext, GetterOutput};
use crate::{
    AccountView, Block, ChainId, ClientError, MessageStatus, Refusal, Supply, TransactionRecord,
};

/// A chain as a user needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainInfo {
    /// Its id.
    pub id: ChainId,
    /// Address of its D'Elector & Config contract.
    pub delector: StdAddr,
    /// Number of its last block.
    pub seqno: u32,
}

/// A network. All calls block until they have an answer; reads see the state after the last block.
pub trait Backend {
    /// A word for the kind of network, such as `embedded`.
    fn kind(&self) -> &'static str;

    /// All chains, the masterchain first.
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError>;

    /// The network's time in ms since 1970. Virtual where time is.
    fn now_ms(&self) -> Result<u64, ClientError>;

    /// An account. One that does not exist is an empty view, not an error.
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

    /// Where a message is, or what became of it.
    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError>;

    /// The next block of any chain: makes it where time is virtual, waits for it where it is not.
    /// `None` if no chain makes blocks.
    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError>;

    /// Position after the last block, for [`Self::blocks_since`].
    fn cursor(&self) -> Result<u64, ClientError>;

    /// At most `limit` blocks of all chains from a position on, in the order they came.
    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError>;

    /// What only the keeper of a network can do, where this network lets its user do it.
    fn operator(&mut self) -> Option<&mut dyn Operator> {
        None
    }

    /// Runs a get method of an account on this machine, on its fetched state.
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

    /// The account of `transaction by in-message hash`: the transaction that a message caused, if
    /// it did already.
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

/// Control over a network that only its keeper has. A story that needs it reports its steps as not
/// applicable elsewhere.
pub trait Operator {
    /// Stops a chain. What it sent stays deliverable, what is sent to it waits.
    fn silence(&mut self, chain: ChainId) -> Result<(), ClientError>;

    /// Brings a chain back.
    fn resume(&mut self, chain: ChainId) -> Result<(), ClientError>;

    /// Makes a chain's blocks `factor` times as far apart; 1 is normal.
    fn slow(&mut self, chain: ChainId, factor: u32) -> Result<(), ClientError>;

    /// Sets the least delay of messages from one chain to another.
    fn set_pair_delay(
        &mut self,
        source: ChainId,
        destination: ChainId,
        base_ms: u64,
    ) -> Result<(), ClientError>;

    /// Makes the next block of one chain, even before its time.
    fn produce_block(&mut self, chain: ChainId) -> Result<Arc<Block>, ClientError>;

    /// Puts an internal message into the queue of its destination as if an account of `source` had
    /// sent it: what no real network allows.
    fn inject_internal(&mut self, source: ChainId, message: Cell)
    -> Result<HashBytes, ClientError>;

    /// Whether no message waits anywhere.
    fn is_idle(&self) -> bool;

    /// Where all coins are.
    fn supply(&self) -> Supply;
}
