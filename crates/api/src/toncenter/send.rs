//! External messages: sending and emulation.

use ddvs_client::getter;
use ddvs_types::external_receiver;
use serde_json::json;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, Store};
use tycho_types::models::{ExtInMsgInfo, MessageLayout, MsgInfo, OwnedMessage, StateInit, StdAddr};

use super::{Answer, Computation};
use crate::error::ApiError;
use crate::estimate;
use crate::params::{Params, base64};
use crate::state::ApiState;

fn post(state: &ApiState, params: &Params) -> Result<Cell, ApiError> {
    let message = Params::need("boc", params.cell("boc")?)?;
    if external_receiver(&message).is_none() {
        return Err(ApiError::bad_request(
            "the bag of cells is not an external message to a plain address",
            "Send a whole message (with its head), not only its body.",
        ));
    }
    state.live().send(message.clone())?;
    Ok(message)
}

pub(super) fn send(state: &ApiState, params: &Params) -> Answer {
    post(state, params)?;
    Ok(json!({"@type": "ok"}))
}

pub(super) fn send_return_hash(state: &ApiState, params: &Params) -> Answer {
    let message = post(state, params)?;
    let hash = base64(message.repr_hash().0);
    let norm = normalised(&message)?;
    Ok(
        json!({"@type": "raw.extMessageInfo", "hash": hash, "hash_norm": base64(norm.repr_hash().0)}),
    )
}

/// Returns the message in normal form (TEP-467): no source, no fee, no state, its body in a separate cell.
fn normalised(message: &Cell) -> Result<Cell, ApiError> {
    let parsed = message.parse::<tycho_types::models::Message<'_>>()?;
    let destination = external_receiver(message);
    let destination =
        destination.ok_or_else(|| ApiError::internal("a message lost its receiver"))?;
    let body = CellBuilder::build_from(parsed.body)?;
    let mut builder = CellBuilder::new();
    builder.store_small_uint(0b10, 2)?; // from outside
    builder.store_zeros(2)?; // no source
    destination.store_into(&mut builder, Cell::empty_context())?;
    builder.store_zeros(4)?; // no fee
    builder.store_bit_zero()?; // no state
    builder.store_bit_one()?; // the body in a cell
    builder.store_reference(body)?;
    Ok(builder.build()?)
}

pub(super) fn estimate(state: &ApiState, params: &Params) -> Result<Computation, ApiError> {
    let address = params.address("address")?;
    let chain = state.chain(address.workchain.into())?;
    let body = Params::need("body", params.cell("body")?)?;
    let init = match (params.cell("init_code")?, params.cell("init_data")?) {
        (None, None) => None,
        (code, data) => Some(StateInit {
            code,
            data,
            ..StateInit::default()
        }),
    };
    let message = external(&address, init, body)?;
    let ignore_signature = params.flag("ignore_chksig", true)?;
    let live = state.live();
    let account = live.account(&address)?;
    let delector = state.identity().delectors.get(&chain);
    let delector = delector.ok_or_else(|| ApiError::internal("a chain has no D'Elector"))?;
    let (delector, config) = (delector.address, live.config(chain)?);
    let now = getter::unix_time(live.now_ms()?);
    Ok(Box::new(move |_| {
        let cost = estimate::cost(delector, config, now, &account, &message, ignore_signature)?;
        let number = |nano: u128| u64::try_from(nano).unwrap_or(u64::MAX);
        Ok(json!({
            "@type": "query.fees",
            "source_fees": {
                "@type": "fees",
                "in_fwd_fee": number(cost.import_nano),
                "storage_fee": number(cost.storage_nano),
                "gas_fee": number(cost.gas_nano),
                "fwd_fee": number(cost.forward_nano),
            },
            "destination_fees": [],
        }))
    }))
}

fn external(address: &StdAddr, init: Option<StateInit>, body: Cell) -> Result<Cell, ApiError> {
    // an exotic cell can only be referenced: as a part of another cell it would be something else
    let layout = body.is_exotic().then_some(MessageLayout {
        init_to_cell: true,
        body_to_cell: true,
    });
    let built = CellBuilder::build_from(OwnedMessage {
        info: MsgInfo::ExtIn(ExtInMsgInfo {
            dst: address.clone().into(),
            ..ExtInMsgInfo::default()
        }),
        init,
        body: body.into(),
        layout,
    });
    built.map_err(|cause| {
        ApiError::bad_request(
            format!("body, init_code and init_data make no message: {cause}"),
            "Send the body, code and data that the message is to have.",
        )
    })
}
