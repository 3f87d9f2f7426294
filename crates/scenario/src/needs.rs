//! Requirements of the scenario, checked before anything is paid for.

use anyhow::{Context, Result};
use ddvs_client::{Backend, ChainId, MASTERCHAIN};
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::{Network, RootTerms};
use ddvs_types::COIN;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::cast::Cast;
use crate::setup::{LOCK_PERIOD, UNLOCK_PERIOD};
use crate::steps::cross_chain_stake::UMA_STAKE;
use crate::steps::validator_joins::NORA_STAKE;

/// Half of the share slashed for double signing, in basis points, as the scenario describes it.
const SLASH_BP: u16 = 5_000;

/// Terms of the scenario's Roots.
pub(crate) fn terms(owner: &StdAddr, nonce: u64) -> RootTerms {
    RootTerms {
        owner: owner.clone(),
        lock_period: LOCK_PERIOD,
        unlock_period: UNLOCK_PERIOD,
        min_stake: Tokens::new(10 * COIN),
        nonce,
    }
}

/// Describes what a network lacks for the scenario; empty if it can run.
///
/// Fails only when the network does not answer.
pub fn lacking(backend: &dyn Backend, network: &Network, cast: &Cast) -> Result<Vec<String>> {
    let chains: Vec<ChainId> = backend.chains()?.iter().map(|chain| chain.id).collect();
    if [0, 1].iter().any(|chain| !chains.contains(chain)) {
        return Ok(vec!["it has no two workchains".to_owned()]);
    }
    let params = ddvs_client::handles::params(backend, 1)?;
    let mut found = of_params(&params, &terms(cast.nora.address(), 1));
    // the newcomer alone must stay outside the masterchain's set, and enter it with a user's stake
    let delector = ddvs_client::DElector::new(network, MASTERCHAIN)?;
    let set = delector
        .current_set(backend)
        .context("reading the masterchain's set")?;
    let most = usize::from(params.main_validators);
    let weakest = set.list.iter().map(|member| member.weight).min();
    let weakest_nano = u128::from(weakest.unwrap_or(0)) * COIN;
    if set.list.len() < most {
        found.push(format!(
            "the masterchain's set has room for {most} validators and has {}: nobody has to win a place",
            set.list.len()
        ));
    } else if !(NORA_STAKE..NORA_STAKE + UMA_STAKE).contains(&weakest_nano) {
        found.push(format!(
            "the weakest validator of the masterchain's set has {} coins: the story needs {} to {}",
            weakest_nano / COIN,
            NORA_STAKE / COIN,
            (NORA_STAKE + UMA_STAKE) / COIN
        ));
    }
    let key = cast.nora_key.public();
    let registries = delector.storage(backend)?.registries;
    for entry in registries.iter() {
        let (_, registry) = entry?;
        if registry.keys.get(key)?.is_some() {
            found.push(
                "the newcomer's key is known to it already, as after an earlier run of the story: create a new network".to_owned(),
            );
        }
    }
    Ok(found)
}

/// Describes the parts of the scenario that a network's limits forbid.
fn of_params(params: &DdvsParams, terms: &RootTerms) -> Vec<String> {
    let mut found = Vec::new();
    if !params.allows(terms) {
        found.push(format!(
            "its unlock periods are {} s to {} s and its locks at most {} s: the story's pool unlocks in {UNLOCK_PERIOD} s and locks for {LOCK_PERIOD} s, so that it ends during the story",
            params.min_unlock_period_s, params.max_unlock_period_s, params.max_lock_period_s
        ));
    }
    if params.slash_bp != SLASH_BP {
        found.push(format!(
            "it takes {} % for double signing: the story needs 50 %",
            f64::from(params.slash_bp) / 100.0
        ));
    }
    found
}
