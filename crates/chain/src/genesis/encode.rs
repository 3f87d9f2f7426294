//! Accounts of the zerostate, as the executor would leave them.

use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Lazy, Store};
use tycho_types::error::Error;
use tycho_types::models::{
    Account, AccountState, CurrencyCollection, DepthBalanceInfo, OptionalAccount, ShardAccount,
    StorageInfo, StorageUsed,
};
use tycho_types::num::VarUint56;

use super::GenesisAccount;

/// Maximum number of cells of a zerostate account.
const MAX_ACCOUNT_CELLS: usize = 1 << 20;

/// An entry of the dictionary of accounts.
type Entry = (HashBytes, DepthBalanceInfo, ShardAccount);

/// Returns an account in the form in which the executor would leave it. An account without code and coins is not
/// stored.
pub(super) fn account(
    account: GenesisAccount,
    now: u32,
    special: bool,
) -> Result<Option<Entry>, Error> {
    let GenesisAccount {
        address,
        state_init,
        balance_nano,
    } = account;
    if state_init.is_none() && balance_nano == 0 {
        return Ok(None);
    }
    let id = address.address;
    let balance = CurrencyCollection::new(balance_nano);
    let state = state_init.map_or(AccountState::Uninit, AccountState::Active);
    let storage_stat = StorageInfo {
        used: storage_used(&balance, &state)?,
        // the executor keeps 0 for accounts that never pay for storage
        last_paid: if special { 0 } else { now },
        ..StorageInfo::default()
    };
    let account = Account {
        address: address.into(),
        storage_stat,
        last_trans_lt: 0,
        balance: balance.clone(),
        state,
    };
    let shard_account = ShardAccount {
        account: Lazy::new(&OptionalAccount(Some(account)))?,
        last_trans_hash: HashBytes::ZERO,
        last_trans_lt: 0,
    };
    Ok(Some((
        id,
        DepthBalanceInfo {
            split_depth: 0,
            balance,
        },
        shard_account,
    )))
}

/// Cells and bits that storage fees are paid for: unique cells of `AccountStorage`.
///
/// `StorageUsed::compute` of tycho-types 0.3.6 fails on every account (its overflow check is
/// inverted), so the count is made here.
fn storage_used(balance: &CurrencyCollection, state: &AccountState) -> Result<StorageUsed, Error> {
    let mut builder = CellBuilder::new();
    builder.store_u64(0)?; // last_trans_lt
    balance.store_into(&mut builder, Cell::empty_context())?;
    state.store_into(&mut builder, Cell::empty_context())?;
    let stats = builder
        .build()?
        .compute_unique_stats(MAX_ACCOUNT_CELLS)
        .ok_or(Error::Cancelled)?;
    Ok(StorageUsed {
        cells: VarUint56::new(stats.cell_count),
        bits: VarUint56::new(stats.bit_count),
    })
}
