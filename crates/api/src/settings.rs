//! Limits. The defaults suit one small server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tycho_types::models::StdAddr;

/// Limits of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Maximum size of a request's body, in bytes.
    pub max_body_bytes: usize,
    /// Maximum number of items on a page.
    pub max_page: usize,
    /// Timeout until an answer begins.
    pub timeout: Duration,
    /// Maximum number of requests processed at a time: two per processor. A request that waits for nodes does not
    /// count meanwhile.
    pub max_workers: usize,
    /// Maximum number of requests that wait for processing.
    pub max_waiting: usize,
    /// Maximum number of concurrent queries to nodes.
    pub max_asking: usize,
    /// The same for one address (IPv6: one /64).
    pub max_asking_each: usize,
    /// Maximum number of concurrent event streams.
    pub max_streams: usize,
    /// The same for one address (IPv6: one /64).
    pub max_streams_each: usize,
    /// Maximum number of open connections, including streams.
    pub max_connections: usize,
    /// The same for one address (IPv6: one /64). Behind a proxy (`trust_forwarded`) all connections come from its
    /// address, and only `max_connections` applies.
    pub max_connections_each: usize,
    /// Maximum number of concurrent requests of one HTTP/2 connection. Each one beside the first counts as a connection of
    /// the same address.
    pub max_requests_per_connection: u32,
    /// Timeout for the head of a request, from its first byte.
    pub header_timeout: Duration,
    /// Timeout of a connection without a request, or that does not read what is sent.
    pub idle_timeout: Duration,
    /// Maximum number of requests per second of one address (IPv6: one /64), on average; 0 for no limit.
    pub requests_per_second: u32,
    /// Maximum burst of requests of one address.
    pub burst: u32,
    /// Whether the caller's address is the last entry of `X-Forwarded-For`: only behind a proxy that sets it.
    pub trust_forwarded: bool,
    /// Number of threads for get methods and estimates, which have the lowest priority.
    pub getter_threads: usize,
    /// Maximum number of running and waiting get methods and estimates of one address (IPv6: one /64).
    pub max_getters_each: usize,
    /// The same for all addresses.
    pub max_getters: usize,
    /// Gas limit of a get method.
    pub getter_gas: u64,
    /// Limit of processor time of a get method.
    pub getter_time: Duration,
    /// Maximum number of values on a get method's stack.
    pub getter_stack: usize,
    /// Memory limit of a get method, in bytes.
    pub getter_memory_bytes: usize,
    /// Names of accounts that the network knows, such as those of a devnet's owners. A pool has its own name or its
    /// owner's.
    pub names: Arc<BTreeMap<StdAddr, String>>,
    /// Origins whose pages may call the API, such as `https://example.org`; `*` for all.
    pub cors_origins: Vec<String>,
}

/// Two per processor: most requests are answered from memory, and more workers would only take processors away from
/// block production.
fn workers() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(4, |count| (2 * count.get()).max(4))
}

/// Half of the processors, and at most as many as hold 256 MiB together.
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
            max_requests_per_connection: 100,
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
