//! A small network whose contracts are controlled by the tests, without those of the protocol.

pub mod config;
pub mod messages;
pub mod puppet;

use std::sync::Arc;

use ddvs_ledger::{ChainGenesis, GenesisAccount, Network, NetworkGenesis};
use ddvs_types::{Block, COIN, ChainId, MASTERCHAIN, TransactionRecord};
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Store};
use tycho_types::models::{StateInit, StdAddr};

pub use self::config::{ConfigPlan, validator_set};
pub use self::messages::{BROKEN_NANO, broken, external, injected, internal, internal_to};

/// Time at which the network starts, in ms since 1970.
pub const START_MS: u64 = 1_800_000_000_000;
/// Time between blocks, in ms.
pub const BLOCK_MS: u64 = 1_000;

fn cell(value: impl Store) -> Cell {
    CellBuilder::build_from(value).expect("it fits in a cell")
}

/// A distinct account id for each chain and number.
pub fn id(chain: ChainId, number: u32) -> HashBytes {
    *cell((chain as u8, number)).repr_hash()
}

/// Address of the account with this number.
pub fn addr(chain: ChainId, number: u32) -> StdAddr {
    StdAddr::new(chain, id(chain, number))
}

/// The D'Elector of a chain: account number 0.
pub fn delector(chain: ChainId) -> StdAddr {
    addr(chain, 0)
}

/// Data of a D'Elector stand-in: the config is its first reference.
pub fn delector_data(config: Cell) -> Cell {
    cell(config)
}

/// An account with the puppets' code.
pub fn account(address: StdAddr, data: Cell, balance_nano: u128) -> GenesisAccount {
    GenesisAccount {
        address,
        state_init: Some(StateInit {
            code: Some(puppet::code()),
            data: Some(data),
            ..Default::default()
        }),
        balance_nano,
    }
}

/// A chain with a D'Elector stand-in and puppets 1..=`puppets` of 1,000 coins each.
pub fn chain_genesis(id: ChainId, puppets: u32, plan: &ConfigPlan) -> ChainGenesis {
    let mut accounts = vec![account(
        delector(id),
        delector_data(plan.build(id)),
        1_000 * COIN,
    )];
    for number in 1..=puppets {
        accounts.push(account(addr(id, number), Cell::empty_cell(), 1_000 * COIN));
    }
    ChainGenesis {
        id,
        block_time_ms: BLOCK_MS,
        delector: delector(id),
        delector_code_hash: *puppet::code().repr_hash(),
        accounts,
    }
}

/// A masterchain and workchains 0, 1, 2.
pub fn genesis(puppets: u32, plan: &ConfigPlan) -> NetworkGenesis {
    let chains = [MASTERCHAIN, 0, 1, 2].map(|id| chain_genesis(id, puppets, plan));
    NetworkGenesis::new(chains.to_vec(), START_MS, 1)
}

/// The network of four chains with the default config.
pub fn network() -> Network {
    Network::new(genesis(4, &ConfigPlan::default())).expect("the genesis is complete")
}

/// Makes blocks until nothing waits, and checks the coins after each.
pub fn settle(network: &mut Network) -> Vec<Arc<Block>> {
    let mut blocks = vec![];
    for _ in 0..10_000 {
        if network.is_idle() {
            return blocks;
        }
        blocks.extend(network.step().expect("a block is made"));
    }
    panic!("messages still wait after 10,000 blocks");
}

/// Counts all coins one by one and compares.
pub fn assert_conserved(network: &Network) {
    let supply = network.supply();
    assert!(supply.is_conserved(), "{supply:?}");
    let recounted = network.recount_supply().expect("all accounts parse");
    assert_eq!(recounted, supply);
}

/// All transactions of these blocks, in order.
pub fn transactions(blocks: &[Arc<Block>]) -> Vec<Arc<TransactionRecord>> {
    blocks
        .iter()
        .flat_map(|block| block.transactions.iter().cloned())
        .collect()
}

/// Tells a puppet to do something.
pub fn tell(network: &mut Network, puppet: &StdAddr, body: Cell) -> HashBytes {
    network
        .send_external(puppet.workchain, external(puppet, body))
        .expect("the puppet accepts it")
}
