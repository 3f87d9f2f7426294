//! Settings of a node: only those that differ from the engine's defaults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use serde_json::{Value, json};

use crate::options::Profile;

/// Addresses of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodePorts {
    /// Address for the other nodes.
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
    /// Returns the addresses of a node on its own host: it listens on all of the host's addresses, and answers only
    /// requests of the host itself.
    pub fn on_host(public_ip: IpAddr, udp: u16, rpc: u16) -> Self {
        Self {
            public_ip,
            local_ip: Ipv4Addr::UNSPECIFIED.into(),
            rpc_ip: Ipv4Addr::LOCALHOST.into(),
            udp,
            rpc,
        }
    }

    /// Returns the addresses of a node that communicates only on its own machine.
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

/// Returns the config file of a node whose database is `database`.
pub fn node_config(ports: NodePorts, database: &Path, profile: Profile) -> Value {
    let mut config = json!({
        "public_ip": ports.public_ip,
        "local_ip": ports.local_ip,
        "port": ports.udp,
        "storage": { "root_dir": database },
        "rpc": {
            "listen_addr": SocketAddr::new(ports.rpc_ip, ports.rpc),
            // whole blocks, which clients need to trace a message across chains
            "allow_huge_requests": true,
        },
        "metrics": null,
        // a young network has no archives to sync from
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
        // A node drops a neighbour that does not answer, and with the engine's defaults looks for others only after
        // two minutes or more. Among five nodes a killed neighbour is one of four: with the defaults a set in which
        // two members have lost the others halts until then.
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

/// Returns the nodes' log settings.
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

/// Merges `other`, object by object.
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
