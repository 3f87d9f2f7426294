//! Every nano is accounted for: in an account, in a message, in the fees, or burnt.

use ddvs_ledger::{DelayPlan, Network};
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, ChainId, MASTERCHAIN};
use proptest::prelude::*;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, Load};
use tycho_types::models::{StdAddr, StoragePrices};

#[test]
fn a_transfer_costs_what_the_fees_say() {
    let mut network = network();
    let message = internal(&addr(1, 1), 5 * COIN, true, puppet::nothing());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    let all = transactions(&settle(&mut network));
    assert_eq!(all.len(), 2);
    let fees: u128 = all.iter().map(|t| t.total_fees_nano).sum();
    let supply = network.supply();
    // in addition there are two thirds of the forward fee, which the importing chain collects
    assert!(supply.fees_nano() > fees);
    assert_eq!(
        supply.accounts_nano() + supply.fees_nano(),
        supply.issued_nano
    );
    assert!(supply.chains[&1].fees_nano > 0);
    assert_conserved(&network);
}

#[test]
fn workchains_and_the_masterchain_have_their_own_prices() {
    let mut network = network();
    let gas = |network: &mut Network, account: StdAddr| {
        tell(network, &account, puppet::burn(50));
        network
            .produce_block(account.workchain)
            .unwrap()
            .transactions[0]
            .clone()
    };
    let cheap = gas(&mut network, addr(0, 1));
    let dear = gas(&mut network, addr(MASTERCHAIN, 1));
    assert_eq!(cheap.gas_used(), dear.gas_used());
    assert!(dear.total_fees_nano > 20 * cheap.total_fees_nano);
}

#[test]
fn special_accounts_are_free_in_the_masterchain_only() {
    let special = vec![id(MASTERCHAIN, 1), id(0, 1)];
    let plan = ConfigPlan {
        special,
        ..Default::default()
    };
    let mut network = Network::new(genesis(2, &plan)).unwrap();
    for (account, free) in [
        (addr(MASTERCHAIN, 1), true),
        (addr(MASTERCHAIN, 2), false),
        (addr(0, 1), false),
        // a node treats its config account as special wherever that is in the masterchain
        (delector(MASTERCHAIN), true),
        (delector(0), false),
    ] {
        tell(&mut network, &account, puppet::burn(50));
        let block = network.produce_block(account.workchain).unwrap();
        assert_eq!(
            block.transactions[0].total_fees_nano == 0,
            free,
            "{account}"
        );
    }
    assert_conserved(&network);
}

#[test]
fn storage_is_paid_for_since_the_zerostate() {
    let mut network = network();
    for id in network.chain_ids().to_vec() {
        network.silence(id).unwrap();
    }
    network.resume(0).unwrap();
    network.slow(0, 1_000_000).unwrap();
    tell(&mut network, &addr(0, 1), puppet::nothing());
    let old = network.produce_block(0).unwrap().transactions[0].total_fees_nano;
    network.slow(0, 1).unwrap();
    tell(&mut network, &addr(0, 1), puppet::nothing());
    let young = network.produce_block(0).unwrap().transactions[0].total_fees_nano;
    // A million seconds at 500 per cell in 2^-16 nano: 7,629 nano for each of a few cells.
    assert!(old > young + 5 * 7_629, "{old} {young}");
    assert_conserved(&network);
}

#[test]
fn storage_prices_change_at_their_time_without_a_new_config() {
    let start = (START_MS / 1000) as u32;
    let latest = |since| {
        let plan = ConfigPlan {
            dear_storage_since: Some(since),
            ..Default::default()
        };
        let mut network = Network::new(genesis(1, &plan)).unwrap();
        network.run_until(START_MS + 20 * BLOCK_MS).unwrap();
        let config = network.config(0).unwrap();
        let (range, cell) = config
            .parsed
            .unpacked
            .latest_storage_prices
            .clone()
            .unwrap();
        StoragePrices::load_from(&mut range.apply(&cell).unwrap())
            .unwrap()
            .utime_since
    };
    assert_eq!(latest(start + 10), start + 10);
    assert_eq!(latest(start + 1_000), 0);
}

#[test]
fn injected_coins_are_counted_apart() {
    let mut network = network();
    let message = injected(&addr(0, 1), &addr(1, 1), 7 * COIN, 10, puppet::nothing());
    network.inject_internal(0, message).unwrap();
    assert_conserved(&network);
    settle(&mut network);
    assert_eq!(network.supply().injected_nano, 7 * COIN);
    assert_conserved(&network);
}

#[derive(Debug, Clone)]
struct Sent {
    from: (ChainId, u32),
    to: (ChainId, u32),
    value_nano: u128,
    mode: u8,
    bounce: bool,
    what: u8,
}

fn place() -> impl Strategy<Value = (ChainId, u32)> {
    // Accounts 1..=4 exist, 5 and 6 do not; chain 9 is listed in the configs but does not exist.
    (prop_oneof![4 => -1..=2i8, 1 => Just(9i8)], 1..=6u32)
}

fn sent() -> impl Strategy<Value = Sent> {
    (
        (-1..=2i8, 1..=4u32),
        place(),
        prop_oneof![0..2_000_000u128, COIN..50 * COIN],
        prop_oneof![
            Just(0u8),
            Just(1),
            Just(2),
            Just(3),
            Just(17),
            Just(64),
            Just(128),
            Just(160)
        ],
        any::<bool>(),
        0..8u8,
    )
        .prop_map(|(from, to, value_nano, mode, bounce, what)| Sent {
            from,
            to,
            value_nano,
            mode,
            bounce,
            what,
        })
}

fn body(what: u8, to: (ChainId, u32)) -> Cell {
    match what {
        0 => Cell::empty_cell(),
        1 => puppet::throw(),
        2 => puppet::echo(),
        3 => puppet::forward(&[addr(0, 5), addr(1, 1)]),
        4 => puppet::burn(3_000),
        5 => puppet::give_all(&addr(to.0, 3)),
        6 => puppet::set_data(CellBuilder::build_from(u64::from(to.1)).unwrap()),
        _ => puppet::forward(&[addr(2, 1), addr(-1, 2), addr(9, 1), addr(0, 1)]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None, // The failing input is printed in full.
        ..ProptestConfig::default()
    })]

    #[test]
    fn coins_are_conserved_after_every_block(
        batches in prop::collection::vec(prop::collection::vec(sent(), 1..5), 1..12),
        seed in any::<u64>(),
    ) {
        let plan = ConfigPlan { workchains: vec![0, 1, 2, 9], ..Default::default() };
        let mut genesis = genesis(4, &plan);
        genesis.delays = DelayPlan::random(seed, 3_000);
        let mut network = Network::new(genesis).unwrap();
        let issued = network.supply().issued_nano;
        for (round, batch) in batches.into_iter().enumerate() {
            for sent in batch {
                let to = addr(sent.to.0, sent.to.1);
                let message =
                    internal(&to, sent.value_nano, sent.bounce, body(sent.what, sent.to));
                let from = addr(sent.from.0, sent.from.1);
                let body = puppet::send(&[(sent.mode, message)]);
                // refused when the account is deleted or out of coins by now, which is fine here
                let _ = network.send_external(from.workchain, external(&from, body));
            }
            network.slow(0, 1 + (round as u32 % 3) * 40_000).unwrap();
            for _ in 0..3 {
                network.step().unwrap();
                let supply = network.supply();
                prop_assert_eq!(supply.total_nano(), issued);
                prop_assert_eq!(network.recount_supply().unwrap(), supply);
            }
        }
        network.slow(0, 1).unwrap();
        settle(&mut network);
        prop_assert_eq!(network.recount_supply().unwrap(), network.supply());
        prop_assert_eq!(network.supply().total_nano(), issued);
        prop_assert_eq!(network.supply().in_flight_nano, 0);
    }
}
