//! One account in a chain's first state.

use ddvs_zerostate::ZeroAccount;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Lazy, Store};
use tycho_types::models::{
    Account, AccountState, CurrencyCollection, OptionalAccount, ShardAccount, StateInit,
    StorageInfo, StorageUsed,
};
use tycho_types::num::VarUint56;

/// Maximum number of cells of one account.
const MAX_ACCOUNT_CELLS: usize = 1 << 20;

/// Returns an account that paid for its storage until `now`.
///
/// Fails only when it is too large.
pub(super) fn shard_account(
    account: &ZeroAccount,
    now: u32,
) -> Result<ShardAccount, anyhow::Error> {
    let state = match &account.state_init {
        Some(state) => AccountState::Active(StateInit::clone(state)),
        None => AccountState::Uninit,
    };
    let mut full = Account {
        address: account.address.clone().into(),
        storage_stat: StorageInfo {
            used: StorageUsed::ZERO,
            storage_extra: Default::default(),
            last_paid: now,
            due_payment: None,
        },
        last_trans_lt: 0,
        balance: CurrencyCollection::new(account.balance_nano),
        state,
    };
    full.storage_stat.used = storage_used(&full)?;
    Ok(ShardAccount {
        account: Lazy::new(&OptionalAccount(Some(full)))?,
        last_trans_hash: HashBytes::ZERO,
        last_trans_lt: 0,
    })
}

/// Counts the unique cells and bits of an account, without its address and these counts themselves.
fn storage_used(account: &Account) -> Result<StorageUsed, anyhow::Error> {
    let cell = {
        let context = Cell::empty_context();
        let mut builder = CellBuilder::new();
        builder.store_u64(account.last_trans_lt)?;
        account.balance.store_into(&mut builder, context)?;
        account.state.store_into(&mut builder, context)?;
        builder.build_ext(context)?
    };
    let stats = cell
        .compute_unique_stats(MAX_ACCOUNT_CELLS)
        .ok_or_else(|| anyhow::anyhow!("account {} is too large", account.address))?;
    Ok(StorageUsed {
        cells: VarUint56::new(stats.cell_count),
        bits: VarUint56::new(stats.bit_count),
    })
}
