//! Whether a contract would accept an external message, emulated locally.
//!
//! A node takes any well-formed message and silently drops it when the contract does not accept it.
//! So the contract runs here first, on its fetched state and the masterchain's config, as the node
//! would run it in the next block.

use ddvs_client::{AccountView, ClientError};
use ddvs_types::executor_params;
use tycho_executor::{Executor, ExecutorInspector, ParsedConfig, TxError};
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
    let now = account.trial_time_s(now);
    let parsed = ParsedConfig::parse(config, now).map_err(codec)?;
    let lt = account.last_transaction_lt + 1;
    let params = executor_params(&parsed, now, lt).map_err(codec)?;
    let state = account.shard_account().map_err(codec)?;
    let mut inspector = ExecutorInspector::default();
    let executor = Executor::new(&params, &parsed).with_min_lt(lt);
    let checked = executor.check_ordinary_ext(
        &account.address,
        message.clone(),
        &state,
        Some(&mut inspector),
    );
    match checked {
        Ok(()) => Ok(Verdict::Accepts),
        Err(TxError::Skipped) => Ok(Verdict::Refuses(inspector.exit_code)),
        Err(TxError::Fatal(cause)) => Err(ClientError::fault(context(), cause)),
    }
}
