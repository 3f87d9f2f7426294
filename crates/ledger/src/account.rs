//! Reading an account.

use tycho_types::cell::{Cell, HashBytes, Lazy};
use tycho_types::error::Error;
use tycho_types::models::{
    Account, AccountState, AccountStatus, OptionalAccount, ShardAccount, ShardAccounts, StateInit,
    StdAddr,
};

use crate::{ChainId, Fault};

/// An account as it is after a block.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// Its address.
    pub address: StdAddr,
    /// Its balance in nano.
    pub balance_nano: u128,
    /// Logical time of its last transaction, 0 if it never had one.
    pub last_transaction_lt: u64,
    /// Hash of its last transaction, zero if it never had one.
    pub last_transaction_hash: HashBytes,
    /// The full account, or `None` when it does not exist.
    pub account: Option<Account>,
}

impl AccountView {
    /// Status of the account.
    pub fn status(&self) -> AccountStatus {
        self.account
            .as_ref()
            .map_or(AccountStatus::NotExists, |account| account.state.status())
    }

    /// Code and data, if the account is active.
    pub fn state_init(&self) -> Option<&StateInit> {
        match &self.account.as_ref()?.state {
            AccountState::Active(state) => Some(state),
            AccountState::Uninit | AccountState::Frozen(_) => None,
        }
    }

    /// Code, if the account is active.
    pub fn code(&self) -> Option<&Cell> {
        self.state_init()?.code.as_ref()
    }

    /// Data, if the account is active.
    pub fn data(&self) -> Option<&Cell> {
        self.state_init()?.data.as_ref()
    }

    /// The same as the executor takes it.
    ///
    /// Fails only when the account does not fit into cells.
    pub fn shard_account(&self) -> Result<ShardAccount, Error> {
        Ok(ShardAccount {
            account: Lazy::new(&OptionalAccount(self.account.clone()))?,
            last_trans_hash: self.last_transaction_hash,
            last_trans_lt: self.last_transaction_lt,
        })
    }
}

/// State and balance of an account; a missing account is an empty one with balance 0.
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

/// The same as a view.
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
