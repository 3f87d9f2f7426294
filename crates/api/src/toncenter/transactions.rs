//! Transactions, and the places of messages.

use ddvs_index::Reader;
use ddvs_index::rows::{TransactionRow, TxKey};
use serde_json::{Value, json};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, CellSlice, Load};
use tycho_types::error::Error;
use tycho_types::models::{
    ExtAddr, IntAddr, Message, MsgInfo, OrdinaryTxInfo, StdAddr, Transaction, TxInfo,
};

use super::Answer;
use crate::address::friendly;
use crate::error::ApiError;
use crate::params::{Params, base64};
use crate::pruned;
use crate::state::ApiState;

/// Default number of listed transactions.
const DEFAULT_LIMIT: usize = 10;

/// Maximum number of bytes shown of a comment.
const MAX_COMMENT: usize = 4_096;

pub(super) fn list(state: &ApiState, params: &Params) -> Answer {
    let address = params.address("address")?;
    state.chain(address.workchain.into())?;
    let reader = state.read()?;
    let limit = params.limit("limit", DEFAULT_LIMIT, state.settings().max_page)?;
    let lt = params.parsed::<u64>("lt")?;
    let hash = params.hash("hash")?;
    let to_lt = params.parsed::<u64>("to_lt")?.unwrap_or(0);
    if lt.is_none() && hash.is_some() {
        return Err(ApiError::bad_request(
            "hash is given without lt",
            "Send both of the transaction to begin with, or lt alone.",
        ));
    }
    if let (Some(lt), Some(hash)) = (lt, hash) {
        let first = reader.transaction(&TxKey {
            account: address.clone(),
            lt,
        })?;
        if first.is_none() {
            pruned::check_lt(&reader, address.workchain, lt)?;
        }
        if first.is_none_or(|first| first.hash != hash) {
            return Err(ApiError::not_found(
                format!("{address} has no transaction of this lt and hash"),
                "Take both from last_transaction_id or from an earlier page.",
            ));
        }
    }
    let rows = reader.transactions(&address, lt, limit)?;
    let rows = rows.iter().take_while(|row| row.key.lt > to_lt);
    let listed = rows.map(|row| render(&reader, row));
    Ok(Value::Array(listed.collect::<Result<_, _>>()?))
}

pub(super) fn locate_result(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let located = locate(&reader, params)?;
    let caused = located.caused.ok_or_else(|| {
        ApiError::not_found(
            "the message has not arrived yet",
            "Ask again after the next block.",
        )
    })?;
    render(&reader, &caused)
}

pub(super) fn locate_source(state: &ApiState, params: &Params) -> Answer {
    let reader = state.read()?;
    let sent_by = locate(&reader, params)?.sent_by;
    render(&reader, &sent_by.ok_or_else(no_message)?)
}

fn locate(reader: &Reader, params: &Params) -> Result<ddvs_index::Located, ApiError> {
    let (source, destination) = (params.address("source")?, params.address("destination")?);
    let created_lt = params.number("created_lt")?;
    let hash = reader.message_by_lt(&source, created_lt)?;
    if hash.is_none() {
        pruned::check_lt(reader, source.workchain, created_lt)?;
    }
    let located = match hash {
        Some(hash) => reader.locate(&hash)?,
        None => None,
    };
    located
        .filter(|located| located.message.destination.as_ref() == Some(&destination))
        .ok_or_else(no_message)
}

fn no_message() -> ApiError {
    ApiError::not_found(
        "there is no such message",
        "Take source, destination and created_lt from the transaction that sent it.",
    )
}

/// Formats a transaction as `raw.transaction`.
pub(super) fn render(reader: &Reader, row: &TransactionRow) -> Answer {
    let boc = reader.transaction_boc(&row.key)?;
    let boc = boc.ok_or_else(|| ApiError::internal("a transaction has no cells"))?;
    let cell = Boc::decode(&boc).map_err(ApiError::internal)?;
    let transaction = cell.parse::<Transaction>()?;
    let storage_nano = match transaction.load_info()? {
        TxInfo::Ordinary(OrdinaryTxInfo {
            storage_phase: Some(phase),
            ..
        }) => phase.storage_fees_collected.into_inner(),
        _ => 0,
    };
    let mut out_messages = Vec::new();
    for message in transaction.out_msgs.values() {
        out_messages.push(render_message(&message?)?);
    }
    let mut value = json!({
        "@type": "raw.transaction",
        "address": {"@type": "accountAddress", "account_address": friendly(&row.key.account)},
        "utime": transaction.now,
        "data": base64(&boc),
        "transaction_id": {
            "@type": "internal.transactionId",
            "lt": row.key.lt.to_string(),
            "hash": base64(row.hash.0),
        },
        "fee": row.fees_nano.to_string(),
        "storage_fee": storage_nano.to_string(),
        "other_fee": row.fees_nano.saturating_sub(storage_nano).to_string(),
        "out_msgs": out_messages,
    });
    if let Some(message) = &transaction.in_msg {
        value["in_msg"] = render_message(message)?;
    }
    Ok(value)
}

/// The header of a message.
#[derive(Default)]
struct Head {
    source: String,
    destination: String,
    value_nano: u128,
    forward_nano: u128,
    created_lt: u64,
}

fn render_message(cell: &Cell) -> Answer {
    let message = cell.parse::<Message<'_>>()?;
    let head = match MsgInfo::load_from(&mut cell.as_slice()?)? {
        MsgInfo::Int(info) => Head {
            source: internal(&info.src),
            destination: internal(&info.dst),
            value_nano: info.value.tokens.into_inner(),
            forward_nano: info.fwd_fee.into_inner(),
            created_lt: info.created_lt,
        },
        MsgInfo::ExtIn(info) => Head {
            source: external(info.src.as_ref()),
            destination: internal(&info.dst),
            ..Head::default()
        },
        MsgInfo::ExtOut(info) => Head {
            source: internal(&info.src),
            destination: external(info.dst.as_ref()),
            created_lt: info.created_lt,
            ..Head::default()
        },
    };
    let body = CellBuilder::build_from(message.body)?;
    let init = match &message.init {
        Some(init) => base64(Boc::encode(CellBuilder::build_from(init)?)),
        None => String::new(),
    };
    let comment = comment(&body)?;
    let data = match &comment {
        Some(text) => json!({"@type": "msg.dataText", "text": base64(text)}),
        None => json!({
            "@type": "msg.dataRaw",
            "body": base64(Boc::encode(&body)),
            "init_state": init,
        }),
    };
    let shown = match &comment {
        Some(text) => String::from_utf8_lossy(text).into_owned(),
        None => base64(Boc::encode(&body)),
    };
    Ok(json!({
        "@type": "raw.message",
        "hash": base64(cell.repr_hash().0),
        "source": head.source,
        "destination": head.destination,
        "value": head.value_nano.to_string(),
        "extra_currencies": [],
        "fwd_fee": head.forward_nano.to_string(),
        "ihr_fee": "0",
        "created_lt": head.created_lt.to_string(),
        "body_hash": base64(body.repr_hash().0),
        "msg_data": data,
        "message": shown,
    }))
}

fn internal(address: &IntAddr) -> String {
    match address {
        IntAddr::Std(address) => friendly(&StdAddr::new(address.workchain, address.address)),
        IntAddr::Var(_) => String::new(),
    }
}

fn external(address: Option<&ExtAddr>) -> String {
    address.map(ToString::to_string).unwrap_or_default()
}

/// Returns the text of a body that begins with 32 zero bits, along its cells.
fn comment(body: &Cell) -> Result<Option<Vec<u8>>, Error> {
    let mut slice: CellSlice<'_> = body.as_slice()?;
    if slice.size_bits() < 32 || slice.load_u32()? != 0 {
        return Ok(None);
    }
    let mut text = Vec::new();
    loop {
        if !slice.size_bits().is_multiple_of(8) {
            return Ok(None);
        }
        let mut part = vec![0; usize::from(slice.size_bits() / 8)];
        slice.load_raw(&mut part, slice.size_bits())?;
        text.extend(part);
        if slice.size_refs() == 0 {
            return Ok(Some(text));
        }
        if text.len() > MAX_COMMENT {
            return Ok(None);
        }
        slice = slice.load_reference_as_slice()?;
    }
}
