//! A network of a masterchain and two workchains with funded, undeployed standard wallets.

use ddvs_client::OwnerWallet;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::{GenesisAccount, Network, NetworkGenesis};
use ddvs_types::{COIN, ChainId, MASTERCHAIN};

use crate::puppets::{self, ConfigPlan, chain_genesis};

/// Signature domain of the wallets.
pub const NETWORK_ID: i32 = 42;

/// Wallet number `number` on a chain.
pub fn wallet(chain: ChainId, number: u8) -> OwnerWallet {
    OwnerWallet::new([number; 32], chain, NETWORK_ID).expect("the code is compiled in")
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
    let genesis = NetworkGenesis::new(chains.to_vec(), puppets::START_MS, 1);
    EmbeddedNetwork::new(Network::new(genesis).expect("the genesis is complete"))
}
