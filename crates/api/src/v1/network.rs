//! A network's identity, coins and parameters.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use ddvs_contracts::params::{DdvsParams, PARAM_DDVS, ParamJson, Unit};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::events::history_name;
use super::extract::Asked;
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// A network.
#[derive(Debug, Serialize, ToSchema)]
pub struct NetworkBody {
    /// `embedded`, or `tycho` for nodes.
    pub kind: &'static str,
    /// Param 19: part of every standard wallet's id.
    pub global_id: i32,
    /// Hash of the genesis description, from which all addresses follow.
    pub genesis: String,
    /// Its chains, the masterchain first.
    pub chains: Vec<i8>,
    /// Code hash of its D'Electors.
    pub delector_code: String,
    /// Code hash of its Roots.
    pub root_code: String,
    /// Code hash of its DePool Wallets.
    pub wallet_code: String,
    /// The network's time in ms.
    pub now_ms: u64,
    /// Identifies this server's history. With another one, for example after the index was rebuilt, events have other
    /// numbers.
    pub history: String,
    /// Amount of indexed data.
    pub counts: Counts,
    /// Version of this server.
    pub version: &'static str,
}

/// Amount of indexed data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// Blocks of all chains.
    pub blocks: u64,
    /// Transactions of all chains.
    pub transactions: u64,
    /// Accounts.
    pub accounts: u64,
    /// Pools.
    pub pools: u64,
    /// DePool Wallets.
    pub wallets: u64,
    /// Events; also the number of the last one.
    pub events: u64,
}

/// The network's identity.
#[utoipa::path(get, path = "/api/v1/network", tag = "network",
    responses((status = 200, body = NetworkBody), (status = "default", body = ErrorBody)))]
pub(super) async fn network(State(state): State<ApiState>) -> Result<Json<NetworkBody>, ApiError> {
    state
        .work(|state| {
            let (reader, identity) = (state.read()?, state.identity());
            Ok(Json(NetworkBody {
                kind: state.live().kind(),
                global_id: identity.global_id,
                genesis: identity.network.genesis.to_string(),
                chains: state.chains(),
                delector_code: identity.network.delector_code_hash.to_string(),
                root_code: identity.root_code.to_string(),
                wallet_code: identity.wallet_code.to_string(),
                now_ms: state.live().now_ms()?,
                history: history_name(reader.history()?),
                counts: Counts {
                    blocks: reader.count("blocks")?,
                    transactions: reader.count("transactions")?,
                    accounts: reader.count("accounts")?,
                    pools: reader.count("pools")?,
                    wallets: reader.count("wallets")?,
                    events: reader.last_event()?,
                },
                version: env!("CARGO_PKG_VERSION"),
            }))
        })
        .await
}

/// Distribution of all coins.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplyBody {
    /// By chain.
    pub chains: Vec<ChainSupplyBody>,
    /// Values and fees of messages in flight.
    pub in_flight_nano: String,
    /// Issued by the zerostate.
    pub issued_nano: String,
    /// Injected by the network's operator, which no real network allows.
    pub injected_nano: String,
    /// Sum of everything.
    pub total_nano: String,
    /// Whether this sum equals what was issued, to the nano.
    pub is_conserved: bool,
}

/// The coins of a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainSupplyBody {
    /// The chain.
    pub chain: i8,
    /// Balances of its accounts.
    pub accounts_nano: String,
    /// Fees that its blocks collected.
    pub fees_nano: String,
    /// Coins that are lost.
    pub burnt_nano: String,
}

/// Distribution of all coins. Nodes do not provide it.
#[utoipa::path(get, path = "/api/v1/supply", tag = "network",
    responses((status = 200, body = SupplyBody), (status = "default", body = ErrorBody)))]
pub(super) async fn supply(State(state): State<ApiState>) -> Result<Json<SupplyBody>, ApiError> {
    state
        .work(|state| {
            let supply = state.live().supply().ok_or_else(|| {
                ApiError::not_known(
                    "the nodes of this network do not report where all coins are",
                    "Ask a server of an embedded network.",
                )
            })?;
            let chain = |(&chain, own): (&i8, &ddvs_types::ChainSupply)| ChainSupplyBody {
                chain,
                accounts_nano: own.accounts_nano.to_string(),
                fees_nano: own.fees_nano.to_string(),
                burnt_nano: own.burnt_nano.to_string(),
            };
            Ok(Json(SupplyBody {
                chains: supply.chains.iter().map(chain).collect(),
                in_flight_nano: supply.in_flight_nano.to_string(),
                issued_nano: supply.issued_nano.to_string(),
                injected_nano: supply.injected_nano.to_string(),
                total_nano: supply.total_nano().to_string(),
                is_conserved: supply.is_conserved(),
            }))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct OfChain {
    /// The chain; the masterchain by default.
    chain: Option<i64>,
}

/// Limits and prices of the network: param 200 of a chain, and the values that follow from it.
#[derive(Debug, Serialize)]
pub struct ParamsBody {
    chain: i8,
    #[serde(flatten)]
    values: BTreeMap<&'static str, ParamJson>,
}

impl PartialSchema for ParamsBody {
    fn schema() -> RefOr<Schema> {
        let plain = |kind| ObjectBuilder::new().schema_type(kind);
        let chain = plain(Type::Integer).description(Some("The chain."));
        let mut body = ObjectBuilder::new()
            .description(Some(
                "Limits and prices of the network: param 200 of a chain, and the values that follow from it.",
            ))
            .property("chain", chain)
            .required("chain");
        for field in DdvsParams::FIELDS {
            let kind = match field.unit {
                Unit::Nano => Type::String,
                Unit::Flag => Type::Boolean,
                Unit::Count | Unit::Seconds | Unit::BasisPoints => Type::Integer,
            };
            let property = plain(kind).description(Some(field.doc.trim()));
            body = body.property(field.name, property).required(field.name);
        }
        for value in DdvsParams::default().derived() {
            let property = plain(Type::String).description(Some(value.label));
            body = body.property(value.name, property).required(value.name);
        }
        body.into()
    }
}

impl ToSchema for ParamsBody {}

/// Limits and prices of the network.
#[utoipa::path(get, path = "/api/v1/params", tag = "network", params(OfChain),
    responses((status = 200, body = ParamsBody), (status = "default", body = ErrorBody)))]
pub(super) async fn params(
    State(state): State<ApiState>,
    Asked(asked): Asked<OfChain>,
) -> Result<Json<ParamsBody>, ApiError> {
    state
        .work(move |state| {
            let chain = state.chain(asked.chain.unwrap_or(-1))?;
            let config = state.live().config(chain)?;
            let cell = config.get_raw_cell(PARAM_DDVS)?;
            let cell = cell.ok_or_else(|| ApiError::internal("param 200 is missing"))?;
            let own: DdvsParams = cell.parse()?;
            let derived = own.derived().into_iter();
            let derived = derived.map(|value| (value.name, Unit::Nano.json(value.nano)));
            Ok(Json(ParamsBody {
                chain,
                values: own.to_json().chain(derived).collect(),
            }))
        })
        .await
}
