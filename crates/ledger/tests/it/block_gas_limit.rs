//! A block stops at its gas limit; remaining messages continue in the next one, in order.

use ddvs_ledger::{Network, NetworkGenesis};
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MASTERCHAIN};

fn network_with(block_gas_limit: u64) -> Network {
    let plan = ConfigPlan {
        block_gas_limit,
        ..Default::default()
    };
    Network::new(genesis(40, &plan)).unwrap()
}

#[test]
fn messages_on_one_chain_run_in_one_block_while_gas_lasts() {
    let mut network = network_with(10_000_000);
    let path: Vec<_> = (2..=20).map(|n| addr(0, n)).collect();
    let message = internal(&addr(0, 1), 50 * COIN, true, puppet::forward(&path));
    tell(&mut network, &addr(0, 30), puppet::send(&[(1, message)]));
    let block = network.produce_block(0).unwrap();
    assert_eq!(block.transactions.len(), 21);
    assert!(network.is_idle());
}

#[test]
fn the_rest_waits_for_the_next_block_in_order() {
    let mut network = network_with(20_000);
    let messages: Vec<_> = (1..=20)
        .map(|n| (1, internal(&addr(0, n), COIN, true, puppet::burn(100))))
        .collect();
    tell(&mut network, &addr(0, 30), puppet::send(&messages));
    let mut blocks = vec![network.produce_block(0).unwrap()];
    assert!(!network.is_idle());
    assert_conserved(&network);
    blocks.extend(
        settle(&mut network)
            .into_iter()
            .filter(|block| block.chain == 0),
    );

    assert!(blocks.len() > 3, "{} blocks", blocks.len());
    for block in &blocks {
        let last = block.transactions.last().map_or(0, |t| t.gas_used());
        assert!(
            block.gas_used - last < 20_000,
            "the limit was passed before the last one"
        );
    }
    let order: Vec<_> = transactions(&blocks)
        .iter()
        .skip(1)
        .map(|t| t.account.clone())
        .collect();
    assert_eq!(order, (1..=20).map(|n| addr(0, n)).collect::<Vec<_>>());
    let lts: Vec<_> = transactions(&blocks).iter().map(|t| t.lt).collect();
    assert!(lts.is_sorted());
    assert_conserved(&network);
}

#[test]
fn leftovers_of_the_own_chain_and_imports_merge_by_logical_time() {
    let mut network = network_with(20_000);
    // Chain 0 fills itself up; chain 1 sends it one message that is older than the leftovers.
    let late = internal(&addr(0, 25), COIN, true, puppet::nothing());
    tell(&mut network, &addr(1, 1), puppet::send(&[(1, late)]));
    let messages: Vec<_> = (1..=20)
        .map(|n| (1, internal(&addr(0, n), COIN, true, puppet::burn(100))))
        .collect();
    tell(&mut network, &addr(0, 30), puppet::send(&messages));
    network.run_until(START_MS + 2 * BLOCK_MS).unwrap();
    let second = network.block(0, 2).unwrap();
    assert_eq!(second.transactions[0].account, addr(0, 25));
    assert!(second.imported > 1);
}

#[test]
fn the_limit_follows_the_config_of_the_chain() {
    let mut network = network_with(10_000_000);
    let plan = ConfigPlan {
        block_gas_limit: 1,
        ..Default::default()
    };
    tell(
        &mut network,
        &delector(0),
        puppet::set_data(delector_data(plan.build(0))),
    );
    network.produce_block(0).unwrap();
    assert_eq!(network.config(0).unwrap().block_gas_limit, 1);
    assert_eq!(network.config(1).unwrap().block_gas_limit, 10_000_000);
    tell(&mut network, &addr(0, 1), puppet::burn(91));
    tell(&mut network, &addr(0, 2), puppet::burn(92));
    assert_eq!(network.produce_block(0).unwrap().transactions.len(), 1);
    assert_eq!(network.produce_block(0).unwrap().transactions.len(), 1);
}

#[test]
fn a_block_holds_no_more_transactions_than_its_limit() {
    let plan = ConfigPlan::default();
    let mut genesis: NetworkGenesis = genesis(4, &plan);
    genesis.limits.max_block_transactions = 3;
    let mut network = Network::new(genesis).unwrap();
    for n in 0..5 {
        tell(&mut network, &addr(MASTERCHAIN, 1), puppet::burn(n));
    }
    assert_eq!(
        network
            .produce_block(MASTERCHAIN)
            .unwrap()
            .transactions
            .len(),
        3
    );
    assert_eq!(
        network
            .produce_block(MASTERCHAIN)
            .unwrap()
            .transactions
            .len(),
        2
    );
}

#[test]
fn the_masterchain_and_the_workchains_have_limits_of_their_own() {
    let plan = ConfigPlan {
        main_block_gas_limit: Some(7),
        ..Default::default()
    };
    let network = Network::new(genesis(1, &plan)).unwrap();
    assert_eq!(network.config(MASTERCHAIN).unwrap().block_gas_limit, 7);
    assert_eq!(network.config(0).unwrap().block_gas_limit, 10_000_000);
}
