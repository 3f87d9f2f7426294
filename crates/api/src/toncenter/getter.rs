//! Get methods.

use ddvs_client::getter::method_id;
use serde_json::{Value, json};

use super::Answer;
use super::accounts::transaction_id;
use super::blocks::live_head_id;
use crate::error::ApiError;
use crate::live::run_getter;
use crate::params::Params;
use crate::stack;
use crate::state::ApiState;

/// Exit code of an account without code, as toncenter tells it.
const NOT_ACTIVE: i32 = -13;

pub(super) fn run(state: &ApiState, params: &Params) -> Answer {
    let address = params.address("address")?;
    state.chain(address.workchain.into())?;
    let method = method(params)?;
    let args = match params.value("stack") {
        // a query string holds the array as text
        Some(Value::String(text)) => {
            let parsed: Value = serde_json::from_str(text).map_err(|cause| {
                ApiError::bad_request(format!("the stack is no JSON: {cause}"), "Send an array.")
            })?;
            stack::read(&parsed)?
        }
        Some(value) => stack::read(value)?,
        None => Vec::new(),
    };
    let account = state.live().account(&address)?;
    let mut answer = json!({
        "@type": "smc.runResult",
        "gas_used": 0,
        "stack": [],
        "exit_code": NOT_ACTIVE,
        "block_id": live_head_id(state, address.workchain)?,
        "last_transaction_id": transaction_id(&account),
    });
    if account.state_init().is_some() {
        let gas = state.settings().getter_gas;
        let output = run_getter(state.live(), &account, method, args, gas)?;
        answer["gas_used"] = json!(output.gas_used);
        answer["exit_code"] = json!(output.exit_code);
        // what a failed method leaves behind is of no use, and may be anything
        if output.is_success() {
            answer["stack"] = stack::write(&output.stack)?;
        }
    }
    Ok(answer)
}

/// A method by name or number.
fn method(params: &Params) -> Result<u32, ApiError> {
    let text = Params::need("method", params.text("method")?)?;
    if let Ok(number) = text.parse::<u32>() {
        return Ok(number);
    }
    if text.is_empty() || text.len() > 255 {
        return Err(ApiError::bad_request(
            "method is no name of a get method",
            "Send a name of 1 to 255 characters, or its number.",
        ));
    }
    Ok(method_id(&text))
}
