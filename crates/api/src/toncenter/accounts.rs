//! The current state of accounts.

use ddvs_client::{AccountView, getter};
use serde_json::{Value, json};
use tycho_types::boc::Boc;
use tycho_types::cell::Cell;
use tycho_types::models::AccountState;

use super::Answer;
use super::blocks::live_head_id;
use crate::address::friendly;
use crate::error::ApiError;
use crate::params::{Params, base64};
use crate::state::ApiState;
use crate::wallets;

/// Returns the requested account.
fn named(state: &ApiState, params: &Params) -> Result<AccountView, ApiError> {
    let address = params.address("address")?;
    state.chain(address.workchain.into())?;
    Ok(state.live().account(&address)?)
}

fn boc(cell: Option<&Cell>) -> String {
    cell.map(|cell| base64(Boc::encode(cell)))
        .unwrap_or_default()
}

fn state_name(account: &AccountView) -> &'static str {
    match account.account.as_ref().map(|account| &account.state) {
        Some(AccountState::Active(_)) => "active",
        Some(AccountState::Frozen(_)) => "frozen",
        Some(AccountState::Uninit) | None => "uninitialized",
    }
}

fn frozen_hash(account: &AccountView) -> String {
    match account.account.as_ref().map(|account| &account.state) {
        Some(AccountState::Frozen(hash)) => base64(hash.0),
        _ => String::new(),
    }
}

pub(super) fn transaction_id(account: &AccountView) -> Value {
    json!({
        "@type": "internal.transactionId",
        "lt": account.last_transaction_lt.to_string(),
        "hash": base64(account.last_transaction_hash.0),
    })
}

pub(super) fn information(state: &ApiState, params: &Params) -> Answer {
    let account = named(state, params)?;
    Ok(json!({
        "@type": "raw.fullAccountState",
        "balance": account.balance_nano.to_string(),
        "extra_currencies": [],
        "code": boc(account.code()),
        "data": boc(account.data()),
        "last_transaction_id": transaction_id(&account),
        "block_id": live_head_id(state, account.address.workchain)?,
        "frozen_hash": frozen_hash(&account),
        "sync_utime": getter::unix_time(state.live().now_ms()?),
        "state": state_name(&account),
    }))
}

pub(super) fn extended(state: &ApiState, params: &Params) -> Answer {
    let account = named(state, params)?;
    let account_state = match (wallets::recognise(&account), state_name(&account)) {
        (Some(wallet), _) => json!({
            "@type": format!("{}.accountState", dotted(wallet.kind)),
            "wallet_id": wallet.wallet_id.map(|id| id.to_string()),
            "seqno": wallet.seqno,
        }),
        (None, "uninitialized") => json!({"@type": "uninited.accountState", "frozen_hash": ""}),
        (None, _) => json!({
            "@type": "raw.accountState",
            "code": boc(account.code()),
            "data": boc(account.data()),
            "frozen_hash": frozen_hash(&account),
        }),
    };
    Ok(json!({
        "@type": "fullAccountState",
        "address": {"@type": "accountAddress", "account_address": friendly(&account.address)},
        "balance": account.balance_nano.to_string(),
        "extra_currencies": [],
        "last_transaction_id": transaction_id(&account),
        "block_id": live_head_id(state, account.address.workchain)?,
        "sync_utime": getter::unix_time(state.live().now_ms()?),
        "account_state": account_state,
        "revision": 0,
    }))
}

/// Converts `wallet v4 r2` to `wallet.v4`.
fn dotted(kind: &str) -> String {
    kind.split(' ').take(2).collect::<Vec<_>>().join(".")
}

pub(super) fn wallet(state: &ApiState, params: &Params) -> Answer {
    let account = named(state, params)?;
    let mut answer = json!({
        "wallet": false,
        "balance": account.balance_nano.to_string(),
        "extra_currencies": [],
        "account_state": state_name(&account),
        "last_transaction_id": transaction_id(&account),
    });
    if let Some(wallet) = wallets::recognise(&account) {
        answer["wallet"] = json!(true);
        answer["wallet_type"] = json!(wallet.kind);
        answer["seqno"] = json!(wallet.seqno);
        if let Some(id) = wallet.wallet_id {
            answer["wallet_id"] = json!(id);
        }
    }
    Ok(answer)
}

pub(super) fn balance(state: &ApiState, params: &Params) -> Answer {
    Ok(json!(named(state, params)?.balance_nano.to_string()))
}

pub(super) fn state(state: &ApiState, params: &Params) -> Answer {
    Ok(json!(state_name(&named(state, params)?)))
}
