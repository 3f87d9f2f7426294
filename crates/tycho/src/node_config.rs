//! Settings of a node: only what differs from the engine's defaults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use serde_json::{Value, json};

use crate::options::Profile;

/// Where a node listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodePorts {
    /// Address that the other nodes reach it at.
    pub public_ip: IpAddr,
    /// Address that it listens on.
    pub local_ip: IpAddr,
    /// Address that its JSON-RPC listens on.
    pub rpc_ip: IpAddr,
    /// UDP port for the other nodes.
    pub udp: u16,
    /// TCP port of its JSON-RPC.
    pub rpc: u16,
}

impl NodePorts {
    /// A node on a host of its own: it listens on all of the host's addresses, and answers requests of the host itself only.
    pub fn on_host(public_ip: IpAddr, udp: u16, rpc: u16) -> Self {
        Self {
            public_ip,
            local_ip: Ipv4Addr::UNSPECIFIED.into(),
            rpc_ip: Ipv4Addr::LOCALHOST.into(),
            udp,
            rpc,
        }
    }

    /// A node that talks to its own machine only.
    pub fn loopback(udp: u16, rpc: u16) -> Self {
        Self {
            public_ip: Ipv4Addr::LOCALHOST.into(),
            local_ip: Ipv4Addr::LOCALHOST.into(),
            rpc_ip: Ipv4Addr::LOCALHOST.into(),
            udp,
            rpc,
        }
    }
}

/// The config file of a node whose database is `database`.
pub fn node_config(ports: NodePorts, database: &Path, profile: Profile) -> Value {
    let mut config = json!({
        "public_ip": ports.public_ip,
        "local_ip": ports.local_ip,
        "port": ports.udp,
        "storage": { "root_dir": database },
        "rpc": {
            "listen_addr": SocketAddr::new(ports.rpc_ip, ports.rpc),
            // whole blocks: what a user follows a message across chains with
            "allow_huge_requests": true,
        },
        "metrics": null,
        // a young network has no archives to learn from
        "blockchain_rpc_client": { "too_new_archive_threshold": 1 },
    });
    if profile == Profile::Small {
        merge(&mut config, small());
    }
    config
}

fn small() -> Value {
    json!({
        "storage": { "rocksdb_lru_capacity": "64 MB", "rocksdb_enable_metrics": false },
        "core_storage": {
            "cells_cache_size": "16 MB",
            "cell_storage_threads": 1,
            "shard_split_depth": 1,
            "store_archives": false,
            "blob_db": { "pre_create_cas_tree": false },
            "blocks_cache": { "size": "32 MB" },
            "cell_nursery_checkpoint_wal_threshold": "64 MB",
        },
        "mempool": { "rayon_threads": 1, "emit_stats_metrics": false },
        "threads": { "rayon_threads": 1, "tokio_workers": 2, "reclaimer_threads": 1 },
        "collator": { "accounts_split_depth": 1, "merkle_split_depth": 1 },
        // A node forgets a neighbour that does not answer, and with the engine's defaults looks for others after two minutes or
        // more. Among five nodes the neighbour that was killed a moment ago is one of four: without these a set in which two
        // members have lost the others stands still until then.
        "public_overlay_client": {
            "neighbors": { "update_interval": "3s", "ping_interval": "2s", "apply_score_interval": "1s" },
            "validators": { "ping_interval": "5s" },
        },
        "overlay": {
            "public_overlay_peer_store_period": "10s",
            "public_overlay_peer_store_max_jitter": "2s",
            "public_overlay_peer_exchange_period": "5s",
            "public_overlay_peer_exchange_max_jitter": "1s",
            "public_overlay_peer_collect_period": "5s",
            "public_overlay_peer_collect_max_jitter": "1s",
            "public_overlay_peer_discovery_period": "5s",
            "public_overlay_peer_discovery_max_jitter": "1s",
        },
        "dht": {
            "local_info_announce_period": "20s",
            "local_info_announce_period_max_jitter": "2s",
            "routing_table_refresh_period": "10s",
            "routing_table_refresh_period_max_jitter": "2s",
            "bootstrap_peers_refill_period": "5s",
        },
        "peer_resolver": { "max_retry_interval": "5s" },
        "network": { "max_connection_backoff": "5s", "connection_backoff": "1s", "connectivity_check_interval": "1s" },
    })
}

/// What nodes write to their logs.
pub fn logger_config() -> Value {
    json!({
        "tycho": "warn",
        "tycho_core": "info",
        "collation_manager": "info",
        "mempool_adapter": "info",
        "validator": "info",
        "collator": "info",
        "tycho_consensus": "info",
        "collator::read_next_externals": "warn",
    })
}

/// Adds what is in `other`, object by object.
fn merge(config: &mut Value, other: Value) {
    match (config, other) {
        (Value::Object(config), Value::Object(other)) => {
            for (key, value) in other {
                merge(config.entry(key).or_insert(Value::Null), value);
            }
        }
        (config, other) => *config = other,
    }
}
