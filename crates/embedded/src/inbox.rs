//! Messages between their acceptance and a block.

use std::collections::{HashSet, VecDeque};

use ddvs_ledger::{ExternalRefusal, Network};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

/// Maximum number of messages that wait to be put into the chains' queues.
pub(crate) const MAX_INBOX: usize = 20_000;

/// Keeps messages from their acceptance until a block contains them.
pub trait Journal: std::fmt::Debug + Send + Sync {
    /// Records a message. If this fails, the message is not accepted.
    fn append(&self, message: &Cell) -> std::io::Result<()>;

    /// Called when everything recorded so far is in the chains' queues.
    fn turn(&self);
}

/// Messages that passed the check and wait for the network's next change.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    pub waiting: VecDeque<(ChainId, Cell)>,
    pub hashes: HashSet<HashBytes>,
}

impl Inbox {
    /// Puts as many messages as fit into the chains' queues.
    pub fn empty_into(&mut self, network: &mut Network) {
        let mut kept = VecDeque::new();
        while let Some((chain, message)) = self.waiting.pop_front() {
            match network.queue_checked(chain, message.clone()) {
                Err(ExternalRefusal::QueueFull { .. }) => kept.push_back((chain, message)),
                // queued, or already in the queue
                _ => {
                    self.hashes.remove(message.repr_hash());
                }
            }
        }
        self.waiting = kept;
    }
}
