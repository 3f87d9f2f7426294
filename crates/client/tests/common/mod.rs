//! A network of a masterchain and two workchains with funded, undeployed standard wallets.
#![allow(dead_code)] // Each test file uses a part of it.
#![allow(clippy::unwrap_used)] // Helpers of tests may panic like the tests.

// Contracts and configs are those of the ledger's tests.
#[path = "../../../ledger/tests/common/mod.rs"]
pub mod ledger;

use ddvs_client::{ChainId, MASTERCHAIN, OwnerWallet};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::{GenesisAccount, Network, NetworkGenesis};
#[allow(unused_imports)]
pub use ledger::{COIN, ConfigPlan, addr, assert_conserved, chain_genesis, delector, puppet};

pub const NETWORK_ID: i32 = 42;

/// Wallet number `number` on a chain.
pub fn wallet(chain: ChainId, number: u8) -> OwnerWallet {
    OwnerWallet::new([number; 32], chain, NETWORK_ID).unwrap()
}

/// Wallets 1 to 3 on each chain hold 100 coins, and are not deployed.
pub fn network() -> EmbeddedNetwork {
    let plan = ConfigPlan::default();
    let chains = [MASTERCHAIN, 0, 1].map(|id| {
        let mut chain = chain_genesis(id, 2, &plan);
        for number in 1..=3 {
            let address = wallet(id, number).address().clone();
            let balance_nano = 100 * COIN;
            chain.accounts.push(GenesisAccount {
                address,
                state_init: None,
                balance_nano,
            });
        }
        chain
    });
    let genesis = NetworkGenesis::new(chains.to_vec(), ledger::START_MS, 1);
    EmbeddedNetwork::new(Network::new(genesis).unwrap())
}
