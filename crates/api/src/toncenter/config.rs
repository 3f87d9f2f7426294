//! Config parameters. Each chain has its own: `workchain` selects it, the masterchain's by default.

use ddvs_client::MASTERCHAIN;
use serde_json::json;
use tycho_types::boc::Boc;

use super::Answer;
use crate::error::ApiError;
use crate::params::{Params, base64};
use crate::pruned;
use crate::state::ApiState;

fn chain(state: &ApiState, params: &Params) -> Result<i8, ApiError> {
    state.chain(params.parsed("workchain")?.unwrap_or(MASTERCHAIN.into()))
}

/// Only current configs are known.
fn refuse_past(state: &ApiState, params: &Params) -> Result<(), ApiError> {
    let Some(seqno) = params.parsed::<u32>("seqno")? else {
        return Ok(());
    };
    let chain = chain(state, params)?;
    let reader = state.read()?;
    pruned::check_block(&reader, chain, seqno)?;
    let (Some(then), Some(now)) = (reader.block(chain, seqno)?, reader.head(chain)?) else {
        return Err(ApiError::not_found(
            "there is no such block",
            "Leave seqno out.",
        ));
    };
    if then.config_hash == now.config_hash {
        return Ok(());
    }
    Err(ApiError::not_known(
        format!("the config of block {seqno} is not kept any more"),
        "Leave seqno out for the present config; `/api/v1/chains/{chain}/validators?height=` returns past sets.",
    ))
}

pub(super) fn param(state: &ApiState, params: &Params) -> Answer {
    refuse_past(state, params)?;
    let config = state.live().config(chain(state, params)?)?;
    let id = match params.parsed::<u32>("config_id")? {
        Some(id) => id,
        None => params.number("param")?,
    };
    let cell = config.get_raw_cell(id)?.ok_or_else(|| {
        ApiError::not_found(
            format!("the config has no parameter {id}"),
            "docs/protocol.md lists the parameters.",
        )
    })?;
    let bytes = base64(Boc::encode(cell));
    Ok(json!({"@type": "configInfo", "config": {"@type": "tvm.cell", "bytes": bytes}}))
}

pub(super) fn all(state: &ApiState, params: &Params) -> Answer {
    refuse_past(state, params)?;
    let config = state.live().config(chain(state, params)?)?;
    let root = config.as_dict().root().clone().unwrap_or_default();
    let bytes = base64(Boc::encode(root));
    Ok(json!({"@type": "configInfo", "config": {"@type": "tvm.cell", "bytes": bytes}}))
}
