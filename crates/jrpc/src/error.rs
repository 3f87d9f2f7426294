//! Errors of nodes, with advice.

use std::fmt;

use ddvs_client::{ClientError, Refusal};

// Error codes of the node's RPC.
const INTERNAL: i64 = -32000;
const NOT_READY: i64 = -32001;
const NOT_SUPPORTED: i64 = -32002;
const INVALID_BOC: i64 = -32003;
const TIMEOUT: i64 = -32005;
const BAD_RESPONSE: i64 = -32006;
const METHOD_NOT_FOUND: i64 = -32601;

/// Maximum length of a node's message that is repeated.
const MAX_WORDS: usize = 300;

/// Reason why one call to one node failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// There was no connection, or it broke.
    #[error(
        "cannot be reached ({0}): is the node running, and is this the `rpc.listen_addr` of its config?"
    )]
    Unreachable(String),
    /// Something listens, but its certificate does not prove that it is the intended server.
    #[error("cannot be trusted: {0}{hint}", hint = tls_hint(.0))]
    Tls(String),
    /// The answer did not arrive in time.
    #[error("gave no answer within {0} ms: the node is overloaded or hangs")]
    Timeout(u128),
    /// It is not a node, or there is another server in front of it.
    #[error("answers with HTTP status {0}{hint}", hint = status_hint(*.0))]
    Status(u16),
    /// The answer exceeds the limit.
    #[error("answers with more than {0} bytes: raise `max_answer_bytes` if it may")]
    TooLarge(u64),
    /// The answer does not have the form of the method's result.
    #[error(
        "gives an answer that cannot be understood ({0}): is this the RPC of a tycho 1.0 node?"
    )]
    Malformed(String),
    /// Its state is older than that of other nodes.
    #[error("lags {0} s behind other nodes: it still catches up")]
    Lags(u32),
    /// Its config is older than another node's.
    #[error("has a config of block {found}, others have one of block {known}: it still catches up")]
    OldConfig {
        /// Number of its key block.
        found: u32,
        /// Number of the newest key block.
        known: u32,
    },
    /// The node's own error.
    #[error("{}", node_words(*.code, .message))]
    Node {
        /// JSON-RPC code.
        code: i64,
        /// The node's message.
        message: String,
    },
}

/// No block arrived within the patience. It is the cause of a fault, and can be distinguished there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "masterchain block {seqno} is still the last one after {waited_s} s: the network has stopped (do more than two thirds of the validators run?), or the nodes asked have lost it"
)]
pub struct StandsStill {
    /// Number of the last masterchain block.
    pub seqno: u32,
    /// How long it was waited for, in seconds.
    pub waited_s: u64,
}

/// Fault that a failed call attributes to the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// It is unusable now.
    Node,
    /// It does not serve this method, but may serve others.
    Method,
    /// The call itself is invalid at any node.
    Call,
}

impl CallError {
    /// Returns the node's own error, with its message shortened.
    pub(crate) fn node(code: i64, message: &str) -> Self {
        let message = message.chars().take(MAX_WORDS).collect();
        Self::Node { code, message }
    }

    /// Returns the error for an answer that cannot be understood.
    pub(crate) fn malformed(cause: impl fmt::Display) -> Self {
        Self::Malformed(cause.to_string().chars().take(MAX_WORDS).collect())
    }

    pub(crate) fn blame(&self) -> Blame {
        match self {
            Self::Node { code, .. } => match *code {
                INTERNAL | NOT_READY | TIMEOUT | BAD_RESPONSE => Blame::Node,
                NOT_SUPPORTED | METHOD_NOT_FOUND => Blame::Method,
                _ => Blame::Call,
            },
            Self::Unreachable(_)
            | Self::Tls(_)
            | Self::Timeout(_)
            | Self::Status(_)
            | Self::TooLarge(_)
            | Self::Lags(_)
            | Self::OldConfig { .. }
            | Self::Malformed(_) => Blame::Node,
        }
    }

    /// Returns the error that a user of the interface sees when the call itself is invalid.
    pub(crate) fn into_client(self, method: &str, url: &str) -> ClientError {
        match self {
            Self::Node {
                code: INVALID_BOC,
                message,
            } => Refusal::Message(format!("the node holds it malformed: {message}")).into(),
            other => ClientError::fault(format!("{method} at {url}"), other),
        }
    }
}

/// Advice by the message of the TLS library, which has no codes for these errors.
fn tls_hint(words: &str) -> &'static str {
    match words {
        _ if words.contains("InvalidContentType") => {
            ": it does not speak TLS; write http:// in place of https:// if that is right"
        }
        _ if words.contains("UnknownIssuer") => {
            ": no authority that is known here certifies it; if a private one does, set DDVS_CA_FILE to the file of its certificate"
        }
        _ => "",
    }
}

fn status_hint(status: u16) -> &'static str {
    match status {
        301 | 302 | 307 | 308 => {
            ": it sends on to another address; name that one, perhaps with https://"
        }
        400 => ": if it speaks TLS, write https:// in place of http://",
        404 | 405 | 415 => ": this is not the RPC of a tycho node",
        408 | 504 => ": the node is overloaded",
        429 => ": too many requests; raise or switch off `rpc.rate_limits` of the node",
        502 | 503 => ": the node behind this address is down or busy",
        _ => "",
    }
}

fn node_words(code: i64, message: &str) -> String {
    let words = match code {
        NOT_READY => "is not ready: it still loads or syncs its state, so wait",
        NOT_SUPPORTED => {
            "does not serve this: set `rpc.storage.type` to `Full` in the node's config"
        }
        METHOD_NOT_FOUND => "does not know this method: is it tycho 1.0?",
        TIMEOUT => "took too long inside: it is overloaded",
        INTERNAL => return format!("failed inside, see its log: {message}"),
        _ => return format!("says: {message} (code {code})"),
    };
    words.to_owned()
}

/// Errors of several nodes.
#[derive(Debug)]
pub(crate) struct NoAnswer(pub Vec<(String, CallError)>);

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no node answered")?;
        for (index, (url, error)) in self.0.iter().enumerate() {
            let sign = if index == 0 { ": " } else { "; " };
            write!(f, "{sign}{url} {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for NoAnswer {}
