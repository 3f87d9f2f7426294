//! The methods and their answers.

use ddvs_client::{MASTERCHAIN, getter};
use ddvs_index::Reader;
use ddvs_index::rows::TransactionRow;
use ddvs_types::account::encode_account;
use ddvs_types::external_receiver;
use serde_json::{Value, json};
use tycho_types::boc::{Boc, BocRepr};
use tycho_types::models::{BlockId, BlockchainConfig, ShardIdent};

use super::key_block;
use crate::error::ApiError;
use crate::params::{Params, base64};
use crate::state::ApiState;

/// Maximum number of items on a page, as in nodes.
const MAX_PAGE: usize = 100;

type Answer = Result<Value, ApiError>;
type Method = (&'static str, fn(&ApiState, &Params) -> Answer);

const METHODS: &[Method] = &[
    ("getCapabilities", capabilities),
    ("getStatus", status),
    ("getTimings", timings),
    ("getBlockchainConfig", blockchain_config),
    ("getLatestKeyBlock", latest_key_block),
    ("getContractState", contract_state),
    ("getAccountsByCodeHash", accounts_by_code),
    ("sendMessage", send_message),
    ("getTransactionsList", transactions_list),
    ("getTransaction", transaction),
    ("getDstTransaction", dst_transaction),
    ("getTransactionBlockId", transaction_block_id),
    ("getLibraryCell", library_cell),
];

/// Returns the method with this name.
pub(super) fn find(name: &str) -> Option<fn(&ApiState, &Params) -> Answer> {
    let known = METHODS.iter().find(|(known, _)| *known == name);
    known.map(|(_, call)| *call)
}

fn capabilities(_: &ApiState, _: &Params) -> Answer {
    let names: Vec<_> = METHODS.iter().map(|(name, _)| *name).collect();
    Ok(json!(names))
}

fn status(state: &ApiState, _: &Params) -> Answer {
    let has_blocks =
        state.read()?.head(MASTERCHAIN)?.is_some() || state.live().last_block()?.is_some();
    let is_ready = state.feed().failure().is_none() && has_blocks;
    Ok(json!({"ready": is_ready}))
}

fn timings(state: &ApiState, _: &Params) -> Answer {
    let head = state.read()?.head(MASTERCHAIN)?;
    // nodes may make blocks without anything that would show them to the index
    let (seqno, time_ms) = match (state.live().last_block()?, head) {
        (Some(last), _) => last,
        (None, Some(head)) => (head.at.seqno, head.at.time_ms),
        (None, None) => (0, state.live().now_ms()?),
    };
    let now_ms = state.live().now_ms()?;
    let behind_s = now_ms.saturating_sub(time_ms) / 1_000;
    Ok(json!({
        "lastMcBlockSeqno": seqno,
        "lastMcUtime": time_ms / 1_000,
        "mcTimeDiff": behind_s,
        "smallestKnownLt": null,
    }))
}

fn config(state: &ApiState) -> Result<BlockchainConfig, ApiError> {
    let delector = state.identity().delectors.get(&MASTERCHAIN);
    let delector = delector.ok_or_else(|| ApiError::internal("there is no masterchain"))?;
    Ok(BlockchainConfig {
        address: delector.address,
        params: state.live().config(MASTERCHAIN)?,
    })
}

/// Returns the number of the last masterchain block that began with another config.
fn key_seqno(reader: &Reader) -> Result<u32, ApiError> {
    Ok(reader.head(MASTERCHAIN)?.map_or(0, |head| head.key_seqno))
}

fn blockchain_config(state: &ApiState, _: &Params) -> Answer {
    let config = BocRepr::encode_base64(config(state)?).map_err(ApiError::internal)?;
    Ok(json!({
        "globalId": state.identity().global_id,
        "seqno": key_seqno(&state.read()?)?,
        "config": config,
    }))
}

fn latest_key_block(state: &ApiState, _: &Params) -> Answer {
    let reader = state.read()?;
    let row = reader.block(MASTERCHAIN, key_seqno(&reader)?)?;
    let row = row.ok_or_else(|| {
        ApiError::not_found("there is no block yet", "Ask again after the first block.")
    })?;
    let block = key_block::build(state.identity().global_id, &row, &config(state)?)?;
    Ok(json!({"block": Boc::encode_base64(block)}))
}

fn contract_state(state: &ApiState, params: &Params) -> Answer {
    let address = params.address("address")?;
    let live = state.live();
    let timings = json!({
        "genLt": gen_lt(state, address.workchain)?.to_string(),
        "genUtime": getter::unix_time(live.now_ms()?),
    });
    if state.chain(address.workchain.into()).is_err() {
        return Ok(missing(&timings));
    }
    let view = live.account(&address)?;
    let Some(account) = &view.account else {
        return Ok(missing(&timings));
    };
    let known_lt = params.parsed::<u64>("lastTransactionLt")?;
    if known_lt.is_some_and(|known| view.last_transaction_lt <= known) {
        return Ok(json!({"type": "unchanged", "timings": timings}));
    }
    Ok(json!({
        "type": "exists",
        "account": Boc::encode_base64(encode_account(account)?),
        "timings": timings,
        "lastTransactionId": {
            "isExact": true,
            "lt": view.last_transaction_lt.to_string(),
            "hash": view.last_transaction_hash.to_string(),
        },
    }))
}

/// Nodes may look for an account of a workchain in another one; here all are searched, and our own client relies on
/// this flag.
fn missing(timings: &Value) -> Value {
    json!({"type": "notExists", "timings": timings, "isExact": true})
}

fn gen_lt(state: &ApiState, chain: i8) -> Result<u64, ApiError> {
    match state.live().head(chain) {
        Some(head) => Ok(head.lt),
        None => Ok(state.read()?.head(chain)?.map_or(0, |head| head.end_lt)),
    }
}

fn accounts_by_code(state: &ApiState, params: &Params) -> Answer {
    let code = Params::need("codeHash", params.hash("codeHash")?)?;
    let after = match params.value("continuation") {
        Some(_) => Some(params.address("continuation")?),
        None => None,
    };
    let Some(limit) = limit(params)? else {
        return Ok(json!([]));
    };
    let found = state
        .read()?
        .accounts_by_code(&code, after.as_ref(), limit)?;
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    Ok(json!(found))
}

fn send_message(state: &ApiState, params: &Params) -> Answer {
    let message = Params::need("message", params.cell("message")?)?;
    if external_receiver(&message).is_none() {
        return Err(ApiError::refused(
            "not an external message to a plain address",
            "Send a whole message in base64.",
        ));
    }
    state.live().send(message)?;
    Ok(Value::Null)
}

/// Returns the length of a page; `None` for none at all.
fn limit(params: &Params) -> Result<Option<usize>, ApiError> {
    let limit: usize = params.number("limit")?;
    if limit > MAX_PAGE {
        return Err(ApiError::page("limit", limit, MAX_PAGE));
    }
    Ok(Some(limit).filter(|limit| *limit > 0))
}

fn transactions_list(state: &ApiState, params: &Params) -> Answer {
    let account = params.address("account")?;
    let newest = params.parsed::<u64>("lastTransactionLt")?;
    let Some(limit) = limit(params)? else {
        return Ok(json!([]));
    };
    let reader = state.read()?;
    let rows = reader.transactions(&account, newest, limit)?;
    let bocs = rows.iter().map(|row| boc(&reader, row));
    Ok(Value::Array(bocs.collect::<Result<_, _>>()?))
}

fn boc(reader: &Reader, row: &TransactionRow) -> Answer {
    let boc = reader.transaction_boc(&row.key)?;
    let boc = boc.ok_or_else(|| ApiError::internal("a transaction has no cells"))?;
    Ok(json!(base64(boc)))
}

fn maybe_boc(reader: &Reader, row: Option<TransactionRow>) -> Answer {
    row.map_or(Ok(Value::Null), |row| boc(reader, &row))
}

fn transaction(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let hash = Params::need("id", params.hash("id")?)?;
    let row = reader.transaction_by_hash(&hash)?;
    maybe_boc(&reader, row)
}

fn dst_transaction(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let hash = Params::need("messageHash", params.hash("messageHash")?)?;
    let located = reader.locate(&hash)?;
    maybe_boc(&reader, located.and_then(|located| located.caused))
}

fn transaction_block_id(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let hash = Params::need("id", params.hash("id")?)?;
    let Some(row) = reader.transaction_by_hash(&hash)? else {
        return Ok(Value::Null);
    };
    let block = reader.block(row.at.chain, row.at.seqno)?;
    let block = block.ok_or_else(|| ApiError::internal("a transaction has no block"))?;
    let id = BlockId {
        shard: ShardIdent::new_full(row.at.chain.into()),
        seqno: row.at.seqno,
        root_hash: block.hash,
        file_hash: block.hash,
    };
    Ok(json!({"blockId": id.to_string()}))
}

/// This network has no libraries.
fn library_cell(_: &ApiState, params: &Params) -> Answer {
    Params::need("hash", params.hash("hash")?)?;
    Ok(json!({"cell": null}))
}
