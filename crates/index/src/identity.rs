//! The identity of a network, by which its contracts are recognised.

use std::collections::BTreeMap;

use ddvs_client::{Backend, ChainId, ClientError, Live};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_contracts::{Codes, Network};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// A network, by the data from which its contracts' addresses follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Param 19: the domain of standard wallets' signatures.
    pub global_id: i32,
    /// Common part of all static data.
    pub network: Network,
    /// The D'Elector of each chain.
    pub delectors: BTreeMap<ChainId, StdAddr>,
    /// Code hash of its Roots.
    pub root_code: HashBytes,
    /// Code hash of its DePool Wallets.
    pub wallet_code: HashBytes,
}

impl Identity {
    /// Reads it from a running network, which runs the contracts of `ddvs-contracts`.
    ///
    /// Fails when the network does not answer or a D'Elector is not active.
    pub fn read(backend: &dyn Backend) -> Result<Self, ClientError> {
        let chains = backend.chains()?.into_iter();
        let delectors = chains.map(|chain| (chain.id, chain.delector));
        Self::of(backend, delectors.collect())
    }

    /// Reads it from the current state of a network with these D'Electors.
    ///
    /// Fails when the network does not answer or a D'Elector is not active.
    pub fn of(live: &dyn Live, delectors: BTreeMap<ChainId, StdAddr>) -> Result<Self, ClientError> {
        let fault = |cause| ClientError::fault("reading which network it is", cause);
        let (&main, delector) = delectors
            .first_key_value()
            .ok_or(ddvs_client::Refusal::UnknownChain(ddvs_client::MASTERCHAIN))?;
        let account = live.account(delector)?;
        let data = account
            .data()
            .ok_or_else(|| ddvs_client::Refusal::NotActive(delector.clone()))?;
        let storage: DElectorStorage = data.parse().map_err(fault)?;
        let global_id = live.config(main)?.get_global_id().map_err(fault)?;
        let codes = Codes::default();
        Ok(Self {
            global_id,
            network: Network::with_codes(storage.genesis, &codes),
            delectors,
            root_code: *codes.depool_root.repr_hash(),
            wallet_code: *codes.depool_wallet.repr_hash(),
        })
    }

    /// Whether an account is a D'Elector of this network.
    pub fn is_delector(&self, address: &StdAddr) -> bool {
        self.delectors.get(&address.workchain) == Some(address)
    }
}
