//! How nodes run a message under a config, and how it is emulated.

use tycho_executor::{
    Executor, ExecutorInspector, ExecutorParams, ExecutorState, ParsedConfig, TxError,
};
use tycho_types::cell::Cell;
use tycho_types::error::Error;
use tycho_types::models::{
    BlockchainConfig, GlobalCapabilities, GlobalCapability, OrdinaryTxInfo, ShardAccount, StdAddr,
};

use crate::AccountView;

/// Returns the executor's settings on a chain with this config, as nodes choose them: for a transaction at `now`
/// (Unix seconds), in a block that begins with logical time `start_lt`. The random seed is zero.
///
/// Fails only when the config does not contain its version.
pub fn executor_params(
    config: &ParsedConfig,
    now: u32,
    start_lt: u64,
) -> Result<ExecutorParams, Error> {
    let capabilities = config.raw.params.get_global_version()?.capabilities;
    Ok(executor_params_with(
        capabilities,
        config.global_id,
        now,
        start_lt,
    ))
}

/// Like [`executor_params`], from the two facts that it reads in a config.
pub fn executor_params_with(
    capabilities: GlobalCapabilities,
    global_id: i32,
    now: u32,
    start_lt: u64,
) -> ExecutorParams {
    let capable = |capability: GlobalCapability| capabilities.contains(capability);
    let mut params = ExecutorParams {
        block_unixtime: now,
        block_lt: start_lt,
        full_body_in_bounced: capable(GlobalCapability::CapFullBodyInBounced),
        authority_marks_enabled: capable(GlobalCapability::CapSuspendByMarks),
        strict_extra_currency: true,
        charge_action_fees_on_fail: true,
        ..ExecutorParams::default()
    };
    if capable(GlobalCapability::CapSignatureWithId) {
        params.vm_modifiers.signature_with_id = Some(global_id);
    }
    params.vm_modifiers.enable_signature_domains = capable(GlobalCapability::CapSignatureDomain);
    params
}

/// A chain's config with the executor's settings on it.
pub struct ExecutionContext {
    /// The config.
    pub config: ParsedConfig,
    /// The settings. A transaction has at least the logical time with which the block begins.
    pub params: ExecutorParams,
}

impl ExecutionContext {
    /// Returns the context of a block that begins with logical time `start_lt` at `now` (Unix seconds).
    ///
    /// Fails only when the config cannot be decoded.
    pub fn new(config: BlockchainConfig, now: u32, start_lt: u64) -> Result<Self, Error> {
        let config = ParsedConfig::parse(config, now)?;
        let params = executor_params(&config, now, start_lt)?;
        Ok(Self { config, params })
    }

    /// Returns the context of an account's next transaction: at `now`, or at the earliest time that its state allows.
    ///
    /// Fails only when the config cannot be decoded.
    pub fn next_of(
        account: &AccountView,
        config: BlockchainConfig,
        now: u32,
    ) -> Result<Self, Error> {
        let now = account.trial_time_s(now);
        Self::new(config, now, account.last_transaction_lt + 1)
    }

    /// Returns the executor of messages in this context.
    pub fn executor(&self) -> Executor<'_> {
        Executor::new(&self.params, &self.config).with_min_lt(self.params.block_lt)
    }
}

/// The reason why a message had no transaction.
#[derive(Debug)]
pub enum NotExecuted {
    /// The contract did not accept an external message.
    NotAccepted {
        /// Its exit code, `None` if it did not run: no state or no coins.
        exit_code: Option<i32>,
    },
    /// The executor failed.
    Fault(anyhow::Error),
}

impl NotExecuted {
    fn of(error: TxError, inspector: &ExecutorInspector<'_>) -> Self {
        match error {
            TxError::Skipped => Self::NotAccepted {
                exit_code: inspector.exit_code,
            },
            TxError::Fatal(cause) => Self::Fault(cause),
        }
    }
}

/// Runs all phases of a message on an account, without committing their result.
///
/// Fails when the contract does not accept an external message, or with a fault of the executor.
pub fn run_message<'a>(
    executor: &Executor<'a>,
    account: &StdAddr,
    state: &ShardAccount,
    message: &Cell,
    is_external: bool,
) -> Result<(ExecutorState<'a>, OrdinaryTxInfo), NotExecuted> {
    // One level below `begin_ordinary`, which would encode the transaction's description and leave it to the caller to
    // decode it again.
    let loaded = state.load_account();
    let loaded = loaded.map_err(|cause| NotExecuted::Fault(cause.into()))?;
    let begun = executor.begin(account, loaded);
    let mut execution = begun.map_err(NotExecuted::Fault)?;
    let mut inspector = ExecutorInspector::default();
    let inspected = is_external.then_some(&mut inspector);
    match execution.run_ordinary_transaction(is_external, message.clone(), inspected) {
        Ok(info) => Ok((execution, info)),
        Err(error) => Err(NotExecuted::of(error, &inspector)),
    }
}

/// Runs an external message up to the point where the contract accepts it.
///
/// Fails when it does not, or with a fault of the executor.
pub fn check_external(
    executor: &Executor<'_>,
    account: &StdAddr,
    state: &ShardAccount,
    message: &Cell,
) -> Result<(), NotExecuted> {
    let mut inspector = ExecutorInspector::default();
    let checked =
        executor.check_ordinary_ext(account, message.clone(), state, Some(&mut inspector));
    checked.map_err(|error| NotExecuted::of(error, &inspector))
}
