//! The identity of the network.

use ddvs_client::{Backend, ChainId, ClientError, DElector, MASTERCHAIN, OwnerWallet, Refusal};
use ddvs_contracts::Network;
use ddvs_contracts::storage::DElectorStorage;

use crate::PeopleError;

/// The data of a network that the addresses of contracts and wallets are derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkContext {
    /// The common part of all contracts' data.
    pub network: Network,
    /// Param 19: the domain of standard wallets.
    pub global_id: i32,
    /// All chains, the masterchain first.
    pub chains: Vec<ChainId>,
}

impl NetworkContext {
    /// Reads it from a running network.
    ///
    /// Fails when the network does not answer, or runs contracts that this version does not know.
    pub fn read(backend: &dyn Backend) -> Result<Self, PeopleError> {
        let chains = backend.chains()?;
        let main = chains
            .first()
            .ok_or(ClientError::from(Refusal::UnknownChain(MASTERCHAIN)))?;
        let account = backend.account(&main.delector)?;
        let data = account
            .data()
            .ok_or_else(|| ClientError::from(Refusal::NotActive(main.delector.clone())))?;
        let storage: DElectorStorage = data.parse().map_err(|_| PeopleError::OtherContracts)?;
        let network = Network::new(storage.genesis);
        if DElector::new(&network, MASTERCHAIN)?.address() != &main.delector {
            return Err(PeopleError::OtherContracts);
        }
        let global_id = backend
            .config(MASTERCHAIN)?
            .get_global_id()
            .map_err(PeopleError::codec("reading param 19"))?;
        Ok(Self {
            network,
            global_id,
            chains: chains.iter().map(|chain| chain.id).collect(),
        })
    }

    /// The D'Elector of a chain.
    pub fn delector(&self, chain: ChainId) -> Result<DElector, PeopleError> {
        self.check_chain(chain)?;
        Ok(DElector::new(&self.network, chain)?)
    }

    /// The standard wallet of a key on a chain.
    pub fn owner(&self, seed: &[u8; 32], chain: ChainId) -> Result<OwnerWallet, PeopleError> {
        self.check_chain(chain)?;
        Ok(OwnerWallet::new(*seed, chain, self.global_id)?)
    }

    /// Fails when the network has no such chain.
    pub fn check_chain(&self, chain: ChainId) -> Result<(), PeopleError> {
        if self.chains.contains(&chain) {
            return Ok(());
        }
        let known: Vec<_> = self.chains.iter().map(ToString::to_string).collect();
        Err(PeopleError::cannot(
            format!("there is no chain {chain}"),
            format!("name one of {}", known.join(", ")),
        ))
    }
}
