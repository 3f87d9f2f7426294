//! From wishes to a pool.

use ddvs_client::{Backend, DePoolRoot, MASTERCHAIN};
use tycho_types::models::StdAddr;

use crate::validator::Wishes;
use crate::{PeopleError, Site};

impl Wishes {
    /// The Root that an owner gets with these wishes on the chain of its account; it need not be deployed.
    ///
    /// Fails in the masterchain, where no Root works, and when the network does not allow the terms.
    pub fn root(
        &self,
        backend: &dyn Backend,
        site: &Site,
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
        Ok(DePoolRoot::new(&site.network, chain, terms)?)
    }
}
