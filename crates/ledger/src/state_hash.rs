//! The hash of a whole network.

use ddvs_chain::hash::{Digest, chain_number};
use tycho_types::cell::HashBytes;
use tycho_types::error::Error;

use crate::import::Queues;
use crate::network::Site;

/// Returns the hash of everything that determines the network's future.
pub(crate) fn network_hash<'a>(
    now_ms: u64,
    sites: impl Iterator<Item = &'a Site>,
    queues: &Queues,
) -> Result<HashBytes, Error> {
    let mut digest = Digest::new();
    digest.numbers(&[u128::from(now_ms)])?;
    for site in sites {
        let Site {
            chain,
            mempool,
            schedule,
        } = site;
        digest.numbers(&[
            chain_number(chain.id()),
            u128::from(schedule.due_ms),
            u128::from(schedule.silenced),
        ])?;
        digest.hash(&chain.state_hash()?)?;
        digest.numbers(&[mempool.len() as u128])?;
        for external in mempool.iter() {
            digest.hash(external.repr_hash())?;
        }
    }
    for (source, destination, message) in queues.iter() {
        digest.numbers(&[
            chain_number(source),
            chain_number(destination),
            u128::from(message.available_at_ms),
        ])?;
        digest.hash(message.hash())?;
    }
    Ok(digest.finish())
}
