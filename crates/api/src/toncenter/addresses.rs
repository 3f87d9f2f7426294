//! Address formats; the network is not queried.

use serde_json::{Value, json};
use tycho_types::models::{Base64StdAddrFlags, DisplayBase64StdAddr, StdAddr};

use super::Answer;
use crate::address::{friendly, parse_with_flags};
use crate::params::Params;
use crate::state::ApiState;

pub(super) fn pack(_: &ApiState, params: &Params) -> Answer {
    Ok(json!(friendly(&params.address("address")?)))
}

pub(super) fn unpack(_: &ApiState, params: &Params) -> Answer {
    Ok(json!(params.address("address")?.to_string()))
}

pub(super) fn detect(_: &ApiState, params: &Params) -> Answer {
    let text = Params::need("address", params.text("address")?)?;
    let (address, flags) = parse_with_flags("address", &text)?;
    let given = match flags {
        None => "raw_form",
        Some(flags) if flags.bounceable => "friendly_bounceable",
        Some(_) => "friendly_non_bounceable",
    };
    let testnet = flags.is_some_and(|flags| flags.testnet);
    Ok(json!({
        "raw_form": address.to_string(),
        "bounceable": forms(&address, testnet, true),
        "non_bounceable": forms(&address, testnet, false),
        "given_type": given,
        "test_only": testnet,
    }))
}

fn forms(address: &StdAddr, testnet: bool, bounceable: bool) -> Value {
    let form = |base64_url| {
        DisplayBase64StdAddr {
            addr: address,
            flags: Base64StdAddrFlags {
                testnet,
                base64_url,
                bounceable,
            },
        }
        .to_string()
    };
    json!({"b64": form(false), "b64url": form(true)})
}
