//! Limits. Each has a default that suits one small server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tycho_types::models::StdAddr;

/// What a server lets its users do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of a request's body.
    pub max_body_bytes: usize,
    /// Items of a page.
    pub max_page: usize,
    /// Time for an answer to begin.
    pub timeout: Duration,
    /// Questions that are worked on at the same time: two for each processor. One that waits for nodes does not count
    /// meanwhile.
    pub max_workers: usize,
    /// Questions that wait for that.
    pub max_waiting: usize,
    /// Questions to nodes that are under way.
    pub max_asking: usize,
    /// Those of one address (IPv6: of one /64).
    pub max_asking_each: usize,
    /// Streams of events that are open at the same time.
    pub max_streams: usize,
    /// Those of one address (IPv6: of one /64).
    pub max_streams_each: usize,
    /// Connections that are open at the same time, streams among them.
    pub max_connections: usize,
    /// Those of one address (IPv6: of one /64). Behind a proxy (`trust_forwarded`) all come from its address, and only
    /// `max_connections` counts.
    pub max_connections_each: usize,
    /// Time for the head of a request to come, once it has begun.
    pub header_timeout: Duration,
    /// Time that a connection may be open without a request, or without anything being taken of what is sent.
    pub idle_timeout: Duration,
    /// Requests per second of one address (IPv6: of one /64), on average; 0 for no limit.
    pub requests_per_second: u32,
    /// Requests of one address at once.
    pub burst: u32,
    /// Whether the caller's address is the last one of `X-Forwarded-For`: behind a proxy that sets it, and only there.
    pub trust_forwarded: bool,
    /// Threads for get methods and estimates: they come after all others.
    pub getter_threads: usize,
    /// Get methods and estimates of one address (IPv6: of one /64) that run or wait.
    pub max_getters_each: usize,
    /// Those of all addresses.
    pub max_getters: usize,
    /// Gas of a get method.
    pub getter_gas: u64,
    /// Time of a processor that a get method may take.
    pub getter_time: Duration,
    /// Values that a get method may have on its stack.
    pub getter_stack: usize,
    /// Bytes of memory that a get method may hold.
    pub getter_memory_bytes: usize,
    /// Names of accounts that the network knows, such as those of a devnet's owners. A pool has its own name or its owner's.
    pub names: Arc<BTreeMap<StdAddr, String>>,
    /// Origins whose pages may call the API, such as `https://example.org`; `*` for all.
    pub cors_origins: Vec<String>,
}

/// Two for each processor: most questions are answered from memory, and more of them would only take the processors away
/// from who makes blocks.
fn workers() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(4, |count| (2 * count.get()).max(4))
}

/// Half of the processors, and not more than together hold 256 MiB.
fn getter_threads() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(1, |count| (count.get() / 2).clamp(1, 4))
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_body_bytes: 512 << 10,
            max_page: 1_000,
            timeout: Duration::from_secs(15),
            max_workers: workers(),
            max_waiting: 2_048,
            max_asking: 128,
            max_asking_each: 32,
            max_streams: 512,
            max_streams_each: 128,
            max_connections: 2_048,
            max_connections_each: 512,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            requests_per_second: 500,
            burst: 2_000,
            trust_forwarded: false,
            getter_threads: getter_threads(),
            max_getters_each: 32,
            max_getters: 256,
            getter_gas: 20_000_000,
            getter_time: Duration::from_secs(1),
            getter_stack: 65_536,
            getter_memory_bytes: 64 << 20,
            names: Arc::default(),
            cors_origins: vec!["*".to_owned()],
        }
    }
}
