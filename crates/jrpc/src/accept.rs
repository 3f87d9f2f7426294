//! Whether a contract would accept an external message, emulated locally.
//!
//! A node takes any well-formed message and silently drops it when the contract does not accept it.
//! So the contract runs here first, on its fetched state and the masterchain's config, as the node
//! would run it in the next block.

use ddvs_client::{AccountView, ClientError};
use ddvs_types::execution::check_external;
use ddvs_types::{ExecutionContext, NotExecuted};
use tycho_types::cell::Cell;
use tycho_types::error::Error;
use tycho_types::models::BlockchainConfig;

/// The contract's reaction to the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepts,
    /// It refuses with this exit code; `None` if it does not run: no state or no coins.
    Refuses(Option<i32>),
}

/// Runs the contract up to the point where it accepts.
///
/// Fails only when the config cannot be decoded, or the executor reports an internal error.
pub(crate) fn judge(
    config: BlockchainConfig,
    now: u32,
    account: &AccountView,
    message: &Cell,
) -> Result<Verdict, ClientError> {
    let context = || format!("checking a message for {}", account.address);
    let codec = |cause: Error| ClientError::fault(context(), cause);
    let trial = ExecutionContext::next_of(account, config, now).map_err(codec)?;
    let state = account.shard_account().map_err(codec)?;
    match check_external(&trial.executor(), &account.address, &state, message) {
        Ok(()) => Ok(Verdict::Accepts),
        Err(NotExecuted::NotAccepted { exit_code }) => Ok(Verdict::Refuses(exit_code)),
        Err(NotExecuted::Fault(cause)) => Err(ClientError::fault(context(), cause)),
    }
}
