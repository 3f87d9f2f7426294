//! Names that the network knows.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use ddvs_index::Reader;
use ddvs_index::rows::PoolRow;
use serde::Serialize;
use tycho_types::models::StdAddr;
use utoipa::ToSchema;

use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// Maximum number of names in one answer.
const MAX_NAMES: usize = 5_000;
/// Maximum number of pools of one owner that get that owner's name.
const MAX_POOLS: usize = 16;

/// Names of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamesBody {
    /// By address: owners, and pools by the names of their owners. At most 5,000; empty if there are no names.
    pub names: BTreeMap<String, String>,
}

/// Names of accounts and pools, where the network knows some: a devnet knows those of its validators and simulated
/// users.
#[utoipa::path(get, path = "/api/v1/names", tag = "network",
    responses((status = 200, body = NamesBody), (status = "default", body = ErrorBody)))]
pub(super) async fn names(State(state): State<ApiState>) -> Result<Json<NamesBody>, ApiError> {
    state
        .work(|state| {
            let reader = state.read()?;
            let mut names = BTreeMap::new();
            for (address, name) in state.settings().names.iter() {
                if names.len() >= MAX_NAMES {
                    break;
                }
                // an account that does not exist yet has no page to show a name on
                if reader.account(address)?.is_none() {
                    continue;
                }
                names.insert(address.to_string(), name.clone());
                for pool in reader.pools_by_owner(address, None, MAX_POOLS)? {
                    names.insert(pool.address.to_string(), pool_name_or(state, &pool, name));
                }
            }
            Ok(Json(NamesBody { names }))
        })
        .await
}

fn pool_name_or(state: &ApiState, pool: &PoolRow, owners: &str) -> String {
    pool_name(state, pool).unwrap_or_else(|| owners.to_owned())
}

/// The name of a pool: its own, or its owner's.
pub(super) fn pool_name(state: &ApiState, pool: &PoolRow) -> Option<String> {
    let names = &state.settings().names;
    let name = names.get(&pool.address);
    name.or_else(|| names.get(&pool.owner)).cloned()
}

/// Returns at most `limit` accounts whose name is or contains a text, exact matches first, and only accounts that
/// have been seen.
pub(super) fn named(
    state: &ApiState,
    reader: &Reader,
    text: &str,
    limit: usize,
) -> Result<Vec<StdAddr>, ApiError> {
    let wanted = text.to_lowercase();
    let mut found: Vec<_> = state
        .settings()
        .names
        .iter()
        .map(|(address, name)| (name.to_lowercase(), address))
        .filter(|(name, _)| name.contains(&wanted))
        .map(|(name, address)| (name != wanted, name.len(), name, address))
        .collect();
    found.sort();
    let mut addresses = Vec::new();
    for (.., address) in found {
        if addresses.len() == limit {
            break;
        }
        if reader.account(address)?.is_some() {
            addresses.push(address.clone());
        }
    }
    Ok(addresses)
}
