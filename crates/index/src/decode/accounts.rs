//! Accounts as rows: any account, and the state of Roots, wallets and D'Electors.

use ddvs_client::AccountView;
use ddvs_contracts::address;
use ddvs_contracts::messages::Price;
use ddvs_contracts::storage::{RootState, RootStorage, WalletStorage, times};
use tycho_types::error::Error;

use crate::Identity;
use crate::agreement;
use crate::decode::Facts;
use crate::rows::{AccountKind, AccountRow, PoolRow, PositionRow, PriceRow, WalletRow};

/// Adds the facts from an account.
pub(super) fn read(
    identity: &Identity,
    view: &AccountView,
    facts: &mut Facts,
) -> Result<(), Error> {
    let kind = kind(identity, view, facts)?;
    facts.accounts.push(AccountRow {
        address: view.address.clone(),
        kind,
        is_active: view.state_init().is_some(),
        balance_nano: view.balance_nano,
        code_hash: view.code().map(|code| *code.repr_hash()),
        last_lt: view.last_transaction_lt,
        last_hash: view.last_transaction_hash,
    });
    Ok(())
}

fn kind(identity: &Identity, view: &AccountView, facts: &mut Facts) -> Result<AccountKind, Error> {
    let (Some(code), Some(data)) = (view.code(), view.data()) else {
        return Ok(AccountKind::Other);
    };
    let code = *code.repr_hash();
    if identity.is_delector(&view.address) {
        // a captured chain may put anything there: the other accounts are still read
        let (copy, lt) = (view.address.workchain, view.last_transaction_lt);
        facts.registries = agreement::registries(copy, data, lt).unwrap_or_default();
        return Ok(AccountKind::DElector);
    }
    // Anyone can deploy these codes with other data: only accounts whose address follows from this network are
    // authentic.
    if code == identity.root_code
        && let Ok(storage) = data.parse::<RootStorage>()
        && let Some(pool) = pool(identity, view, &storage)?
    {
        facts.pools.push(pool);
        return Ok(AccountKind::Root);
    }
    if code == identity.wallet_code
        && let Ok(storage) = data.parse::<WalletStorage>()
        && let Some(wallet) = wallet(identity, view, &storage)?
    {
        facts.wallets.push(wallet);
        return Ok(AccountKind::Wallet);
    }
    Ok(AccountKind::Other)
}

fn pool(
    identity: &Identity,
    view: &AccountView,
    storage: &RootStorage,
) -> Result<Option<PoolRow>, Error> {
    let terms = storage.terms.load()?;
    let chain = view.address.workchain;
    if address::root_address(&identity.network, chain, &terms)? != view.address {
        return Ok(None);
    }
    let state = match &storage.state {
        Some(state) => state.load()?,
        None => RootState::default(),
    };
    let (key, next_key) = state.keys_of()?;
    let prices = state.prices().map(|prices| prices.load()).transpose()?;
    let flight = state.flight.as_ref().map(|flight| flight.load());
    let flight = flight.transpose()?;
    Ok(Some(PoolRow {
        address: view.address.clone(),
        owner: terms.owner,
        lock_period: terms.lock_period,
        unlock_period: terms.unlock_period,
        min_stake_nano: terms.min_stake.into_inner(),
        nonce: terms.nonce,
        key,
        next_key,
        owner_active_nano: state.owner_active.into_inner(),
        owner_unlocking_nano: state.owner_unlocking.into_inner(),
        users_active_nano: state.users_active.into_inner(),
        users_unlocking_nano: state.users_unlocking.into_inner(),
        counted_nano: state.counted.into_inner(),
        asked_nano: flight.map(|flight| flight.total.into_inner()),
        is_closed: state.closed,
        is_removed: prices.is_some(),
        last_reason: state.last_reason,
        floors: state.floors().into_iter().flat_map(times).collect(),
        owner_price: prices.as_ref().map(|prices| price(&prices.owner)),
        users_price: prices.as_ref().map(|prices| price(&prices.users)),
        balance_nano: view.balance_nano,
        lt: view.last_transaction_lt,
    }))
}

fn price(price: &Price) -> PriceRow {
    PriceRow {
        numerator_nano: price.numerator.into_inner(),
        denominator_nano: price.denominator.into_inner(),
    }
}

fn wallet(
    identity: &Identity,
    view: &AccountView,
    storage: &WalletStorage,
) -> Result<Option<WalletRow>, Error> {
    let chain = view.address.workchain;
    if address::wallet_address(&identity.network, chain, &storage.owner)? != view.address {
        return Ok(None);
    }
    let mut positions = Vec::new();
    for entry in storage.positions.iter() {
        let (root, position) = entry?;
        positions.push(PositionRow {
            root,
            pending_nano: position.pending.into_inner(),
            locks: times(&position.locks).collect(),
            leaving_nano: position.leaving_nano(),
            releasing_nano: position.releasing.into_inner(),
            unlocking: times(&position.unlocking).collect(),
            is_settled: position.settled,
        });
    }
    Ok(Some(WalletRow {
        address: view.address.clone(),
        owner: storage.owner.clone(),
        balance_nano: view.balance_nano,
        held_nano: storage.held.into_inner(),
        positions,
        lt: view.last_transaction_lt,
    }))
}
