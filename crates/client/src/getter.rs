//! Get methods, run locally on a contract's fetched state, in the same way on every backend.

use tycho_types::crc::crc_16;
use tycho_types::models::{BlockchainConfigParams, CurrencyCollection, StateInit, StdAddr};
use tycho_vm::{GasParams, RcStackValue, SafeRc, SmcInfoBase, VmState, VmVersion};

use crate::{AccountView, ClientError, Live, steps};

/// Default gas limit of a get method: enough to iterate over a registry of 10,000 validators, and an end for a method
/// that would never end.
pub const DEFAULT_GAS_LIMIT: u64 = 200_000_000;

/// Inputs of a get method besides code and data.
#[derive(Debug, Clone)]
pub struct GetterContext {
    /// Address of the contract.
    pub address: StdAddr,
    /// Its balance in nano.
    pub balance_nano: u128,
    /// Logical time of its last transaction.
    pub lt: u64,
    /// Time in seconds since 1970.
    pub now: u32,
    /// The config of its chain.
    pub config: BlockchainConfigParams,
    /// Gas limit of the method.
    pub gas_limit: u64,
}

impl GetterContext {
    /// Returns the context of an account in the network's current state.
    ///
    /// Fails only when the network does not answer.
    pub fn read<L: Live + ?Sized>(
        live: &L,
        account: &AccountView,
        gas_limit: u64,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            address: account.address.clone(),
            balance_nano: account.balance_nano,
            lt: account.last_transaction_lt,
            now: unix_time(live.now_ms()?),
            config: live.config(account.address.workchain)?,
            gas_limit,
        })
    }
}

/// Result of a get method.
#[derive(Debug, Clone)]
pub struct GetterOutput {
    /// 0 and 1 are success, 11 means that there is no such method.
    pub exit_code: i32,
    /// Returned values, in order.
    pub stack: Vec<RcStackValue>,
    /// Gas it used.
    pub gas_used: u64,
}

impl GetterOutput {
    /// Whether the method completed.
    pub fn is_success(&self) -> bool {
        matches!(self.exit_code, 0 | 1)
    }
}

/// Number of a get method, from its name.
pub fn method_id(method: &str) -> u32 {
    u32::from(crc_16(method.as_bytes())) | 0x1_0000
}

/// Returns virtual or real time in seconds, as contracts see it.
pub fn unix_time(now_ms: u64) -> u32 {
    u32::try_from(now_ms / 1000).unwrap_or(u32::MAX)
}

/// Runs a get method.
///
/// An exit code other than success is an output, not an error. Fails only when the config's prices
/// cannot be decoded.
pub fn get_method(
    state: &StateInit,
    context: &GetterContext,
    method: &str,
    args: Vec<RcStackValue>,
) -> Result<GetterOutput, ClientError> {
    get_method_by_id(state, context, method_id(method), args)
}

/// Like [`get_method`], by the method's number.
pub fn get_method_by_id(
    state: &StateInit,
    context: &GetterContext,
    method_id: u32,
    args: Vec<RcStackValue>,
) -> Result<GetterOutput, ClientError> {
    execute(state, context, method_id, args, |vm| vm.run())
}

/// Like [`get_method_by_id`], with a callback between its steps: `goes_on` gets the number of values on the stack,
/// and ends the run by returning false. Then there is no output.
pub fn get_method_watched(
    state: &StateInit,
    context: &GetterContext,
    method_id: u32,
    args: Vec<RcStackValue>,
    goes_on: &mut dyn FnMut(usize) -> bool,
) -> Result<Option<GetterOutput>, ClientError> {
    let mut is_ended = false;
    let output = execute(state, context, method_id, args, |vm| {
        let result = steps::run(vm, goes_on);
        is_ended = result.is_none();
        result.unwrap_or_default()
    })?;
    Ok(Some(output).filter(|_| !is_ended))
}

fn execute(
    state: &StateInit,
    context: &GetterContext,
    method_id: u32,
    mut args: Vec<RcStackValue>,
    run: impl FnOnce(&mut VmState<'_>) -> i32,
) -> Result<GetterOutput, ClientError> {
    args.push(RcStackValue::new_dyn_value(num_bigint::BigInt::from(
        method_id,
    )));
    let code = state.code.clone().unwrap_or_default();
    let info = SmcInfoBase::new()
        .with_now(context.now)
        .with_block_lt(context.lt)
        .with_tx_lt(context.lt)
        .with_account_balance(CurrencyCollection::new(context.balance_nano))
        .with_account_addr(context.address.clone().into())
        .with_config(context.config.clone())
        .require_ton_v4()
        .with_code(code.clone())
        .require_ton_v6()
        .fill_unpacked_config()
        .map_err(|cause| ClientError::fault("reading the config for a get method", cause))?
        .require_ton_v11();
    let gas = GasParams {
        max: context.gas_limit,
        limit: context.gas_limit,
        ..GasParams::getter()
    };
    let mut vm = VmState::builder()
        .with_smc_info(info)
        .with_version(VmVersion::LATEST_TON)
        .with_code(code)
        .with_data(state.data.clone().unwrap_or_default())
        .with_libraries(&state.libraries)
        .with_init_selector(false)
        .with_stack(args)
        .with_gas(gas)
        .build();
    let exit_code = !run(&mut vm);
    let stack = std::mem::take(&mut SafeRc::make_mut(&mut vm.stack).items);
    Ok(GetterOutput {
        exit_code,
        stack,
        gas_used: vm.gas.consumed(),
    })
}
