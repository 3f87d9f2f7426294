//! Runs a get method on code and data.

use anyhow::{Result, ensure};
use tycho_types::models::{BlockchainConfigParams, CurrencyCollection, StdAddr};
use tycho_types::prelude::*;
use tycho_vm::{GasParams, RcStackValue, SmcInfoBase, VmState, VmVersion};

use ddvs_contracts::getters::int_arg;

pub struct Account<'a> {
    pub address: &'a StdAddr,
    pub balance_nano: u128,
    pub code: &'a Cell,
    pub data: &'a Cell,
    pub config: &'a BlockchainConfigParams,
    pub now: u32,
}

pub fn call(
    account: &Account<'_>,
    method: &str,
    mut args: Vec<RcStackValue>,
) -> Result<Vec<RcStackValue>> {
    args.push(int_arg(
        u32::from(tycho_types::crc::crc_16(method.as_bytes())) | 0x10000,
    ));
    let info = SmcInfoBase::new()
        .with_now(account.now)
        .with_account_balance(CurrencyCollection::new(account.balance_nano))
        .with_account_addr(account.address.clone().into())
        .with_config(account.config.clone())
        .require_ton_v4()
        .with_code(account.code.clone())
        .require_ton_v6()
        .fill_unpacked_config()?
        .require_ton_v11();
    let mut vm = VmState::builder()
        .with_smc_info(info)
        .with_version(VmVersion::LATEST_TON)
        .with_code(account.code.clone())
        .with_data(account.data.clone())
        .with_init_selector(false)
        .with_stack(args)
        .with_gas(GasParams::getter())
        .build();
    let exit_code = !vm.run();
    ensure!(exit_code == 0, "{method} ended with exit code {exit_code}");
    Ok(vm.stack.items.clone())
}
