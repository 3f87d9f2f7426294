//! The engine may fail on a message: that message ends with a record, and nothing else is affected.

use ddvs_ledger::{Limits, Network};
use ddvs_test_kit::puppets::*;
use ddvs_types::{Block, COIN, ChainId, MessageStatus, ReturnReason, ReturnedMessage};
use std::sync::Arc;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, Store};
use tycho_types::models::{CurrencyCollection, IntMsgInfo, MsgInfo};

/// Like [`broken`], with a state init that is cut off in the message itself: it cannot even be returned.
fn cut_off(from: ChainId) -> Cell {
    let mut builder = CellBuilder::new();
    let info = MsgInfo::Int(IntMsgInfo {
        ihr_disabled: true,
        bounce: true,
        src: addr(from, 1).into(),
        dst: addr(1, 1).into(),
        value: CurrencyCollection::new(BROKEN_NANO),
        ..Default::default()
    });
    info.store_into(&mut builder, Cell::empty_context())
        .unwrap();
    builder.store_bit_one().unwrap();
    builder.build().unwrap()
}

fn returned(blocks: &[Arc<Block>]) -> Vec<ReturnedMessage> {
    blocks.iter().flat_map(|b| b.returned.clone()).collect()
}

#[test]
fn a_message_on_which_the_engine_breaks_comes_back() {
    let mut network = network();
    let before = network.account(&addr(1, 1)).unwrap();
    let hash = network.inject_internal(0, broken(0, true, 5)).unwrap();
    let blocks = settle(&mut network);
    let [ended] = &returned(&blocks)[..] else {
        panic!("one ends");
    };
    assert_eq!((ended.hash, ended.reason), (hash, ReturnReason::Fault));
    assert!(!ended.fault.as_ref().unwrap().is_empty());
    let MessageStatus::Returned(status) = network.message_status(&hash) else {
        panic!("it is told what became of it");
    };
    assert_eq!(&status, ended);
    let back = network.message_status(&ended.returned_as.unwrap());
    let MessageStatus::Executed(back) = back else {
        panic!("its value goes back");
    };
    assert_eq!(
        (&back.account, back.in_message.value_nano),
        (&addr(0, 1), BROKEN_NANO)
    );
    // no trace on the account
    let after = network.account(&addr(1, 1)).unwrap();
    assert_eq!(after.balance_nano, before.balance_nano);
    assert_eq!(after.last_transaction_lt, before.last_transaction_lt);
    assert_conserved(&network);
}

#[test]
fn broken_message_that_cannot_come_back_is_burnt() {
    for message in [broken(0, false, 5), cut_off(0)] {
        let mut network = network();
        network.inject_internal(0, message).unwrap();
        let blocks = settle(&mut network);
        let [ended] = &returned(&blocks)[..] else {
            panic!("one ends");
        };
        assert_eq!(
            (ended.returned_as, ended.reason),
            (None, ReturnReason::Fault)
        );
        assert_eq!(network.supply().burnt_nano(), BROKEN_NANO);
        assert_conserved(&network);
    }
}

/// More coins than the sums of accounts can hold are not minted, at once or in parts.
#[test]
fn more_coins_than_a_network_can_have_are_not_minted() {
    let mut network = network();
    let mut inject = |value| {
        let message = injected(&addr(0, 1), &addr(1, 1), value, 5, Cell::empty_cell());
        network.inject_internal(0, message).is_ok()
    };
    assert!(!inject((1 << 120) - 1));
    assert!(inject(1 << 116));
    assert!(inject(1 << 116));
    assert!(!inject(1));
    settle(&mut network);
    assert_conserved(&network);
}

#[test]
fn other_messages_run_in_the_block_of_a_broken_one() {
    let mut network = network();
    network.inject_internal(0, broken(0, true, 5)).unwrap();
    tell(&mut network, &addr(1, 1), puppet::nothing());
    let block = network.produce_block(1).unwrap();
    assert_eq!((block.returned.len(), block.transactions.len()), (1, 1));
}

#[test]
fn broken_messages_count_towards_the_block_limits() {
    // gas of one message is a million: ten of them fill a block
    let gas = |genesis: &mut ddvs_ledger::NetworkGenesis| genesis.limits = Limits::default();
    let messages = |genesis: &mut ddvs_ledger::NetworkGenesis| {
        genesis.limits.max_block_transactions = 7;
    };
    for (limit, most) in [(&gas as &dyn Fn(&mut _), 10), (&messages, 7)] {
        let mut genesis = genesis(4, &ConfigPlan::default());
        limit(&mut genesis);
        let mut network = Network::new(genesis).unwrap();
        for lt in 1..=25 {
            network.inject_internal(0, broken(0, false, lt)).unwrap();
        }
        let block = network.produce_block(1).unwrap();
        assert_eq!(block.returned.len(), most);
        assert_eq!(network.queued_internals(), 25 - most);
        settle(&mut network);
        assert_eq!(network.supply().burnt_nano(), 25 * BROKEN_NANO);
        assert_conserved(&network);
    }
}

/// A captured chain may write any logical time into its messages.
#[test]
fn message_from_the_end_of_logical_time_does_not_stop_the_chain() {
    for lt in [u64::MAX, u64::MAX - 1, u64::MAX - 10, 1 << 63] {
        let mut network = network();
        let message = injected(&addr(0, 1), &addr(1, 1), COIN, lt, puppet::nothing());
        network.inject_internal(0, message).unwrap();
        let blocks = settle(&mut network);
        let returned: Vec<_> = returned(&blocks);
        assert_eq!(returned[0].reason, ReturnReason::Fault);
        assert!(returned[0].returned_as.is_some(), "its value goes back");
        assert!(network.chain_status(1).unwrap().lt < 1 << 32);
        tell(&mut network, &addr(1, 2), puppet::burn(3));
        assert_eq!(network.produce_block(1).unwrap().transactions.len(), 1);
        assert_conserved(&network);
    }
}

/// One that is as late as a chain may be is delivered, and time goes on after it.
#[test]
fn latest_possible_logical_time_is_delivered() {
    let mut network = network();
    let latest = (START_MS + BLOCK_MS - 1) << 21;
    let message = injected(&addr(0, 1), &addr(1, 1), COIN, latest, puppet::nothing());
    network.inject_internal(0, message).unwrap();
    let block = network.produce_block(1).unwrap();
    assert_eq!((block.transactions.len(), block.returned.len()), (1, 0));
    assert!(block.end_lt > latest);
    let message = internal(&addr(0, 1), COIN, true, puppet::nothing());
    tell(&mut network, &addr(1, 2), puppet::send(&[(1, message)]));
    let blocks = settle(&mut network);
    assert!(returned(&blocks).is_empty(), "others take what it sends");
    assert_conserved(&network);
}
