//! External messages that wait for a block.

use std::collections::VecDeque;

use ahash::HashSet;
use ddvs_chain::Chain;
use ddvs_chain::external::External;
use tycho_types::cell::{Cell, HashBytes};

use crate::{ExternalRefusal, SendError};

/// The external messages that wait for a block, in order of arrival.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mempool {
    queue: VecDeque<External>,
    hashes: HashSet<HashBytes>,
}

impl Mempool {
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    pub fn contains(&self, hash: &HashBytes) -> bool {
        self.hashes.contains(hash)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.queue.iter().map(External::cell)
    }

    pub fn pop(&mut self) -> Option<External> {
        let external = self.queue.pop_front()?;
        self.hashes.remove(external.cell().repr_hash());
        Some(external)
    }

    fn push(&mut self, external: External) {
        self.hashes.insert(*external.cell().repr_hash());
        self.queue.push_back(external);
    }

    /// Checks an external message against the state after the chain's last block and queues it.
    ///
    /// The contract runs up to the point where it accepts, so a message that it would reject is not queued. This does
    /// not predict later success: the state may have changed by then, and processing after the acceptance may fail.
    pub fn admit(
        &mut self,
        chain: &Chain,
        message: Cell,
        now_ms: u64,
        limit: usize,
    ) -> Result<HashBytes, SendError> {
        let view = chain.view(now_ms)?;
        let account = view.check_form(&message)?;
        self.check_room(chain, &message, limit)?;
        view.check_accepted(&account, &message)?;
        Ok(self.queue_checked(chain, message, limit)?)
    }

    /// Queues a message that was checked against a view of the chain.
    ///
    /// Fails only when it is not an external message to this chain, is queued already, or the queue is full.
    pub fn queue_checked(
        &mut self,
        chain: &Chain,
        message: Cell,
        limit: usize,
    ) -> Result<HashBytes, ExternalRefusal> {
        let hash = *message.repr_hash();
        let external = External::read(chain.id(), message)?;
        self.check_room(chain, external.cell(), limit)?;
        self.push(external);
        Ok(hash)
    }

    fn check_room(
        &self,
        chain: &Chain,
        message: &Cell,
        limit: usize,
    ) -> Result<(), ExternalRefusal> {
        let hash = *message.repr_hash();
        if self.contains(&hash) {
            return Err(ExternalRefusal::Duplicate(hash));
        }
        if self.len() >= limit {
            let chain = chain.id();
            return Err(ExternalRefusal::QueueFull { chain, limit });
        }
        Ok(())
    }

    /// Queues a message that was admitted before, without running the contract again.
    ///
    /// Fails only when it is not an external message to this chain.
    pub fn requeue(&mut self, chain: &Chain, message: Cell) -> Result<(), ExternalRefusal> {
        self.push(External::read(chain.id(), message)?);
        Ok(())
    }
}
