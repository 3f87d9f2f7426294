//! A network's identity, coins and parameters.

use axum::Json;
use axum::extract::State;
use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
            let chain = |(&chain, own): (&i8, &ddvs_ledger::ChainSupply)| ChainSupplyBody {
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

/// Limits and prices of the network: param 200 of a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParamsBody {
    /// The chain.
    pub chain: i8,
    /// Minimum size of a set.
    pub min_validators: u16,
    /// Maximum size of a workchain's set.
    pub max_validators: u16,
    /// Maximum size of the masterchain's set.
    pub main_validators: u16,
    /// Maximum number of entries in a batch.
    pub max_batch: u8,
    /// Maximum number of Roots in one chain's registry.
    pub max_roots: u32,
    /// Maximum number of changes that wait for a batch.
    pub max_queue: u32,
    /// Smallest stake of a validator.
    pub min_stake_nano: String,
    /// Largest stake of a validator.
    pub max_stake_nano: String,
    /// Share of the registered stake that a batch may move, in 1/10,000.
    pub churn_bp: u16,
    /// Share of a pool's coins that an offence costs, in 1/10,000.
    pub slash_bp: u16,
    /// How long a key that left can be held accountable, in seconds.
    pub evidence_window_s: u32,
    /// Shortest unlock period of a Root.
    pub min_unlock_period_s: u32,
    /// Longest lock period of a Root.
    pub max_lock_period_s: u32,
    /// Longest unlock period of a Root.
    pub max_unlock_period_s: u32,
    /// Minimum time between two sets.
    pub set_interval_s: u32,
    /// Value that an owner attaches to a stake or unstake; the unused part comes back.
    pub change_value_nano: String,
    /// Value that an update of a stake, or evidence, needs at the D'Elector.
    pub update_value_nano: String,
    /// Pays for a message from a wallet to a Root and the answer.
    pub op_value_nano: String,
}

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
            Ok(Json(ParamsBody {
                chain,
                min_validators: own.min_validators,
                max_validators: own.max_validators,
                main_validators: own.main_validators,
                max_batch: own.max_batch,
                max_roots: own.max_roots,
                max_queue: own.max_queue,
                min_stake_nano: own.min_stake_nano.to_string(),
                max_stake_nano: own.max_stake_nano.to_string(),
                churn_bp: own.churn_bp,
                slash_bp: own.slash_bp,
                evidence_window_s: own.evidence_window,
                min_unlock_period_s: own.min_unlock_period,
                max_lock_period_s: own.max_lock_period,
                max_unlock_period_s: own.max_unlock_period,
                set_interval_s: own.set_interval,
                change_value_nano: own.change_value_nano().to_string(),
                update_value_nano: own.update_value_nano().to_string(),
                op_value_nano: own.op_value_nano.to_string(),
            }))
        })
        .await
}
