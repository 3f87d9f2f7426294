//! Blocks. A chain is one shard here, so a shard is always the whole chain.

use ddvs_client::{ChainId, MASTERCHAIN};
use ddvs_index::Reader;
use ddvs_index::rows::{BlockRow, TransactionRow, TxKey};
use serde_json::{Value, json};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{Answer, transactions as tx};
use crate::error::ApiError;
use crate::params::{Params, base64};
use crate::pruned;
use crate::state::ApiState;

/// The only shard of a chain: the high bit alone, as a signed number.
pub(super) const SHARD: i64 = i64::MIN;

/// Default number of listed transactions of a block.
const DEFAULT_COUNT: usize = 40;

/// Formats a block's id. A block has no file here: its hash is used for that too.
pub(super) fn block_id(row: &BlockRow) -> Value {
    id(row.at.chain, row.at.seqno, &row.hash)
}

fn id(chain: ChainId, seqno: u32, hash: &HashBytes) -> Value {
    json!({
        "@type": "ton.blockIdExt",
        "workchain": chain,
        "shard": SHARD.to_string(),
        "seqno": seqno,
        "root_hash": base64(hash.0),
        "file_hash": base64(hash.0),
    })
}

/// Id of the last block of a chain, or of the zerostate before the first. The network may be a block ahead of the
/// index.
pub(super) fn live_head_id(state: &ApiState, chain: ChainId) -> Answer {
    match state.live().head(chain) {
        Some(head) => Ok(id(chain, head.seqno, &head.hash)),
        None => head_id(&state.read()?, chain),
    }
}

/// Like [`live_head_id`], from the index.
fn head_id(reader: &Reader, chain: ChainId) -> Answer {
    Ok(match reader.head(chain)? {
        Some(head) => block_id(&head),
        None => id(chain, 0, &HashBytes::ZERO),
    })
}

/// Id of the zerostate: the predecessor of block 1.
fn zerostate_id(reader: &Reader, chain: ChainId) -> Answer {
    let first = reader.block(chain, 1)?;
    let hash = first.map_or(HashBytes::ZERO, |first| first.previous_hash);
    Ok(id(chain, 0, &hash))
}

pub(super) fn masterchain_info(state: &ApiState, _: &Params) -> Answer {
    let reader = state.read()?;
    let state_hash = reader
        .head(MASTERCHAIN)?
        .map_or(HashBytes::ZERO, |head| head.accounts_hash);
    Ok(json!({
        "@type": "blocks.masterchainInfo",
        "last": head_id(&reader, MASTERCHAIN)?,
        "state_root_hash": base64(state_hash.0),
        "init": zerostate_id(&reader, MASTERCHAIN)?,
    }))
}

pub(super) fn consensus_block(state: &ApiState, _: &Params) -> Answer {
    let head = state.read()?.head(MASTERCHAIN)?;
    let (seqno, time_ms) = head.map_or((0, 0), |head| (head.at.seqno, head.at.time_ms));
    Ok(json!({"consensus_block": seqno, "timestamp": time_ms / 1_000}))
}

pub(super) fn shards(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let seqno = params.number("seqno")?;
    let main = need_block(&reader, MASTERCHAIN, seqno)?;
    let mut shards = Vec::new();
    for (chain, seqno) in main.shards {
        shards.extend(reader.block(chain, seqno)?.as_ref().map(block_id));
    }
    Ok(json!({"@type": "blocks.shards", "shards": shards}))
}

pub(super) fn lookup(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let chain = named_chain(state, params)?;
    let seqno = params.parsed::<u32>("seqno")?;
    let lt = params.parsed::<u64>("lt")?;
    let unixtime = params.parsed::<u64>("unixtime")?;
    match (seqno, lt, unixtime) {
        (Some(seqno), ..) => pruned::check_block(&reader, chain, seqno)?,
        (None, Some(lt), _) => pruned::check_lt(&reader, chain, lt)?,
        (None, None, Some(time_s)) => {
            pruned::check_time(&reader, chain, time_s.saturating_mul(1_000))?;
        }
        (None, None, None) => {}
    }
    let found = match (seqno, lt, unixtime) {
        (Some(seqno), ..) => reader.block(chain, seqno)?,
        (None, Some(lt), _) => reader
            .block_by_lt(chain, lt)?
            .filter(|block| lt <= block.end_lt),
        (None, None, Some(time_s)) => {
            // the last block of that second
            let end_ms = time_s.saturating_mul(1_000).saturating_add(999);
            reader.block_by_time(chain, end_ms)?
        }
        (None, None, None) => {
            return Err(ApiError::bad_request(
                "neither seqno, lt nor unixtime is given",
                "Add one of them.",
            ));
        }
    };
    let found = found.ok_or_else(|| no_block(chain))?;
    Ok(block_id(&found))
}

pub(super) fn header(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let row = named_block(state, &reader, params)?;
    let chain = row.at.chain;
    let previous = match row.at.seqno.checked_sub(1) {
        Some(seqno @ 1..) => match reader.block(chain, seqno)? {
            Some(block) => block_id(&block),
            None => id(chain, seqno, &row.previous_hash),
        },
        _ => id(chain, 0, &row.previous_hash),
    };
    let session = row.set_hash.0;
    let list_hash_short = i32::from_be_bytes([session[0], session[1], session[2], session[3]]);
    Ok(json!({
        "@type": "blocks.header",
        "id": block_id(&row),
        "global_id": state.identity().global_id,
        "version": 0,
        "flags": 0,
        "after_merge": false,
        "after_split": false,
        "before_split": false,
        "want_merge": false,
        "want_split": false,
        "validator_list_hash_short": list_hash_short,
        "catchain_seqno": 0,
        "min_ref_mc_seqno": 0,
        "is_key_block": row.is_key,
        "prev_key_block_seqno": previous_key(&reader, &row)?,
        "start_lt": row.start_lt.to_string(),
        "end_lt": row.end_lt.to_string(),
        "gen_utime": row.at.time_ms / 1_000,
        "prev_blocks": [previous],
    }))
}

/// Returns the key block before a block, even if that is one itself.
fn previous_key(reader: &Reader, row: &BlockRow) -> Result<u32, ApiError> {
    if !row.is_key {
        return Ok(row.key_seqno);
    }
    let before = row.at.seqno.saturating_sub(1);
    let before = reader.block(row.at.chain, before)?;
    Ok(before.map_or(0, |before| before.key_seqno))
}

pub(super) fn transactions(state: &ApiState, params: &Params) -> Answer {
    page(state, params, |_, row| {
        let account = &row.key.account;
        Ok(json!({
            "@type": "blocks.shortTxId",
            "mode": 135,
            "account": account.to_string(),
            "lt": row.key.lt.to_string(),
            "hash": base64(row.hash.0),
        }))
    })
}

pub(super) fn transactions_ext(state: &ApiState, params: &Params) -> Answer {
    page(state, params, |reader, row| {
        let mut value = tx::render(reader, row)?;
        value["account"] = json!(row.key.account.to_string());
        Ok(value)
    })
}

fn page(
    state: &ApiState,
    params: &Params,
    render: impl Fn(&Reader, &TransactionRow) -> Answer,
) -> Answer {
    let reader = state.read()?;
    let block = named_block(state, &reader, params)?;
    let (chain, seqno) = (block.at.chain, block.at.seqno);
    let count = params.limit("count", DEFAULT_COUNT, state.settings().max_page)?;
    // a page begins after a transaction, which account and logical time identify together
    let after_lt = params.parsed::<u64>("after_lt")?.filter(|lt| *lt > 0);
    let after = match (after_lt, params.hash("after_hash")?) {
        (Some(lt), Some(id)) => Some(TxKey {
            account: StdAddr::new(chain, id),
            lt,
        }),
        (None, None) => None,
        (None, Some(id)) if id == HashBytes::ZERO => None,
        (lt, _) => {
            let (given, missing) = match lt {
                Some(_) => ("after_lt", "after_hash"),
                None => ("after_hash", "after_lt"),
            };
            return Err(ApiError::bad_request(
                format!("{given} is given without {missing}"),
                "Send both of the last transaction of the page before: its lt, and the hash part of its account's address.",
            ));
        }
    };
    let mut rows = reader.block_transactions(chain, seqno, after.as_ref(), count + 1)?;
    let incomplete = rows.len() > count;
    rows.truncate(count);
    let listed = rows.iter().map(|row| render(&reader, row));
    let listed: Vec<_> = listed.collect::<Result<_, _>>()?;
    Ok(json!({
        "@type": "blocks.transactions",
        "id": block_id(&block),
        "req_count": count,
        "incomplete": incomplete,
        "transactions": listed,
    }))
}

/// Returns the chain in `workchain`; `shard` must be all of it.
fn named_chain(state: &ApiState, params: &Params) -> Result<ChainId, ApiError> {
    let chain = state.chain(params.number("workchain")?)?;
    let shard = params.text("shard")?;
    let is_whole = match shard.as_deref() {
        None | Some("" | "8000000000000000" | "9223372036854775808") => true,
        // clients that store it as a double lose its last digits
        Some(text) => text.starts_with("-92233720368547758"),
    };
    if is_whole {
        return Ok(chain);
    }
    Err(ApiError::not_found(
        format!("chain {chain} has no such shard"),
        format!("Ask for shard {SHARD}: a chain is one shard here."),
    ))
}

fn named_block(state: &ApiState, reader: &Reader, params: &Params) -> Result<BlockRow, ApiError> {
    let chain = named_chain(state, params)?;
    let block = need_block(reader, chain, params.number("seqno")?)?;
    match params.hash("root_hash")? {
        Some(hash) if hash != block.hash => Err(ApiError::not_found(
            format!("block {} of chain {chain} has another hash", block.at.seqno),
            "Leave root_hash out, or take the hash from lookupBlock.",
        )),
        _ => Ok(block),
    }
}

fn need_block(reader: &Reader, chain: ChainId, seqno: u32) -> Result<BlockRow, ApiError> {
    pruned::check_block(reader, chain, seqno)?;
    reader.block(chain, seqno)?.ok_or_else(|| no_block(chain))
}

fn no_block(chain: ChainId) -> ApiError {
    ApiError::not_found(
        format!("chain {chain} has no such block"),
        "Ask for a block that was made already: getMasterchainInfo and shards name the last ones.",
    )
}
