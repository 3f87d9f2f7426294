//! The terms of a new pool.

use ddvs_client::{Backend, DePoolRoot, MASTERCHAIN};
use ddvs_contracts::RootTerms;
use ddvs_contracts::params::DdvsParams;
use ddvs_types::{COIN, coins};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::{NetworkContext, PeopleError};

/// Options of a Root. Missing ones follow from param 200.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Seconds from Lock until a stake may leave; half the evidence window by default.
    pub lock_period: Option<u32>,
    /// Seconds from unstake until coins are free; the network's minimum by default.
    pub unlock_period: Option<u32>,
    /// Smallest stake that the Root accepts, in nano; 10 coins by default.
    pub min_stake_nano: Option<u128>,
    /// Distinguishes the Roots of one owner.
    pub nonce: u64,
}

impl Wishes {
    /// Returns the resulting terms, on a network with these parameters.
    ///
    /// Fails when coins would be free before evidence can arrive, and when a term is beyond the network's limits.
    pub fn terms(&self, owner: &StdAddr, params: &DdvsParams) -> Result<RootTerms, PeopleError> {
        let least = params.min_unlock_period_s;
        let unlock_period = self.unlock_period.unwrap_or(least);
        if unlock_period < least {
            return Err(PeopleError::cannot(
                format!(
                    "an unlock period of {unlock_period} s ends before evidence can be submitted"
                ),
                format!("choose {least} s or more"),
            ));
        }
        let terms = RootTerms {
            owner: owner.clone(),
            lock_period: self.lock_period.unwrap_or(params.evidence_window_s / 2),
            unlock_period,
            min_stake: Tokens::new(self.min_stake_nano.unwrap_or(10 * COIN)),
            nonce: self.nonce,
        };
        if !params.allows(&terms) {
            return Err(PeopleError::cannot(
                "this network does not allow such terms".to_owned(),
                format!(
                    "choose a lock of at most {} s, an unlock period of at most {} s, and a smallest stake of at most {} coins",
                    params.max_lock_period_s,
                    params.max_unlock_period_s,
                    coins(params.max_stake_nano.into())
                ),
            ));
        }
        Ok(terms)
    }
    /// Returns the Root that an owner gets with these options on the chain of its account; it need not be deployed.
    ///
    /// Fails on the masterchain, where no Root works, and when the network does not allow the terms.
    pub fn root(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        owner: &StdAddr,
    ) -> Result<DePoolRoot, PeopleError> {
        let chain = owner.workchain;
        if chain == MASTERCHAIN {
            return Err(PeopleError::cannot(
                "no pool works in the masterchain",
                "choose a workchain with `--chain`; the heaviest validators of all workchains are the masterchain's",
            ));
        }
        let params = ddvs_client::handles::params(backend, chain)?;
        let terms = self.terms(owner, &params)?;
        Ok(DePoolRoot::new(&context.network, chain, terms)?)
    }
}
