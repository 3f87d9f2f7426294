//! Malachite's settings.

use std::time::Duration;

use ddvs_light::Scope;
use malachitebft_app_channel::app::config::{
    ConsensusConfig, DiscoveryConfig, NodeConfig, P2pConfig, ProtocolNames, ValueSyncConfig,
};
use malachitebft_app_channel::app::net::Multiaddr;

use crate::codec::PART_BYTES;

/// Room for everything in a message but the bytes of a block.
const MESSAGE_BYTES: usize = 64 * 1024;

/// Bytes of a signature with its key, type and value in a certificate.
const SIGNATURE_BYTES: usize = 129;

/// Most validators for whose certificates messages have room.
const MAX_SIGNERS: usize = 4_096;

/// Settings of one engine.
#[derive(Clone)]
pub(crate) struct Settings {
    moniker: String,
    consensus: ConsensusConfig,
    sync: ValueSyncConfig,
}

impl Settings {
    pub(crate) fn new(
        scope: &Scope,
        listen: Multiaddr,
        peers: Vec<Multiaddr>,
        max_block_bytes: usize,
    ) -> Self {
        let mut p2p = P2pConfig {
            listen_addr: listen,
            persistent_peers: peers,
            discovery: DiscoveryConfig {
                enabled: false,
                // many engines of a machine or behind one router may be honest
                max_connections_per_ip: 1_000,
                ..DiscoveryConfig::default()
            },
            protocol_names: protocol_names(scope),
            ..P2pConfig::default()
        };
        let certificate = MESSAGE_BYTES + MAX_SIGNERS * SIGNATURE_BYTES;
        let decision = max_block_bytes + certificate;
        p2p.pubsub_max_size.0 = certificate.max(MESSAGE_BYTES + PART_BYTES) as u64;
        // with the transport's own encoding around it
        p2p.rpc_max_size.0 = (decision + MESSAGE_BYTES) as u64;
        let mut sync = ValueSyncConfig {
            // a follower learns by them that it is behind
            status_update_interval: Duration::from_secs(1),
            request_timeout: Duration::from_secs(5),
            ..ValueSyncConfig::default()
        };
        sync.max_response_size.0 = decision as u64;
        Self {
            moniker: format!("chain {}", scope.chain),
            consensus: ConsensusConfig {
                p2p,
                // heights ahead of which messages are kept
                queue_capacity: 100,
                ..ConsensusConfig::default()
            },
            sync,
        }
    }
}

/// Names that hold the whole scope: engines of different scopes share no protocol.
fn protocol_names(scope: &Scope) -> ProtocolNames {
    let prefix = format!(
        "/ddvs/{}/{}/{}",
        scope.genesis, scope.chain, scope.incarnation
    );
    ProtocolNames {
        consensus: format!("{prefix}/consensus"),
        discovery_kad: format!("{prefix}/kad"),
        discovery_regres: format!("{prefix}/discovery"),
        sync: format!("{prefix}/sync"),
        validator_proof: format!("{prefix}/proof"),
    }
}

impl NodeConfig for Settings {
    fn moniker(&self) -> &str {
        &self.moniker
    }

    fn consensus(&self) -> &ConsensusConfig {
        &self.consensus
    }

    fn consensus_mut(&mut self) -> &mut ConsensusConfig {
        &mut self.consensus
    }

    fn value_sync(&self) -> &ValueSyncConfig {
        &self.sync
    }

    fn value_sync_mut(&mut self) -> &mut ValueSyncConfig {
        &mut self.sync
    }
}
