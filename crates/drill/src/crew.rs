//! Participants: the owners of the genesis Roots, and the faucet.

use std::time::Duration;

use anyhow::{Context, Result};
use ddvs_client::{ChainId, DePoolRoot, DePoolWallet, OwnerWallet};
use ddvs_contracts::{Codes, Network};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use ddvs_tycho::{Layout, NetworkFile, StoredKey};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::sender::Sender;

/// Timeout of a drill's message.
const TTL_S: u32 = 300;

/// Connects to all nodes. Messages are not emulated locally first: a drill's messages are known to be valid, and a node may
/// hide a workchain's accounts for a while.
///
/// Fails only when no node answers.
pub fn connect(layout: &Layout) -> Result<JrpcNetwork> {
    let description = NetworkDescription::load(&layout.network())?;
    let settings = Settings {
        read_patience: Duration::from_secs(120),
        outage_patience: Duration::from_secs(60),
        tries_first: false,
        ..Settings::default()
    };
    JrpcNetwork::connect(description, settings)
        .context("connecting to the nodes; `ddvs tycho up` starts them")
}

/// A genesis Root with its owner and node.
#[derive(Debug)]
pub struct Pool {
    /// The node that validates for it.
    pub node: u16,
    /// That node's consensus key.
    pub key: HashBytes,
    /// Its owner's wallet.
    pub owner: Sender,
    /// The owner's DePool Wallet.
    pub wallet: DePoolWallet,
    /// The Root.
    pub root: DePoolRoot,
}

/// All participants.
#[derive(Debug)]
pub struct Crew {
    /// The network, from which addresses follow.
    pub network: Network,
    /// Param 19.
    pub global_id: i32,
    /// All workchains.
    pub workchains: Vec<ChainId>,
    /// Genesis Roots, by chain.
    pub pools: Vec<Pool>,
    faucet: StoredKey,
}

impl Crew {
    /// Reads the keys of a network's directory, and the Roots' terms from the network.
    ///
    /// Fails only when a key is missing or a Root is not shown.
    pub fn assemble(layout: &Layout, file: &NetworkFile, backend: &JrpcNetwork) -> Result<Self> {
        let genesis = file
            .genesis
            .parse()
            .context("reading the network's genesis")?;
        let network = Network::with_codes(genesis, &Codes::default());
        let mut pools = Vec::new();
        let mut entries = Vec::new();
        for entry in &file.roots {
            entries.push((entry.address.parse::<StdAddr>()?, entry));
        }
        // a node shows the accounts of one workchain at a time
        entries.sort_by_key(|(address, _)| address.workchain);
        for (address, entry) in entries {
            let owner = StoredKey::read(&layout.key(&entry.owner))?;
            let owner = OwnerWallet::new(owner.secret.0, address.workchain, file.global_id)?;
            pools.push(Pool {
                node: entry.node,
                key: StoredKey::read(&layout.node_key(entry.node))?.public,
                wallet: DePoolWallet::new(&network, address.workchain, owner.address())?,
                root: DePoolRoot::fetch(backend, &network, &address)?,
                owner: Sender::new(owner, TTL_S),
            });
        }
        let chains = file.chains.iter().map(|chain| chain.id);
        Ok(Self {
            network,
            global_id: file.global_id,
            workchains: chains.filter(|&id| id >= 0).collect(),
            pools,
            faucet: StoredKey::read(&layout.key("faucet"))?,
        })
    }

    /// Returns the faucet's wallet on a chain.
    ///
    /// Fails only when the wallet's code is not available.
    pub fn faucet(&self, chain: ChainId) -> Result<Sender> {
        let wallet = OwnerWallet::new(self.faucet.secret.0, chain, self.global_id)?;
        Ok(Sender::new(wallet, TTL_S))
    }
}
