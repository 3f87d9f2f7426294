//! Messages: how they come into the network, and what became of them.

use ddvs_types::{ChainId, MessageStatus};
use tycho_types::cell::{Cell, HashBytes};

use super::Network;
use crate::history::Fate;
use crate::route::Head;
use crate::{ExternalRefusal, SendError, external, route};

impl Network {
    /// Queues an external message for a chain, if its contract accepts it in the state after the last block, and
    /// returns its hash. A silenced chain accepts messages too.
    ///
    /// Fails with a refusal when the message is malformed, too large, queued already, not accepted, or the queue is
    /// full.
    pub fn send_external(&mut self, chain: ChainId, message: Cell) -> Result<HashBytes, SendError> {
        let limit = self.limits.max_queued_externals;
        let chain = self
            .chains
            .get_mut(&chain)
            .ok_or(ExternalRefusal::UnknownChain(chain))?;
        external::admit(chain, message, self.now_ms, limit)
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
        let chain = self
            .chains
            .get_mut(&chain)
            .ok_or(ExternalRefusal::UnknownChain(chain))?;
        external::queue_checked(chain, message, limit)
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
        let malformed = |reason: String| ExternalRefusal::Malformed {
            chain: source,
            reason,
        };
        let head = match route::read_head(&message) {
            Ok(Head::Internal(head)) => head,
            Ok(Head::Nowhere(_)) => {
                return Err(malformed("an address of variable length".to_owned()).into());
            }
            Ok(Head::External) => {
                return Err(malformed("not an internal message".to_owned()).into());
            }
            Err(error) => return Err(malformed(error.to_string()).into()),
        };
        let destination = head.destination.workchain;
        for chain in [source, destination] {
            if !self.chain_ids.contains(&chain) {
                return Err(ExternalRefusal::UnknownChain(chain).into());
            }
        }
        let hash = *message.repr_hash();
        self.injected_nano += head.carried_nano();
        self.queues
            .push(source, destination, message, head, self.now_ms);
        Ok(hash)
    }

    /// Returns the place or outcome of a message. Searches the queues, so it takes time where many messages wait.
    pub fn message_status(&self, hash: &HashBytes) -> MessageStatus {
        for chain in self.chains.values() {
            if chain.mempool.contains(hash) {
                return MessageStatus::InMempool { chain: chain.id };
            }
        }
        match self.history.fate(hash) {
            Some(Fate::Executed(transaction)) => MessageStatus::Executed(transaction.clone()),
            Some(Fate::Dropped(dropped)) => MessageStatus::Dropped(dropped.clone()),
            Some(Fate::Returned(returned)) => MessageStatus::Returned(returned.clone()),
            None => self
                .queues
                .iter()
                .find(|(_, _, message)| message.hash() == hash)
                .map_or(MessageStatus::Unknown, |(source, destination, message)| {
                    MessageStatus::InTransit {
                        source,
                        destination,
                        available_at_ms: message.available_at_ms,
                    }
                }),
        }
    }

    /// Whether no message waits anywhere: without new ones, blocks would be empty.
    pub fn is_idle(&self) -> bool {
        self.queues.len() == 0 && self.chains.values().all(|chain| chain.mempool.len() == 0)
    }

    /// Returns the number of internal messages that wait for a block.
    pub fn queued_internals(&self) -> usize {
        self.queues.len()
    }
}
