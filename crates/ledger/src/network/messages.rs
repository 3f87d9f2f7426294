//! Messages: how they come into the network, and what became of them.

use ddvs_types::{ChainId, MessageStatus};
use tycho_types::cell::{Cell, HashBytes};

use super::Network;
use crate::history::Fate;
use crate::{ExternalRefusal, SendError};

impl Network {
    /// Queues an external message for a chain, if its contract accepts it in the state after the last block, and
    /// returns its hash. A silenced chain accepts messages too.
    ///
    /// Fails with a refusal when the message is malformed, too large, queued already, not accepted, or the queue is
    /// full.
    pub fn send_external(&mut self, chain: ChainId, message: Cell) -> Result<HashBytes, SendError> {
        let limit = self.limits.max_queued_externals;
        let site = self
            .chains
            .get_mut(&chain)
            .ok_or(ExternalRefusal::UnknownChain(chain))?;
        (site.mempool).admit(&site.chain, message, self.now_ms, limit)
    }

    /// Queues an external message that passed [`ChainView::check_external`](crate::ChainView::check_external), without running its contract again. If
    /// the contract no longer accepts it, the block that takes it drops it.
    ///
    /// Fails only when it is not an external message to this chain, is queued already, or the queue is full.
    pub fn queue_checked(
        &mut self,
        chain: ChainId,
        message: Cell,
    ) -> Result<HashBytes, ExternalRefusal> {
        let limit = self.limits.max_queued_externals;
        let site = self
            .chains
            .get_mut(&chain)
            .ok_or(ExternalRefusal::UnknownChain(chain))?;
        site.mempool.queue_checked(&site.chain, message, limit)
    }

    /// Puts an internal message into the queue from `source` to the chain of its destination, as if an account there
    /// had sent it, which no real network allows. Its coins are counted as [`Supply::injected_nano`](ddvs_types::Supply::injected_nano).
    ///
    /// Fails only when the cell is not an internal message with plain addresses, or one of the chains does not exist.
    pub fn inject_internal(
        &mut self,
        source: ChainId,
        message: Cell,
    ) -> Result<HashBytes, SendError> {
        let hash = *message.repr_hash();
        let site = self
            .chains
            .get_mut(&source)
            .ok_or(ExternalRefusal::UnknownChain(source))?;
        if let Some(sent) = site.chain.inject(message)? {
            self.queues.push(source, sent, self.now_ms);
        }
        Ok(hash)
    }

    /// Returns the place or outcome of a message. Searches the queues, so it takes time where many messages wait.
    pub fn message_status(&self, hash: &HashBytes) -> MessageStatus {
        for (&chain, site) in &self.chains {
            if site.mempool.contains(hash) {
                return MessageStatus::InMempool { chain };
            }
        }
        match self.history.fate(hash) {
            Some(Fate::Executed(transaction)) => MessageStatus::Executed(transaction.clone()),
            Some(Fate::Dropped(dropped)) => MessageStatus::Dropped(dropped.clone()),
            Some(Fate::Returned(returned)) => MessageStatus::Returned(returned.clone()),
            None => self.in_transit(hash).unwrap_or(MessageStatus::Unknown),
        }
    }

    fn in_transit(&self, hash: &HashBytes) -> Option<MessageStatus> {
        let between = self.queues.iter().map(|(source, destination, message)| {
            (source, destination, message.hash(), message.available_at_ms)
        });
        let leftover = (self.chains.iter()).flat_map(|(&id, site)| {
            let last_ms = site.schedule.last_block_ms;
            (site.chain.leftover()).map(move |cell| (id, id, cell.repr_hash(), last_ms))
        });
        let mut all = between.chain(leftover);
        let (source, destination, _, available_at_ms) =
            all.find(|(_, _, waiting, _)| *waiting == hash)?;
        Some(MessageStatus::InTransit {
            source,
            destination,
            available_at_ms,
        })
    }

    /// Whether no message waits anywhere: without new ones, blocks would be empty.
    pub fn is_idle(&self) -> bool {
        let mut sites = self.chains.values();
        self.queued_internals() == 0 && sites.all(|site| site.mempool.len() == 0)
    }

    /// Returns the number of internal messages that wait for a block.
    pub fn queued_internals(&self) -> usize {
        let leftover = (self.chains.values()).map(|site| site.chain.leftover().len());
        self.queues.len() + leftover.sum::<usize>()
    }
}
