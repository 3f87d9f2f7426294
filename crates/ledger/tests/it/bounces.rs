//! Undeliverable messages return, whatever the reason.

use ddvs_ledger::Network;
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MessageStatus, OutDestination, ReturnReason, TransactionRecord};
use tycho_types::cell::{Cell, CellFamily};
use tycho_types::models::{IntAddr, StdAddr, VarAddr};
use tycho_types::num::Uint9;

#[test]
fn a_message_that_throws_on_another_chain_bounces_with_its_value() {
    let mut network = network();
    let (a, b) = (addr(0, 1), addr(1, 1));
    let message = internal(&b, 5 * COIN, true, puppet::throw());
    tell(&mut network, &a, puppet::send(&[(1, message)]));
    let blocks = settle(&mut network);
    let all = transactions(&blocks);

    let failed = all.iter().find(|t| t.account == b).unwrap();
    assert_eq!(failed.exit_code(), Some(77));
    assert!(failed.aborted && failed.bounced);
    let back = all
        .iter()
        .find(|t| t.account == a && t.in_message.is_bounced)
        .unwrap();
    assert!(back.succeeded());
    assert!(back.in_message.value_nano > 4 * COIN && back.in_message.value_nano < 5 * COIN);
    assert!(network.account(&a).unwrap().balance_nano > 999 * COIN);
    assert_conserved(&network);
}

#[test]
fn a_message_to_no_account_bounces_and_without_bounce_makes_one() {
    let mut network = network();
    let (a, nobody) = (addr(0, 1), addr(2, 77));
    let bounced = internal(&nobody, COIN, true, Cell::empty_cell());
    tell(&mut network, &a, puppet::send(&[(1, bounced)]));
    settle(&mut network);
    assert_eq!(network.account(&nobody).unwrap().balance_nano, 0);

    let kept = internal(&nobody, COIN, false, Cell::empty_cell());
    tell(&mut network, &a, puppet::send(&[(1, kept)]));
    settle(&mut network);
    assert_eq!(network.account(&nobody).unwrap().balance_nano, COIN);
    assert_conserved(&network);
}

/// A network whose configs list workchain 9, which does not exist.
fn network_with_a_phantom() -> Network {
    let plan = ConfigPlan {
        workchains: vec![0, 1, 2, 9],
        ..Default::default()
    };
    Network::new(genesis(4, &plan)).unwrap()
}

#[test]
fn a_message_to_a_chain_that_does_not_exist_comes_back() {
    let mut network = network_with_a_phantom();
    let a = addr(0, 1);
    let message = internal(&addr(9, 1), 3 * COIN, true, puppet::nothing());
    tell(&mut network, &a, puppet::send(&[(1, message)]));
    let blocks = settle(&mut network);

    let returned: Vec<_> = blocks.iter().flat_map(|b| &b.returned).collect();
    assert_eq!(returned.len(), 1);
    assert_eq!(returned[0].reason, ReturnReason::NoSuchChain);
    let back = returned[0].returned_as.unwrap();
    let MessageStatus::Executed(back) = network.message_status(&back) else {
        panic!("the returned message has no transaction");
    };
    assert!(back.in_message.is_bounced);
    assert_eq!(back.account, a);
    assert_eq!(back.in_message.value_nano, 3 * COIN);
    assert!(matches!(
        network.message_status(&returned[0].hash),
        MessageStatus::Returned(_)
    ));
    assert_conserved(&network);
}

#[test]
fn message_to_a_missing_chain_without_bounce_is_burnt() {
    let mut network = network_with_a_phantom();
    let message = internal(&addr(9, 1), 3 * COIN, false, puppet::nothing());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    settle(&mut network);
    assert_eq!(network.supply().burnt_nano(), 3 * COIN);
    assert_conserved(&network);
}

#[test]
fn a_sender_whose_workchain_is_no_longer_listed_gets_its_message_back() {
    let mut network = network();
    // Chain 1 removes workchain 0 from its list; the executor would consider a bounce to it impossible.
    let plan = ConfigPlan {
        workchains: vec![1, 2],
        ..Default::default()
    };
    tell(
        &mut network,
        &delector(1),
        puppet::set_data(delector_data(plan.build(1))),
    );
    settle(&mut network);

    let message = internal(&addr(1, 1), 3 * COIN, true, puppet::throw());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    let blocks = settle(&mut network);
    let returned: Vec<_> = blocks.iter().flat_map(|b| &b.returned).collect();
    assert_eq!(returned[0].reason, ReturnReason::SenderUnlisted);
    let all = transactions(&blocks);
    assert!(all.iter().all(|t| t.account != addr(1, 1)));
    let back = all.iter().find(|t| t.in_message.is_bounced).unwrap();
    assert_eq!(back.account, addr(0, 1));
    assert_eq!(back.in_message.value_nano, 3 * COIN);
    assert_conserved(&network);
}

/// An address of variable length in the masterchain.
fn variable(bits: u16) -> IntAddr {
    IntAddr::Var(VarAddr {
        anycast: None,
        address_len: Uint9::new(bits),
        workchain: -1,
        address: vec![0; usize::from(bits.div_ceil(8))],
    })
}

#[test]
fn message_to_an_impossible_address_comes_back() {
    for sender in [addr(0, 1), addr(-1, 1)] {
        for bits in [0, 1, 8, 255, 257, 511] {
            let mut network = network();
            let message = internal_to(variable(bits), 3 * COIN, true, puppet::nothing());
            tell(&mut network, &sender, puppet::send(&[(1, message)]));
            let blocks = settle(&mut network);

            let sent = &transactions(&blocks)[0];
            assert_eq!(sent.out_messages[0].destination, OutDestination::Nowhere);
            let read =
                TransactionRecord::read(sender.workchain, sent.block_seqno, sent.cell.inner());
            let read = read.unwrap().unwrap();
            assert_eq!(read.out_messages[0].destination, OutDestination::Nowhere);
            let returned: Vec<_> = blocks.iter().flat_map(|b| &b.returned).collect();
            assert_eq!(returned.len(), 1, "{bits} bits");
            assert_eq!(returned[0].reason, ReturnReason::NoSuchAddress);
            assert_eq!(returned[0].hash, *sent.out_messages[0].hash());
            let back = network.message_status(&returned[0].returned_as.unwrap());
            let MessageStatus::Executed(back) = back else {
                panic!("the returned message has no transaction");
            };
            assert!(back.in_message.is_bounced);
            assert_eq!(back.account, sender);
            assert_eq!(back.in_message.value_nano, 3 * COIN);
            // no account can be mistaken for the sender of the return
            let nobody = StdAddr::new(-1, Default::default());
            assert_eq!(back.in_message.source, Some(nobody));
            assert_conserved(&network);
        }
    }
}

#[test]
fn message_to_an_impossible_address_without_bounce_is_burnt() {
    let mut network = network();
    let message = internal_to(variable(512 - 1), 3 * COIN, false, puppet::nothing());
    let other = internal(&addr(1, 1), COIN, true, Cell::empty_cell());
    let both = [(1, message), (1, other)];
    tell(&mut network, &addr(0, 1), puppet::send(&both));
    settle(&mut network);
    assert_eq!(network.supply().burnt_nano(), 3 * COIN);
    let got = network.account(&addr(1, 1)).unwrap().balance_nano;
    assert!(got > 1_000 * COIN, "what was sent beside it arrives");
    assert_conserved(&network);
}

/// The executor treats this length as that of a plain address.
#[test]
fn a_variable_address_of_256_bits_is_a_plain_one() {
    let mut network = network();
    let message = internal_to(variable(256), 3 * COIN, false, Cell::empty_cell());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    settle(&mut network);
    let zero = StdAddr::new(-1, Default::default());
    assert_eq!(network.account(&zero).unwrap().balance_nano, 3 * COIN);
    assert_conserved(&network);
}
