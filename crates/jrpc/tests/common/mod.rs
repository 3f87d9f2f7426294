//! Nodes that answer as tycho 1.0 does, over the embedded network, and fail on request.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

pub mod blocks;
pub mod node;

use std::time::Duration;

use ddvs_client::ChainId;
use ddvs_jrpc::{ChainDescription, JrpcNetwork, NetworkDescription, Settings};
use ddvs_test_kit::{puppets, wallets};

pub use node::{Node, World};

/// Of the config of the ledger's tests.
pub const GLOBAL_ID: i32 = 42;

/// Nodes of one network.
pub fn nodes(count: usize) -> (World, Vec<Node>) {
    let world = World::new(wallets::network());
    let nodes = (0..count).map(|_| Node::start(&world)).collect();
    (world, nodes)
}

pub fn description(nodes: &[Node]) -> NetworkDescription {
    let chain = |id: ChainId| ChainDescription {
        id,
        delector: puppets::delector(id),
    };
    NetworkDescription {
        global_id: GLOBAL_ID,
        chains: vec![chain(-1), chain(0), chain(1)],
        endpoints: nodes.iter().map(|node| node.url.clone()).collect(),
    }
}

/// Little patience.
pub fn settings() -> Settings {
    let ms = Duration::from_millis;
    Settings {
        connect_timeout: ms(500),
        call_timeout: ms(2_000),
        set_aside: ms(300),
        max_set_aside: ms(1_000),
        outage_patience: ms(0),
        read_patience: ms(400),
        poll_interval: ms(5),
        block_patience: ms(500),
        resend_after: ms(20),
        ..Settings::default()
    }
}

pub fn connect(nodes: &[Node]) -> JrpcNetwork {
    JrpcNetwork::connect(description(nodes), settings()).unwrap()
}
