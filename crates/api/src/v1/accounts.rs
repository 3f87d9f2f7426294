//! Accounts and their transactions.

use axum::Json;
use axum::extract::State;
use ddvs_index::rows::{AccountKind, AccountRow, TransactionRow};
use serde::{Deserialize, Serialize};
use tycho_types::models::AccountStatus;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, addr, hash, limit, maybe_addr};
use super::page::{Page, known};
use super::transaction::TransactionBody;
use crate::address::friendly;
use crate::error::{ApiError, ErrorBody};
use crate::params::base64;
use crate::state::ApiState;
use crate::wallets;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountBody {
    /// Its address.
    pub address: String,
    /// The same in the format of wallets.
    pub friendly: String,
    /// `d_elector`, `root`, `wallet` or `other`.
    pub kind: &'static str,
    /// `active`, `uninit`, `frozen` or `not_exists`.
    pub status: &'static str,
    /// Its balance.
    pub balance_nano: String,
    /// Hash of its code.
    pub code_hash: Option<String>,
    /// Logical time of its last transaction, as text.
    pub last_lt: String,
    /// Hash of its last transaction.
    pub last_hash: Option<String>,
    /// The standard wallet of the account, if it is one; not set in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_wallet: Option<StandardWalletBody>,
}

/// A standard wallet.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandardWalletBody {
    /// Its kind, such as `wallet v5 r1`.
    pub kind: &'static str,
    /// Number that its next request must have.
    pub seqno: u32,
    /// Part of every request.
    pub wallet_id: Option<u32>,
}

fn kind_name(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::DElector => "d_elector",
        AccountKind::Root => "root",
        AccountKind::Wallet => "wallet",
        AccountKind::Other => "other",
    }
}

impl From<&AccountRow> for AccountBody {
    fn from(row: &AccountRow) -> Self {
        Self {
            address: row.address.to_string(),
            friendly: friendly(&row.address),
            kind: kind_name(row.kind),
            status: if row.is_active { "active" } else { "uninit" },
            balance_nano: row.balance_nano.to_string(),
            code_hash: row.code_hash.map(|hash| hash.to_string()),
            last_lt: row.last_lt.to_string(),
            last_hash: known(row.last_hash),
            standard_wallet: None,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountsAsked {
    /// Last address of the previous page.
    after: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of accounts.
pub type Accounts = Page<AccountBody>;

/// All accounts as last seen, by address.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "ledger", params(AccountsAsked),
    responses((status = 200, body = Page<AccountBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn accounts(
    State(state): State<ApiState>,
    Asked(asked): Asked<AccountsAsked>,
) -> Result<Json<Accounts>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let after = maybe_addr("after", asked.after.as_ref())?;
            let rows = state.read()?.accounts(after.as_ref(), limit + 1)?;
            let next = |last: &AccountRow| {
                format!("/api/v1/accounts?after={}&limit={limit}", last.address)
            };
            Ok(Json(Page::of(rows, limit, next, |row| row.into())))
        })
        .await
}

/// The current state of an account, also of one that does not exist.
#[utoipa::path(get, path = "/api/v1/accounts/{address}", tag = "ledger", params(("address" = String, Path)),
    responses((status = 200, body = AccountBody), (status = "default", body = ErrorBody)))]
pub(super) async fn account(
    State(state): State<ApiState>,
    Named(address): Named<String>,
) -> Result<Json<AccountBody>, ApiError> {
    state
        .work(move |state| {
            let address = addr("address", &address)?;
            state.chain(address.workchain.into())?;
            let view = state.live().account(&address)?;
            let row = state.read()?.account(&address)?;
            let wallet = wallets::recognise(&view).map(|wallet| StandardWalletBody {
                kind: wallet.kind,
                seqno: wallet.seqno,
                wallet_id: wallet.wallet_id,
            });
            Ok(Json(AccountBody {
                friendly: friendly(&address),
                address: address.to_string(),
                kind: row.map_or("other", |row| kind_name(row.kind)),
                status: match view.status() {
                    AccountStatus::Active => "active",
                    AccountStatus::Uninit => "uninit",
                    AccountStatus::Frozen => "frozen",
                    AccountStatus::NotExists => "not_exists",
                },
                balance_nano: view.balance_nano.to_string(),
                code_hash: view.code().map(|code| code.repr_hash().to_string()),
                last_lt: view.last_transaction_lt.to_string(),
                last_hash: known(view.last_transaction_hash),
                standard_wallet: wallet,
            }))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TransactionsAsked {
    /// Only transactions of this logical time or lower.
    newest_lt: Option<u64>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of transactions.
pub type Transactions = Page<TransactionBody>;

/// Transactions of an account, newest first.
#[utoipa::path(get, path = "/api/v1/accounts/{address}/transactions", tag = "ledger",
    params(("address" = String, Path), TransactionsAsked),
    responses((status = 200, body = Page<TransactionBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn transactions(
    State(state): State<ApiState>,
    Named(address): Named<String>,
    Asked(asked): Asked<TransactionsAsked>,
) -> Result<Json<Transactions>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let address = addr("address", &address)?;
            let rows = state
                .read()?
                .transactions(&address, asked.newest_lt, limit + 1)?;
            let next = |last: &TransactionRow| {
                let newest = last.key.lt.saturating_sub(1);
                format!("/api/v1/accounts/{address}/transactions?newest_lt={newest}&limit={limit}")
            };
            Ok(Json(Page::of(rows, limit, next, |row| row.into())))
        })
        .await
}

/// A transaction with its cells.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeTransaction {
    /// The transaction.
    #[serde(flatten)]
    pub transaction: TransactionBody,
    /// Its bag of cells in base64, TL-B `Transaction`.
    pub boc: String,
}

/// A transaction by its hash.
#[utoipa::path(get, path = "/api/v1/transactions/{hash}", tag = "ledger", params(("hash" = String, Path)),
    responses((status = 200, body = WholeTransaction), (status = "default", body = ErrorBody)))]
pub(super) async fn transaction(
    State(state): State<ApiState>,
    Named(text): Named<String>,
) -> Result<Json<WholeTransaction>, ApiError> {
    state
        .work(move |state| {
            let reader = state.read()?;
            let row = reader.transaction_by_hash(&hash("hash", &text)?)?;
            let Some(row) = row else {
                let unknown = ApiError::not_found(
                    "there is no transaction with this hash",
                    "Ask `/api/v1/messages/` for the hash of a message.",
                );
                return Err(unknown.or_pruned(&reader)?);
            };
            let boc = reader.transaction_boc(&row.key)?;
            let boc = boc.ok_or_else(|| ApiError::internal("a transaction has no cells"))?;
            Ok(Json(WholeTransaction {
                transaction: TransactionBody::from(&row),
                boc: base64(boc),
            }))
        })
        .await
}
