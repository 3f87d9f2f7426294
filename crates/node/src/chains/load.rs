//! Loading a chain from the store.

use std::collections::BTreeMap;

use ddvs_replica::{Body, Replica, ReplicaState};
use ddvs_types::ChainId;

use super::LoadError;
use crate::block;
use crate::site::{Outgoing, Site};
use crate::store::Store;

/// Loads a chain: the last stored state, and the blocks after it.
pub(super) fn load(
    store: &Store,
    chain: ChainId,
    genesis: &Replica,
    all: impl Iterator<Item = ChainId>,
) -> Result<Site, LoadError> {
    let mut replica = match store.state(chain)? {
        None => genesis.clone(),
        Some(bytes) => {
            let state = ReplicaState::decode(&bytes)
                .map_err(|cause| LoadError::Encoding { chain, cause })?;
            Replica::restore(genesis, state).map_err(|cause| LoadError::State { chain, cause })?
        }
    };
    let mut newest = store.header(chain, replica.header().height)?;
    loop {
        let height = replica.header().height + 1;
        let Some((bytes, certified)) = store.block(chain, height)? else {
            break;
        };
        let broken = |reason: String| LoadError::Block {
            chain,
            height,
            reason,
        };
        let decoded = block::decode(&bytes).map_err(|error| broken(error.to_string()))?;
        let body = Body::decode(decoded.body).map_err(|error| broken(error.to_string()))?;
        let executed = (replica.execute(&body)).map_err(|error| broken(error.to_string()))?;
        if executed.replica.hash() != decoded.id() {
            return Err(broken("its header is another one".to_owned()));
        }
        replica = executed.replica;
        newest = Some(certified);
    }
    let mut turns = Vec::new();
    for height in store.turns(chain, 0)? {
        if let Some(certified) = store.header(chain, height)? {
            turns.push((height, certified));
        }
    }
    let mut outgoing = BTreeMap::new();
    for to in all.filter(|to| *to != chain) {
        let (first, messages) = store.sent(chain, to)?;
        let messages = messages.into();
        outgoing.insert(to, Outgoing { first, messages });
    }
    Ok(Site::new(replica, turns, newest, outgoing))
}
