//! Get methods.

use ddvs_client::getter::{GetterContext, get_method_watched, method_id};
use serde_json::{Value, json};

use super::Computation;
use super::accounts::transaction_id;
use super::blocks::live_head_id;
use crate::error::ApiError;
use crate::params::Params;
use crate::stack::{self, Form};
use crate::state::ApiState;

/// toncenter's exit code of an account without code.
const NOT_ACTIVE: i32 = -13;

pub(super) fn run(state: &ApiState, params: &Params) -> Result<Computation, ApiError> {
    run_with(state, params, Form::Short)
}

/// The same with another form of results.
pub(super) fn run_std(state: &ApiState, params: &Params) -> Result<Computation, ApiError> {
    run_with(state, params, Form::Long)
}

fn run_with(state: &ApiState, params: &Params, form: Form) -> Result<Computation, ApiError> {
    let address = params.address("address")?;
    state.chain(address.workchain.into())?;
    let method = method(params)?;
    let args = match params.value("stack") {
        // a query string contains the array as text
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|cause| {
            ApiError::bad_request(format!("the stack is not JSON: {cause}"), "Send an array.")
        })?,
        Some(value) => value.clone(),
        None => json!([]),
    };
    // invalid arguments are reported even if there is no contract
    stack::read(&args)?;
    let account = state.live().account(&address)?;
    let mut answer = json!({
        "@type": "smc.runResult",
        "gas_used": 0,
        "stack": [],
        "exit_code": NOT_ACTIVE,
        "block_id": live_head_id(state, address.workchain)?,
        "last_transaction_id": transaction_id(&account),
    });
    if account.state_init().is_none() {
        return Ok(Box::new(|_| Ok(answer)));
    }
    let mut context = GetterContext::read(state.live(), &account, 0)?;
    Ok(Box::new(move |watch| {
        let Some(code_and_data) = account.state_init() else {
            return Ok(answer);
        };
        context.gas_limit = watch.gas();
        let args = stack::read(&args)?;
        let mut goes_on = |depth| watch.goes_on(depth);
        let output = get_method_watched(code_and_data, &context, method, args, &mut goes_on)?;
        let output = output.ok_or_else(|| watch.reason())?;
        answer["gas_used"] = json!(output.gas_used);
        answer["exit_code"] = json!(output.exit_code);
        // the stack of a failed method is useless, and may be anything
        if output.is_success() {
            answer["stack"] = stack::write(&output.stack, form)?;
        }
        Ok(answer)
    }))
}

/// A method by name or number.
fn method(params: &Params) -> Result<u32, ApiError> {
    let text = Params::need("method", params.text("method")?)?;
    if let Ok(number) = text.parse::<u32>() {
        return Ok(number);
    }
    if text.is_empty() || text.len() > 255 {
        return Err(ApiError::bad_request(
            "method is not the name of a get method",
            "Send a name of 1 to 255 characters, or its number.",
        ));
    }
    Ok(method_id(&text))
}
