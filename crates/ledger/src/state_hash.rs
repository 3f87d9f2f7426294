//! Hashes of blocks and of the whole network.

use ddvs_types::{Block, ChainId};
use tycho_types::cell::{CellBuilder, HashBytes};
use tycho_types::error::Error;

use crate::Fault;
use crate::chain::{Chain, accounts_hash};
use crate::import::Queues;

/// A hash over a sequence of items: each step is the representation hash of a cell that holds the
/// digest so far and the next item, so nothing can be moved from one item to another.
pub(crate) struct Digest(HashBytes);

impl Digest {
    pub fn new() -> Self {
        Self(HashBytes::ZERO)
    }

    pub fn hash(&mut self, item: &HashBytes) -> Result<(), Error> {
        let mut builder = CellBuilder::new();
        builder.store_u256(&self.0)?;
        builder.store_u256(item)?;
        self.0 = *builder.build()?.repr_hash();
        Ok(())
    }

    /// Adds at most 5 numbers.
    pub fn numbers(&mut self, items: &[u128]) -> Result<(), Error> {
        let mut builder = CellBuilder::new();
        builder.store_u256(&self.0)?;
        for item in items {
            builder.store_u128(*item)?;
        }
        self.0 = *builder.build()?.repr_hash();
        Ok(())
    }

    pub fn finish(self) -> HashBytes {
        self.0
    }
}

fn chain_number(chain: ChainId) -> u128 {
    u128::from(chain.cast_unsigned())
}

/// Returns the hash of a block: of all fields except the hash itself.
pub(crate) fn block_hash(block: &Block) -> Result<HashBytes, Fault> {
    let hash = || {
        let mut digest = Digest::new();
        digest.numbers(&[
            chain_number(block.chain),
            u128::from(block.seqno),
            u128::from(block.gen_time_ms),
            u128::from(block.start_lt),
            u128::from(block.end_lt),
        ])?;
        digest.numbers(&[
            u128::from(block.gas_used),
            block.fees_nano,
            block.imported as u128,
        ])?;
        digest.hash(&block.previous_hash)?;
        digest.hash(&block.accounts_hash)?;
        digest.hash(&block.config_hash)?;
        digest.hash(&block.validator_set.hash)?;
        for transaction in &block.transactions {
            digest.hash(&transaction.hash)?;
        }
        digest.numbers(&[block.dropped.len() as u128])?;
        for dropped in &block.dropped {
            digest.hash(&dropped.hash)?;
        }
        for returned in &block.returned {
            digest.hash(&returned.hash)?;
            digest.hash(&returned.returned_as.unwrap_or(HashBytes::ZERO))?;
        }
        Ok(digest.finish())
    };
    hash().map_err(Fault::state(block.chain, "hashing a block"))
}

/// Returns the hash of everything that determines the network's future.
pub(crate) fn network_hash<'a>(
    now_ms: u64,
    chains: impl Iterator<Item = &'a Chain>,
    queues: &Queues,
) -> Result<HashBytes, Error> {
    let mut digest = Digest::new();
    digest.numbers(&[u128::from(now_ms)])?;
    for chain in chains {
        digest.numbers(&[
            chain_number(chain.id),
            u128::from(chain.seqno),
            u128::from(chain.lt),
            u128::from(chain.due_ms),
            u128::from(chain.silenced),
        ])?;
        let supply = &chain.supply;
        digest.numbers(&[supply.accounts_nano, supply.fees_nano, supply.burnt_nano])?;
        digest.hash(&chain.last_hash)?;
        digest.hash(&accounts_hash(&chain.accounts))?;
        digest.hash(&chain.config.root_hash)?;
        digest.numbers(&[chain.mempool.len() as u128])?;
        for external in chain.mempool.iter() {
            digest.hash(external.cell.repr_hash())?;
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

/// Returns a seed that differs for each block, for the contracts' randomness.
pub(crate) fn block_seed(seed: u64, chain: ChainId, seqno: u32) -> Result<HashBytes, Error> {
    let mut digest = Digest::new();
    digest.numbers(&[u128::from(seed), chain_number(chain), u128::from(seqno)])?;
    Ok(digest.finish())
}
