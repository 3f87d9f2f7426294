//! A chain's whole config, decoded where possible.

use axum::Json;
use axum::extract::State;
use ddvs_contracts::params::{AcceptedRoots, DdvsParams, PARAM_DDVS, PARAM_ROOT_CODES};
use serde::Serialize;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::BlockchainConfigParams;
use utoipa::ToSchema;

use super::extract::Named;
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// Maximum number of accepted Root codes that are listed.
const MAX_CODES: usize = 100;

/// A parameter of a chain's config.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParamBody {
    /// Its number.
    pub param: u32,
    /// Its name.
    pub name: &'static str,
    /// Hash of its cell: two chains with equal hashes have equal parameters.
    pub hash: String,
    /// Its decoded content, where possible.
    pub facts: Vec<FactBody>,
}

/// A decoded value of a parameter.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactBody {
    /// Name of the value.
    pub name: &'static str,
    /// The value.
    pub value: String,
    /// `nano`, `gas`, `s`, `bp` (1/10,000), `nano/65536` or `hash`; not set for a plain number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
}

fn fact(name: &'static str, value: impl ToString, unit: Option<&'static str>) -> FactBody {
    FactBody {
        name,
        value: value.to_string(),
        unit,
    }
}

fn name(param: u32) -> &'static str {
    match param {
        0 => "D'Elector & Config of this chain",
        1 => "elector of stock tools",
        2 => "minter",
        3 => "collector of fees",
        5 => "burning of fees",
        7 => "extra currencies",
        8 => "version of the engine",
        9 => "parameters that must exist",
        10 => "parameters that are critical",
        11 => "votes on parameters",
        12 => "workchains",
        14 => "reward for a block",
        15 => "times of elections",
        16 => "sizes of validator sets",
        17 => "stakes in elections",
        18 => "storage prices",
        19 => "network's id",
        20 => "gas of the masterchain",
        21 => "gas of workchains",
        22 => "blocks of the masterchain",
        23 => "blocks of workchains",
        24 => "forwarding on the masterchain",
        25 => "forwarding on workchains",
        28 => "collators",
        29 => "consensus",
        31 => "special accounts",
        32 => "the validator set before",
        34 => "the validator set in force",
        36 => "the validator set that comes next",
        43 => "sizes of accounts and messages",
        PARAM_DDVS => "limits and prices of ddvs",
        PARAM_ROOT_CODES => "codes of Roots that count",
        _ => "not known here",
    }
}

/// Decodes a parameter. Returns nothing for an unreadable one, whose hash is still reported.
fn facts(config: &BlockchainConfigParams, param: u32, cell: &Cell) -> Option<Vec<FactBody>> {
    let (nano, gas, seconds) = (Some("nano"), Some("gas"), Some("s"));
    Some(match param {
        0..=3 => {
            let account: HashBytes = cell.parse().ok()?;
            vec![fact("account", account, Some("hash"))]
        }
        8 => {
            let version = config.get_global_version().ok()?;
            vec![
                fact("version", version.version, None),
                fact(
                    "capabilities",
                    format!("{:#x}", version.capabilities.into_inner()),
                    None,
                ),
            ]
        }
        15 => {
            let times = config.get_election_timings().ok()?;
            vec![
                fact("a set is in force", times.validators_elected_for, seconds),
                fact(
                    "elections begin before its end",
                    times.elections_start_before,
                    seconds,
                ),
                fact(
                    "elections end before its end",
                    times.elections_end_before,
                    seconds,
                ),
                fact("stakes are held", times.stake_held_for, seconds),
            ]
        }
        16 => {
            let counts = config.get_validator_count_params().ok()?;
            vec![
                fact("most validators", counts.max_validators, None),
                fact("of the masterchain", counts.max_main_validators, None),
                fact("fewest", counts.min_validators, None),
            ]
        }
        18 => {
            let prices = config.get_storage_prices().ok()?;
            let (_, last) = prices.iter().last()?.ok()?;
            let unit = Some("nano/65536");
            vec![
                fact("a bit, for a second", last.bit_price_ps, unit),
                fact("a cell, for a second", last.cell_price_ps, unit),
                fact("a bit on the masterchain", last.mc_bit_price_ps, unit),
                fact("a cell on the masterchain", last.mc_cell_price_ps, unit),
            ]
        }
        19 => vec![fact("id", config.get_global_id().ok()?, None)],
        20 | 21 => {
            let prices = config.get_gas_prices(param == 20).ok()?;
            vec![
                fact("price of gas", prices.gas_price, Some("nano/65536")),
                fact("most in a transaction", prices.gas_limit, gas),
                fact("in a special one", prices.special_gas_limit, gas),
                fact("before a message is accepted", prices.gas_credit, gas),
                fact("in a block", prices.block_gas_limit, gas),
                fact("debt that freezes", prices.freeze_due_limit, nano),
                fact("debt that deletes", prices.delete_due_limit, nano),
            ]
        }
        22 | 23 => {
            let limits = config.get_block_limits(param == 22).ok()?;
            vec![
                fact("gas, soft", limits.gas.soft_limit, gas),
                fact("gas, hard", limits.gas.hard_limit, gas),
                fact("bytes, soft", limits.bytes.soft_limit, None),
                fact("bytes, hard", limits.bytes.hard_limit, None),
            ]
        }
        24 | 25 => {
            let prices = config.get_msg_forward_prices(param == 24).ok()?;
            vec![
                fact("a message", prices.lump_price, nano),
                fact("a bit", prices.bit_price, Some("nano/65536")),
                fact("a cell", prices.cell_price, Some("nano/65536")),
            ]
        }
        43 => {
            let limits = config.get_size_limits().ok()?;
            vec![
                fact("bits of a message", limits.max_msg_bits, None),
                fact("cells of a message", limits.max_msg_cells, None),
                fact(
                    "bytes of an external message",
                    limits.max_ext_msg_size,
                    None,
                ),
                fact(
                    "depth of an external message",
                    limits.max_ext_msg_depth,
                    None,
                ),
                fact("cells of an account", limits.max_acc_state_cells, None),
            ]
        }
        32 | 34 | 36 => {
            let set: tycho_types::models::ValidatorSet = cell.parse().ok()?;
            vec![
                fact("members", set.list.len(), None),
                fact("of the masterchain", set.main, None),
                fact("weight", set.total_weight, Some("coins")),
                fact("since", set.utime_since, Some("unix")),
            ]
        }
        PARAM_DDVS => {
            let own: DdvsParams = cell.parse().ok()?;
            let fields = DdvsParams::FIELDS.iter().zip(own.values());
            let fields = fields.map(|(field, value)| fact(field.label, value, field.unit.sign()));
            let derived = own.derived().into_iter();
            let derived = derived.map(|value| fact(value.label, value.nano, nano));
            fields.chain(derived).collect()
        }
        PARAM_ROOT_CODES => {
            let own: AcceptedRoots = cell.parse().ok()?;
            let codes = own.codes.keys().take(MAX_CODES);
            let codes = codes.map(|code| Some(fact("code", code.ok()?, Some("hash"))));
            codes.collect::<Option<_>>()?
        }
        _ => Vec::new(),
    })
}

/// All parameters of a chain's config, by number.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/config", tag = "network", params(("chain" = i64, Path)),
    responses((status = 200, body = Vec<ParamBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn config(
    State(state): State<ApiState>,
    Named(chain): Named<i64>,
) -> Result<Json<Vec<ParamBody>>, ApiError> {
    state
        .work(move |state| {
            let config = state.live().config(state.chain(chain)?)?;
            let mut params = Vec::new();
            for entry in config.as_dict().iter() {
                let (param, cell) = entry?;
                params.push(ParamBody {
                    param,
                    name: name(param),
                    hash: cell.repr_hash().to_string(),
                    facts: facts(&config, param, &cell).unwrap_or_default(),
                });
            }
            Ok(Json(params))
        })
        .await
}
