//! Hashes of blocks, and the seed of a block's randomness.

use ddvs_types::{Block, ChainId, StateRoot};
use tycho_types::cell::{CellBuilder, HashBytes};
use tycho_types::error::Error;

use crate::chain::accounts_hash;
use crate::{Body, Chain, Fault};

/// A hash over a sequence of items: each step is the representation hash of a cell that holds the
/// digest so far and the next item, so nothing can be moved from one item to another.
pub struct Digest(HashBytes);

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl Digest {
    /// Returns the digest of nothing.
    pub fn new() -> Self {
        Self(HashBytes::ZERO)
    }

    /// Adds a hash.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn hash(&mut self, item: &HashBytes) -> Result<(), Error> {
        let mut builder = CellBuilder::new();
        builder.store_u256(&self.0)?;
        builder.store_u256(item)?;
        self.0 = *builder.build()?.repr_hash();
        Ok(())
    }

    /// Adds at most 5 numbers.
    ///
    /// Fails only when there are more.
    pub fn numbers(&mut self, items: &[u128]) -> Result<(), Error> {
        let mut builder = CellBuilder::new();
        builder.store_u256(&self.0)?;
        for item in items {
            builder.store_u128(*item)?;
        }
        self.0 = *builder.build()?.repr_hash();
        Ok(())
    }

    /// Returns the hash of all that was added.
    pub fn finish(self) -> HashBytes {
        self.0
    }
}

/// A chain's id as a number for a digest.
pub fn chain_number(chain: ChainId) -> u128 {
    u128::from(chain.cast_unsigned())
}

impl Body {
    /// Returns the hash of all that it contains.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn hash(&self) -> Result<HashBytes, Error> {
        let mut digest = Digest::new();
        digest.numbers(&[
            u128::from(self.time_ms),
            self.steps as u128,
            self.imports.len() as u128,
            self.externals.len() as u128,
        ])?;
        for (source, message) in &self.imports {
            digest.numbers(&[chain_number(*source)])?;
            digest.hash(message.repr_hash())?;
        }
        for message in &self.externals {
            digest.hash(message.repr_hash())?;
        }
        Ok(digest.finish())
    }
}

/// Returns the hash of a block: of its body, and of all fields except the hash itself.
pub(crate) fn block_hash(block: &Block, body: &Body) -> Result<HashBytes, Fault> {
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
        digest.hash(&body.hash()?)?;
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

impl Chain {
    /// Returns the hash of everything that determines the chain's future, but for what comes from outside.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn state_hash(&self) -> Result<HashBytes, Error> {
        self.state_root()?.hash()
    }

    /// Returns the hashes of the accounts, and of all else that determines the chain's future: config in force, time,
    /// coins, what is left over, lanes.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn state_root(&self) -> Result<StateRoot, Error> {
        let mut digest = Digest::new();
        digest.numbers(&[
            chain_number(self.id),
            u128::from(self.seqno),
            u128::from(self.time_ms),
            u128::from(self.lt),
        ])?;
        let supply = &self.supply;
        digest.numbers(&[supply.accounts_nano, supply.fees_nano, supply.burnt_nano])?;
        digest.numbers(&[supply.issued_nano, supply.minted_nano])?;
        digest.hash(&self.last_hash)?;
        digest.hash(&self.config.root_hash)?;
        digest.numbers(&[self.leftover.len() as u128])?;
        for cell in self.leftover() {
            digest.hash(cell.repr_hash())?;
        }
        for (id, lane) in self.sent.iter().chain(self.received.iter()) {
            digest.numbers(&[chain_number(id), u128::from(lane.count), lane.value_nano])?;
            digest.hash(&lane.hash)?;
        }
        Ok(StateRoot {
            accounts: accounts_hash(&self.accounts),
            rest: digest.finish(),
        })
    }
}

/// Returns a seed that differs for each block, for the contracts' randomness. It follows from the block before, so nobody
/// knows it long in advance.
pub(crate) fn block_seed(
    seed: u64,
    chain: ChainId,
    parent: &HashBytes,
) -> Result<HashBytes, Error> {
    let mut digest = Digest::new();
    digest.numbers(&[u128::from(seed), chain_number(chain)])?;
    digest.hash(parent)?;
    Ok(digest.finish())
}
