//! An account after a block.

use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy, Load};
use tycho_types::error::Error;
use tycho_types::models::{
    Account, AccountState, AccountStatus, OptionalAccount, ShardAccount, StateInit, StdAddr,
};

/// An account after a block.
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

    /// Returns the Unix time in seconds at which a message can be emulated on it: `now_s`, or the time when it last
    /// paid for its storage, if that is later. The executor refuses an earlier time, and an account is often read a
    /// block later than the time was.
    pub fn trial_time_s(&self, now_s: u32) -> u32 {
        let account = self.account.as_ref();
        account.map_or(now_s, |account| now_s.max(account.storage_stat.last_paid))
    }

    /// Returns the account in the executor's form.
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

/// Decodes an account in the RPC's form: without the leading `account$1` bit.
///
/// Fails only when the cell is not an account, or contains more than one.
pub fn decode_account(cell: &Cell) -> Result<Account, Error> {
    let mut whole = CellBuilder::new();
    whole.store_bit_one()?;
    whole.store_slice(cell.as_slice()?)?;
    let whole = whole.build()?;
    let mut slice = whole.as_slice()?;
    let account = OptionalAccount::load_from(&mut slice)?;
    match account.0 {
        Some(account) if slice.is_empty() => Ok(account),
        _ => Err(Error::InvalidData),
    }
}

/// Encodes an account in the RPC's form; the inverse of [`decode_account`].
///
/// Fails only when a part does not fit into its cell.
pub fn encode_account(account: &Account) -> Result<Cell, Error> {
    let whole = CellBuilder::build_from(OptionalAccount(Some(account.clone())))?;
    let mut slice = whole.as_slice()?;
    slice.load_bit()?;
    CellBuilder::build_from(slice)
}

#[cfg(test)]
mod tests {
    use tycho_types::models::{CurrencyCollection, StorageInfo};

    use super::*;

    #[test]
    fn trial_time_is_not_before_the_last_storage_payment() {
        let address = StdAddr::new(0, HashBytes([1; 32]));
        let account = Account {
            address: address.clone().into(),
            storage_stat: StorageInfo {
                last_paid: 100,
                ..Default::default()
            },
            last_trans_lt: 0,
            balance: CurrencyCollection::ZERO,
            state: AccountState::Uninit,
        };
        let mut view = AccountView {
            address,
            balance_nano: 0,
            last_transaction_lt: 0,
            last_transaction_hash: HashBytes::ZERO,
            account: Some(account),
        };
        assert_eq!(view.trial_time_s(99), 100);
        assert_eq!(view.trial_time_s(101), 101);
        view.account = None;
        assert_eq!(view.trial_time_s(99), 99);
    }
}
