//! State of a DePool Wallet.

use ddvs_client::handles::{storage_due_soon_nano, storage_prices};
use ddvs_client::{Backend, DePoolRoot, DePoolWallet};
use ddvs_contracts::reserves::Spare;
use ddvs_contracts::storage::{Position, times};
use ddvs_types::Amount;
use tycho_types::models::StdAddr;

use super::Staker;
use crate::counting::Counting;
use crate::request::wallet_storage;
use crate::{NetworkContext, PeopleError, pools};

/// State of a DePool Wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletView {
    /// The wallet.
    pub address: StdAddr,
    /// Its owner's account.
    pub owner: StdAddr,
    /// Coins of the owner's account, in nano.
    pub owner_balance_nano: u128,
    /// Whether it is deployed.
    pub exists: bool,
    /// Its balance, in nano.
    pub balance_nano: u128,
    /// Amount that the owner may withdraw, in nano.
    pub free_nano: u128,
    /// Amount that the owner may stake, in nano, even with another pool.
    pub stakable_nano: u128,
    /// Reserve of the wallet for its storage with one more position, in nano.
    pub next_reserve_nano: u128,
    /// Sum of all positions, in nano.
    pub held_nano: u128,
    /// Positions by Root.
    pub positions: Vec<(StdAddr, Position)>,
}

/// Returns the state of a DePool Wallet.
pub fn view(backend: &dyn Backend, wallet: &DePoolWallet) -> Result<WalletView, PeopleError> {
    let account = backend.account(wallet.address())?;
    let fault = PeopleError::codec("reading a DePool Wallet");
    let storage = wallet_storage(&account)?;
    let held_nano = storage
        .as_ref()
        .map_or(0, |storage| storage.held.into_inner());
    let mut positions = Vec::new();
    if let Some(storage) = &storage {
        for entry in storage.positions.iter() {
            positions.push(entry.map_err(&fault)?);
        }
    }
    let count = storage.as_ref().map_or(0, |storage| storage.count);
    let prices = storage_prices(backend, wallet.address().workchain)?;
    let due_nano = storage_due_soon_nano(backend, &account)?;
    let spare = Spare::of(&prices, account.balance_nano, held_nano + due_nano, count);
    Ok(WalletView {
        address: wallet.address().clone(),
        owner: wallet.owner().clone(),
        owner_balance_nano: backend.account(wallet.owner())?.balance_nano,
        exists: storage.is_some(),
        balance_nano: account.balance_nano,
        free_nano: spare.free_nano,
        stakable_nano: spare.stakable_nano,
        next_reserve_nano: spare.next_reserve_nano,
        held_nano,
        positions,
    })
}

/// The pool's effect on a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InPool {
    /// Amounts after a slash, in nano; `None` if there was none, or the wallet has settled it. The wallet scales each
    /// part separately, rounding down.
    pub worth_nano: Option<u128>,
    /// Whether its locks apply: a closed or removed Root lets everyone leave.
    pub locks_hold: bool,
}

/// Returns the pool's effect on a position.
///
/// Fails only when the Root cannot be read.
pub fn in_pool(
    backend: &dyn Backend,
    context: &NetworkContext,
    root: &StdAddr,
    owner: &StdAddr,
    position: &Position,
) -> Result<InPool, PeopleError> {
    let root = pools::fetch(backend, context, root)?;
    let state = root.state(backend)?;
    let fault = PeopleError::codec("reading a Root's prices");
    let prices = state.prices().map(|prices| prices.load());
    let prices = prices.transpose().map_err(fault)?;
    let worth_nano = prices.filter(|_| !position.settled).map(|prices| {
        let price = match root.terms().owner == *owner {
            true => prices.owner,
            false => prices.users,
        };
        let lists = [&position.locks, &position.leaving, &position.unlocking];
        let parts = lists.into_iter().flat_map(times);
        let parts: u128 = parts.map(|(_, nano)| price.worth(nano)).sum();
        let releasing = price.worth(position.releasing.into_inner());
        parts + releasing + position.pending.into_inner()
    });
    Ok(InPool {
        worth_nano,
        locks_hold: !state.closed && !state.is_removed(),
    })
}

impl Staker {
    /// Returns why such a stake would currently count for nothing; `None` if it counts.
    ///
    /// Fails when the network cannot be read.
    pub fn idle_words(
        &self,
        backend: &dyn Backend,
        root: &DePoolRoot,
        amount: Amount,
    ) -> Result<Option<String>, PeopleError> {
        let pool = Counting::read(backend, root)?;
        let amount_nano = match amount {
            Amount::Nano(nano) => nano,
            Amount::All => self.view(backend)?.stakable_nano,
        };
        Ok(pool.idle_words(pool.active_nano() + amount_nano))
    }
}
