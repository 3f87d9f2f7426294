//! Patience and limits.

use std::time::Duration;

use crate::Roots;

/// How long to wait, and how much to take from a node. The defaults suit nodes near by whose chains
/// make a block every second or few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Time to connect to a node.
    pub connect_timeout: Duration,
    /// Time for a whole call, its answer included.
    pub call_timeout: Duration,
    /// Whom a node behind TLS must be certified by.
    pub roots: Roots,
    /// Bytes that one answer may have.
    pub max_answer_bytes: u64,
    /// How long a node is passed over after its first failure; twice as long after each further one.
    pub set_aside: Duration,
    /// The longest time that a node is passed over.
    pub max_set_aside: Duration,
    /// How long to ask again when no node answers any more. A network of which no node ever answered is
    /// given up at once.
    pub outage_patience: Duration,
    /// How long to ask again for an account that no node shows and that may be there.
    pub read_patience: Duration,
    /// Seconds that a node's state may be older than another's; one that is further behind is passed over.
    pub max_lag_s: u32,
    /// Time between two questions of the same kind.
    pub poll_interval: Duration,
    /// How long to wait for a block before the network is held to have stopped.
    pub block_patience: Duration,
    /// Time after which a message without a transaction is sent again.
    pub resend_after: Duration,
    /// Seconds, by the network's time, for which a message is kept that does not say how long it is
    /// valid.
    pub message_ttl_s: u32,
    /// Seconds, by the network's time, after which an expired message without a transaction is
    /// given up: nodes show a block a little after it was made.
    pub expiry_grace_s: u32,
    /// Times in a row that a contract must turn a waiting message down, and no transaction be found,
    /// before the message is given up.
    pub refused_rounds: u32,
    /// Whether a message is tried on this machine before it is sent. Without it, one that its contract does not accept is
    /// dropped by the nodes without a word, and given up when it has expired; but no account has to be read.
    pub tries_first: bool,
    /// Messages that may wait for their transaction.
    pub max_pending: usize,
    /// Accounts whose transactions are part of the stream of blocks.
    pub max_watched: usize,
    /// Transactions that are walked back through to answer one question.
    pub max_walk: usize,
    /// Transactions, messages and blocks that are remembered.
    pub max_remembered: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            call_timeout: Duration::from_secs(10),
            roots: Roots::default(),
            max_answer_bytes: 64 << 20,
            set_aside: Duration::from_secs(1),
            max_set_aside: Duration::from_secs(30),
            outage_patience: Duration::from_secs(5),
            read_patience: Duration::from_secs(15),
            max_lag_s: 10,
            poll_interval: Duration::from_millis(100),
            block_patience: Duration::from_secs(120),
            resend_after: Duration::from_secs(5),
            message_ttl_s: 600,
            expiry_grace_s: 15,
            refused_rounds: 3,
            tries_first: true,
            max_pending: 4_096,
            max_watched: 512,
            max_walk: 10_000,
            max_remembered: 50_000,
        }
    }
}
