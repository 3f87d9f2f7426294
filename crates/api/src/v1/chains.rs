//! Chains and blocks.

use axum::Json;
use axum::extract::State;
use ddvs_index::Reader;
use ddvs_index::rows::{BlockRow, CopyRow, TxKey};
use serde::{Deserialize, Serialize};
use tycho_types::models::StdAddr;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, limit, maybe_addr};
use super::page::{Page, Place, known};
use super::transaction::TransactionBody;
use crate::error::{ApiError, ErrorBody};
use crate::pruned;
use crate::state::ApiState;

/// A chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainBody {
    /// -1 for the masterchain.
    pub chain: i8,
    /// Its D'Elector & Config.
    pub delector: String,
    /// Its last block; none before the first.
    pub head: Option<BlockBody>,
    /// The first block that is kept, if older ones were removed because of their age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_from: Option<Place>,
    /// Members of its validator set.
    pub validators: usize,
    /// Sum of their weights: stake in whole coins.
    pub total_weight: u64,
    /// Its own registry, from its own copy.
    pub registry: Option<RegistryBody>,
}

/// State of a copy's registry of a chain.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegistryBody {
    /// The copy that holds it.
    pub copy: i8,
    /// The chain of the registry.
    pub chain: i8,
    /// Number of the last applied batch.
    pub batch: u32,
    /// Registered stake.
    pub total_nano: String,
    /// Registered Roots.
    pub roots: u32,
    /// Roots whose stake reaches the minimum.
    pub eligible: u32,
}

impl From<&CopyRow> for RegistryBody {
    fn from(row: &CopyRow) -> Self {
        Self {
            copy: row.copy,
            chain: row.origin,
            batch: row.seqno,
            total_nano: row.total_nano.to_string(),
            roots: row.roots,
            eligible: row.eligible,
        }
    }
}

/// A block.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockBody {
    /// Its chain.
    pub chain: i8,
    /// Its number.
    pub block: u32,
    /// Its time in ms.
    pub time_ms: u64,
    /// Its hash; not set where nodes do not provide it.
    pub hash: Option<String>,
    /// Hash of the previous block.
    pub previous_hash: Option<String>,
    /// Logical time at its start, as text.
    pub start_lt: String,
    /// Logical time at its end, as text.
    pub end_lt: String,
    /// Hash of its validator set.
    pub set_hash: String,
    /// Whether config or validator set changed with it.
    pub is_key: bool,
    /// Gas of its transactions.
    pub gas_used: u64,
    /// Fees that it collected.
    pub fees_nano: String,
    /// Its transactions.
    pub transactions: u32,
    /// Messages taken from queues.
    pub imported: u32,
    /// External messages that were no longer accepted.
    pub dropped: u32,
    /// Internal messages that were returned.
    pub returned: u32,
    /// Reason why the config that the D'Elector holds is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_rejected: Option<String>,
    /// Of the masterchain: the last block of each workchain by then.
    pub shards: Vec<ShardBody>,
}

/// A workchain's block included in a masterchain block.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShardBody {
    /// The workchain.
    pub chain: i8,
    /// Number of its block.
    pub block: u32,
}

impl From<&BlockRow> for BlockBody {
    fn from(row: &BlockRow) -> Self {
        Self {
            chain: row.at.chain,
            block: row.at.seqno,
            time_ms: row.at.time_ms,
            hash: known(row.hash),
            previous_hash: known(row.previous_hash),
            start_lt: row.start_lt.to_string(),
            end_lt: row.end_lt.to_string(),
            set_hash: row.set_hash.to_string(),
            is_key: row.is_key,
            gas_used: row.gas_used,
            fees_nano: row.fees_nano.to_string(),
            transactions: row.transactions,
            imported: row.imported,
            dropped: row.dropped,
            returned: row.returned,
            config_rejected: row.config_rejected.clone(),
            shards: row
                .shards
                .iter()
                .map(|&(chain, block)| ShardBody { chain, block })
                .collect(),
        }
    }
}

/// A page of blocks.
pub type Blocks = Page<BlockBody>;
/// A page of transactions.
pub type Transactions = Page<TransactionBody>;

fn body(
    reader: &Reader,
    chain: i8,
    delector: &StdAddr,
    copies: &[CopyRow],
) -> Result<ChainBody, ApiError> {
    let head = reader.head(chain)?;
    let set = reader.sets(chain, None, 1)?.pop();
    let own = copies
        .iter()
        .find(|row| (row.copy, row.origin) == (chain, chain));
    Ok(ChainBody {
        chain,
        delector: delector.to_string(),
        head: head.as_ref().map(BlockBody::from),
        kept_from: pruned::first(reader, chain)?,
        validators: set.as_ref().map_or(0, |set| set.members.len()),
        total_weight: set.map_or(0, |set| set.total_weight),
        registry: own.map(RegistryBody::from),
    })
}

/// All chains, the masterchain first.
#[utoipa::path(get, path = "/api/v1/chains", tag = "chains",
    responses((status = 200, body = Vec<ChainBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn chains(
    State(state): State<ApiState>,
) -> Result<Json<Vec<ChainBody>>, ApiError> {
    state
        .work(|state| {
            let reader = state.read()?;
            let copies = reader.copies()?;
            let chains = state.identity().delectors.iter();
            let bodies = chains.map(|(&chain, delector)| body(&reader, chain, delector, &copies));
            Ok(Json(bodies.collect::<Result<_, _>>()?))
        })
        .await
}

/// A chain.
#[utoipa::path(get, path = "/api/v1/chains/{chain}", tag = "chains",
    params(("chain" = i64, Path, description = "-1 for the masterchain")),
    responses((status = 200, body = ChainBody), (status = "default", body = ErrorBody)))]
pub(super) async fn chain(
    State(state): State<ApiState>,
    Named(chain): Named<i64>,
) -> Result<Json<ChainBody>, ApiError> {
    state
        .work(move |state| {
            let chain = state.chain(chain)?;
            let reader = state.read()?;
            let delector = state.identity().delectors.get(&chain);
            let delector = delector.ok_or_else(|| ApiError::internal("no D'Elector"))?;
            Ok(Json(body(&reader, chain, delector, &reader.copies()?)?))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct BlocksAsked {
    /// Only blocks with lower numbers.
    before: Option<u32>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// Blocks of a chain, newest first.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/blocks", tag = "chains",
    params(("chain" = i64, Path), BlocksAsked),
    responses((status = 200, body = Page<BlockBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn blocks(
    State(state): State<ApiState>,
    Named(chain): Named<i64>,
    Asked(asked): Asked<BlocksAsked>,
) -> Result<Json<Blocks>, ApiError> {
    state
        .work(move |state| {
            let chain = state.chain(chain)?;
            let limit = limit(state, asked.limit)?;
            let rows = state.read()?.blocks(chain, asked.before, limit + 1)?;
            let next = |last: &BlockRow| {
                let before = last.at.seqno;
                format!("/api/v1/chains/{chain}/blocks?before={before}&limit={limit}")
            };
            Ok(Json(Page::of(rows, limit, next, |row| row.into())))
        })
        .await
}

fn need(reader: &Reader, chain: i8, seqno: u32) -> Result<BlockRow, ApiError> {
    pruned::check_block(reader, chain, seqno)?;
    reader.block(chain, seqno)?.ok_or_else(|| {
        ApiError::not_found(
            format!("chain {chain} has no block {seqno}"),
            format!("`/api/v1/chains/{chain}` returns the last one."),
        )
    })
}

/// A block.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/blocks/{block}", tag = "chains",
    params(("chain" = i64, Path), ("block" = u32, Path)),
    responses((status = 200, body = BlockBody), (status = "default", body = ErrorBody)))]
pub(super) async fn block(
    State(state): State<ApiState>,
    Named((chain, block)): Named<(i64, u32)>,
) -> Result<Json<BlockBody>, ApiError> {
    state
        .work(move |state| {
            let row = need(&state.read()?, state.chain(chain)?, block)?;
            Ok(Json(BlockBody::from(&row)))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct InBlockAsked {
    /// Logical time of the last transaction of the previous page.
    after_lt: Option<u64>,
    /// Account of that transaction.
    after_account: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// Transactions of a block, in order.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/blocks/{block}/transactions", tag = "chains",
    params(("chain" = i64, Path), ("block" = u32, Path), InBlockAsked),
    responses((status = 200, body = Page<TransactionBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn block_transactions(
    State(state): State<ApiState>,
    Named((chain, block)): Named<(i64, u32)>,
    Asked(asked): Asked<InBlockAsked>,
) -> Result<Json<Transactions>, ApiError> {
    state
        .work(move |state| {
            let chain = state.chain(chain)?;
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            need(&reader, chain, block)?;
            let account = maybe_addr("after_account", asked.after_account.as_ref())?;
            let after = asked.after_lt.map(|lt| TxKey {
                account: account.unwrap_or_default(),
                lt,
            });
            let rows = reader.block_transactions(chain, block, after.as_ref(), limit + 1)?;
            let next = |last: &ddvs_index::rows::TransactionRow| {
                let TxKey { account, lt } = &last.key;
                format!("/api/v1/chains/{chain}/blocks/{block}/transactions?after_lt={lt}&after_account={account}&limit={limit}")
            };
            Ok(Json(Page::of(rows, limit, next, |row| row.into())))
        })
        .await
}
