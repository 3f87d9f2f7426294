//! External messages: which ones the queue accepts, and which ones it rejects.

use ddvs_ledger::{ExternalRefusal, Network, SendError};
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MASTERCHAIN, MessageStatus};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};

fn refusal(network: &mut Network, chain: i8, message: Cell) -> ExternalRefusal {
    let before = network.state_hash().unwrap();
    let refused = match network.send_external(chain, message) {
        Err(SendError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        network.state_hash().unwrap(),
        before,
        "a refusal changed something"
    );
    refused
}

#[test]
fn an_accepted_message_becomes_a_transaction_of_the_next_block() {
    let mut network = network();
    let hash = tell(&mut network, &addr(0, 1), puppet::nothing());
    assert!(matches!(
        network.message_status(&hash),
        MessageStatus::InMempool { chain: 0 }
    ));
    let block = network.produce_block(0).unwrap();
    let transaction = &block.transactions[0];
    assert_eq!(transaction.in_message.hash(), &hash);
    assert!(transaction.succeeded() && transaction.in_message.is_external());
    assert!(transaction.total_fees_nano > 0);
    assert!(
        matches!(network.message_status(&hash), MessageStatus::Executed(t) if t.lt == transaction.lt)
    );
}

#[test]
fn a_contract_that_does_not_accept_refuses_with_its_exit_code() {
    let mut network = network();
    let message = external(&addr(0, 1), puppet::refuse());
    assert_eq!(
        refusal(&mut network, 0, message),
        ExternalRefusal::NotAccepted {
            account: addr(0, 1),
            exit_code: Some(55)
        }
    );
}

#[test]
fn an_account_that_does_not_exist_refuses() {
    let mut network = network();
    let message = external(&addr(0, 99), puppet::nothing());
    assert_eq!(
        refusal(&mut network, 0, message),
        ExternalRefusal::NotAccepted {
            account: addr(0, 99),
            exit_code: None
        }
    );
}

#[test]
fn the_same_message_waits_once() {
    let mut network = network();
    let message = external(&addr(0, 1), puppet::nothing());
    let hash = network.send_external(0, message.clone()).unwrap();
    assert_eq!(
        refusal(&mut network, 0, message.clone()),
        ExternalRefusal::Duplicate(hash)
    );
    network.produce_block(0).unwrap();
    // The ledger has no replay protection beyond the queue: that is the contract's task.
    network.send_external(0, message).unwrap();
}

#[test]
fn messages_for_a_wrong_chain_or_of_another_kind_are_refused() {
    let mut network = network();
    let message = external(&addr(0, 1), puppet::nothing());
    assert!(matches!(
        refusal(&mut network, 1, message.clone()),
        ExternalRefusal::Malformed { chain: 1, .. }
    ));
    assert_eq!(
        refusal(&mut network, 7, message),
        ExternalRefusal::UnknownChain(7)
    );
    let inner = injected(&addr(0, 1), &addr(0, 2), COIN, 1, puppet::nothing());
    assert!(matches!(
        refusal(&mut network, 0, inner),
        ExternalRefusal::Malformed { .. }
    ));
    let rubbish = CellBuilder::build_from(7u8).unwrap();
    assert!(matches!(
        refusal(&mut network, 0, rubbish),
        ExternalRefusal::Malformed { .. }
    ));
}

#[test]
fn too_deep_and_too_large_messages_are_refused() {
    let mut network = network();
    let mut deep = puppet::nothing();
    for n in 0..600u32 {
        deep = CellBuilder::build_from((n, deep)).unwrap();
    }
    let message = external(&addr(0, 1), deep);
    assert_eq!(refusal(&mut network, 0, message), ExternalRefusal::TooLarge);

    let mut layer: Vec<Cell> = (0..1024u32)
        .map(|n| CellBuilder::build_from((HashBytes([1; 32]), HashBytes([2; 32]), n)).unwrap())
        .collect();
    while layer.len() > 1 {
        layer = layer
            .chunks(4)
            .map(|cells| {
                let mut builder = CellBuilder::new();
                for cell in cells {
                    builder.store_reference(cell.clone()).unwrap();
                }
                builder.build().unwrap()
            })
            .collect();
    }
    let message = external(&addr(0, 1), layer.remove(0));
    assert_eq!(refusal(&mut network, 0, message), ExternalRefusal::TooLarge);
}

#[test]
fn full_queue_refuses_messages() {
    let mut genesis = genesis(2, &ConfigPlan::default());
    genesis.limits.max_queued_externals = 2;
    let mut network = Network::new(genesis).unwrap();
    tell(&mut network, &addr(0, 1), puppet::burn(1));
    tell(&mut network, &addr(0, 1), puppet::burn(2));
    let third = external(&addr(0, 1), puppet::burn(3));
    assert_eq!(
        refusal(&mut network, 0, third.clone()),
        ExternalRefusal::QueueFull { chain: 0, limit: 2 }
    );
    // Another chain has a queue of its own.
    tell(&mut network, &addr(1, 1), puppet::burn(1));
    network.produce_block(0).unwrap();
    network.send_external(0, third).unwrap();
}

#[test]
fn message_that_is_no_longer_accepted_is_dropped_and_recorded() {
    let mut network = network();
    // The second message is admitted, then the first deletes the account.
    tell(&mut network, &addr(0, 1), puppet::give_all(&addr(0, 2)));
    let hash = tell(&mut network, &addr(0, 1), puppet::nothing());
    let block = network.produce_block(0).unwrap();
    assert!(block.transactions[0].destroyed);
    assert_eq!(block.dropped.len(), 1);
    assert_eq!(
        (block.dropped[0].hash, block.dropped[0].exit_code),
        (hash, None)
    );
    assert!(matches!(
        network.message_status(&hash),
        MessageStatus::Dropped(_)
    ));
    assert!(network.account(&addr(0, 1)).unwrap().account.is_none());
    assert_conserved(&network);
}

#[test]
fn a_silenced_chain_queues_messages() {
    let mut network = network();
    network.silence(MASTERCHAIN).unwrap();
    let hash = tell(&mut network, &addr(MASTERCHAIN, 1), puppet::nothing());
    network.run_until(START_MS + 5 * BLOCK_MS).unwrap();
    assert!(matches!(
        network.message_status(&hash),
        MessageStatus::InMempool { .. }
    ));
}
