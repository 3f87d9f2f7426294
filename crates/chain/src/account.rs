//! Reading an account.

use ddvs_types::{AccountView, ChainId};
use tycho_types::cell::{HashBytes, Lazy};
use tycho_types::models::{OptionalAccount, ShardAccount, ShardAccounts, StdAddr};

use crate::Fault;

/// Returns state and balance of an account; a missing account is an empty one with balance 0.
pub(crate) fn load(
    accounts: &ShardAccounts,
    chain: ChainId,
    id: &HashBytes,
) -> Result<(ShardAccount, u128), Fault> {
    let found = accounts
        .get(id)
        .map_err(Fault::state(chain, "reading an account"))?;
    match found {
        Some((info, state)) => Ok((state, info.balance.tokens.into_inner())),
        None => Ok((empty(chain)?, 0)),
    }
}

fn empty(chain: ChainId) -> Result<ShardAccount, Fault> {
    Ok(ShardAccount {
        account: Lazy::new(&OptionalAccount::EMPTY)
            .map_err(Fault::state(chain, "building an empty account"))?,
        last_trans_hash: HashBytes::ZERO,
        last_trans_lt: 0,
    })
}

/// Returns the account as a view.
pub(crate) fn view(
    accounts: &ShardAccounts,
    chain: ChainId,
    address: &StdAddr,
) -> Result<AccountView, Fault> {
    let (state, balance_nano) = load(accounts, chain, &address.address)?;
    let account = state
        .load_account()
        .map_err(Fault::state(chain, "reading an account"))?;
    Ok(AccountView {
        address: address.clone(),
        balance_nano,
        last_transaction_lt: state.last_trans_lt,
        last_transaction_hash: state.last_trans_hash,
        account,
    })
}
