//! All chains of a network before their first blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_chain::genesis::CheckedChain;
use ddvs_chain::{Chain, ChainGenesis, Fault, GenesisRefusal, genesis};
use ddvs_light::{Header, Scope, SetError, ValidatorSet};
use ddvs_types::{ChainId, Lane};
use tycho_types::cell::HashBytes;

use crate::sets::{OwnPast, Registries};
use crate::{Cursor, Replica, sets};

/// Reason why a network cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The zerostate is not one of a network.
    #[error(transparent)]
    Genesis(#[from] GenesisRefusal),
    /// A chain's D'Elector has no storage that can be read.
    #[error("chain {0}: its D'Elector has no storage that can be read")]
    Delector(ChainId),
    /// Param 34 of a chain is not a set that could sign blocks.
    #[error("chain {chain}: {cause}")]
    Set {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: SetError,
    },
    /// The set that the registries give is not that of param 34: other chains would not believe this one.
    #[error("chain {0}: param 34 is not the set that its registries give")]
    OtherSet(ChainId),
    /// Sets may wait on this network, so headers could name none from which the set in force follows.
    #[error(
        "chain {0}: set_interval must be 0 and least_set 1 where chains have validators of their own"
    )]
    WaitingSets(ChainId),
    /// The chain failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A network before its first blocks.
#[derive(Debug, Clone)]
pub struct NetworkStart {
    /// Hash of the genesis description.
    pub genesis: HashBytes,
    /// All chains.
    pub chains: Vec<ChainGenesis>,
    /// Time of the zerostate, in ms since 1970.
    pub start_time_ms: u64,
    /// Maximum number of messages that a block processes, whatever its gas limit allows.
    pub max_block_transactions: usize,
}

impl NetworkStart {
    /// Returns the replicas of all chains.
    ///
    /// Fails only when the zerostate is not one from which chains can start that believe each other.
    pub fn replicas(self) -> Result<BTreeMap<ChainId, Replica>, StartError> {
        let checked = genesis::check(self.chains, self.start_time_ms)?;
        let ids: Arc<[ChainId]> = checked.iter().map(CheckedChain::id).collect();
        let mut started = Vec::new();
        for checked in checked {
            let chain = Chain::new(checked, &ids, 0, self.max_block_transactions);
            started.push(start(chain, self.genesis, self.start_time_ms, &ids)?);
        }
        let issued_nano: BTreeMap<_, _> = (started.iter())
            .map(|(chain, ..)| (chain.id(), chain.supply().issued_nano))
            .collect();
        let issued_nano = Arc::new(issued_nano);
        let cursors: BTreeMap<_, _> = (started.iter())
            .map(|(chain, header, hash, set)| {
                let cursor = Cursor {
                    header: header.clone(),
                    hash: *hash,
                    next_set: Some(set.clone()),
                };
                (chain.id(), cursor)
            })
            .collect();
        let replicas = started.into_iter().map(|(chain, header, hash, next_set)| {
            let id = chain.id();
            let mut cursors = cursors.clone();
            cursors.remove(&id);
            let replica = Replica {
                chain,
                header,
                hash,
                next_set,
                cursors,
                past: OwnPast::new(),
                issued_nano: issued_nano.clone(),
            };
            (id, replica)
        });
        Ok(replicas.collect())
    }
}

/// Returns a chain with its header before the first block, and its set.
fn start(
    chain: Chain,
    genesis: HashBytes,
    time_ms: u64,
    ids: &[ChainId],
) -> Result<(Chain, Header, HashBytes, ValidatorSet), StartError> {
    let id = chain.id();
    let set = ValidatorSet::from_model(&chain.config().validator_set.set)
        .map_err(|cause| StartError::Set { chain: id, cause })?;
    let cell = |what| Fault::state(id, what);
    let storage = Replica::delector_of(&chain)?.ok_or(StartError::Delector(id))?;
    let params = storage.params().map_err(cell("reading the parameters"))?;
    if params.set_interval_s != 0 || params.least_set != 1 {
        return Err(StartError::WaitingSets(id));
    }
    let past = OwnPast::new();
    let registries = Registries {
        storage: Some(&storage),
        past: &past,
    };
    let base = storage.base().map_err(cell("reading the registries"))?;
    let agreed = sets::set_at(registries, id, &base).map_err(cell("reading the registries"))?;
    if agreed.as_ref() != Some(&set) {
        return Err(StartError::OtherSet(id));
    }
    let others = ids.iter().copied().filter(|other| *other != id);
    let header = Header {
        scope: Scope {
            genesis,
            chain: id,
            incarnation: 0,
        },
        height: 0,
        time_ms,
        parent: HashBytes::ZERO,
        body: HashBytes::ZERO,
        result: chain.last_hash(),
        state: chain.state_hash().map_err(cell("hashing the state"))?,
        set: set.hash(),
        set_base: base.clone(),
        next_set: set.hash(),
        base,
        lanes: others.map(|other| (other, Lane::default())).collect(),
        cursors: HashBytes::ZERO,
    };
    let hash = header.hash().map_err(cell("hashing the header"))?;
    Ok((chain, header, hash, set))
}
