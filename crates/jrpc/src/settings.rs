//! Timeouts and limits.

use std::time::Duration;

use crate::Roots;

/// Timeouts, and limits on what is read from a node. The defaults suit nearby nodes whose chains make a block every
/// few seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Time to connect to a node.
    pub connect_timeout: Duration,
    /// Time for a whole call, including its answer.
    pub call_timeout: Duration,
    /// Trusted certificate authorities for nodes behind TLS.
    pub roots: Roots,
    /// Maximum size of one answer, in bytes.
    pub max_answer_bytes: u64,
    /// How long a node is skipped after its first failure; this doubles with each further one.
    pub set_aside: Duration,
    /// Maximum time that a node is skipped.
    pub max_set_aside: Duration,
    /// How long to retry when no node answers any more. A network of which no node ever answered is given up
    /// immediately.
    pub outage_patience: Duration,
    /// How long to retry reading an account that no node shows and that may exist.
    pub read_patience: Duration,
    /// Maximum lag of a node's state behind another's, in seconds; a node further behind is skipped.
    pub max_lag_s: u32,
    /// Time between two queries of the same kind.
    pub poll_interval: Duration,
    /// How long to wait for a block before the network counts as stopped.
    pub block_patience: Duration,
    /// Time after which a message without a transaction is resent.
    pub resend_after: Duration,
    /// How long a message without an expiry time is kept, in seconds of the network's time.
    pub message_ttl_s: u32,
    /// How long after its expiry a message without a transaction is given up, in seconds of the network's time: nodes
    /// show a block a little after it was made.
    pub expiry_grace_s: u32,
    /// How many times in a row a contract must reject a waiting message, with no transaction found, before the
    /// message is given up.
    pub refused_rounds: u32,
    /// Whether a message is emulated locally before it is sent. Otherwise nodes silently drop a message that its
    /// contract does not accept, and it is given up when it has expired; but no account has to be read.
    pub tries_first: bool,
    /// Maximum number of messages that wait for their transaction.
    pub max_pending: usize,
    /// Maximum number of accounts whose transactions are part of the stream of blocks.
    pub max_watched: usize,
    /// Maximum number of transactions scanned backwards to answer one query.
    pub max_walk: usize,
    /// Maximum number of transactions, messages and blocks in the cache.
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
