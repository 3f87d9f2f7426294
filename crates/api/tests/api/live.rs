//! The embedded network behind the API: nobody waits for a block in production.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ddvs_client::Live;
use ddvs_client::{Backend, MASTERCHAIN, MessageStatus, Outgoing, OwnerWallet, Refusal};
use ddvs_devnet::{Devnet, DevnetOptions, GLOBAL_ID, Keys};
use ddvs_embedded::EmbeddedLive;
use tycho_types::cell::Cell;

use crate::server::COIN;

/// A network whose blocks are made by hand, and its faucet on chain 0.
fn network() -> (EmbeddedLive, OwnerWallet) {
    let options = DevnetOptions::default();
    let count = usize::from(options.workchains) * usize::from(options.validators);
    let keys = Keys::from_seed(options.seed, count);
    let devnet = Devnet::new(&options, &keys, 1_750_000_000).unwrap();
    let faucet = OwnerWallet::new(keys.faucet, 0, GLOBAL_ID).unwrap();
    (EmbeddedLive::new(devnet.network().unwrap()), faucet)
}

fn payment(faucet: &OwnerWallet, seqno: u32) -> Cell {
    let pay = [Outgoing::transfer(faucet.address().clone(), COIN)];
    faucet
        .build_external(seqno, u32::MAX, seqno == 0, &pay)
        .unwrap()
}

/// Blocks of all chains.
fn advance(live: &EmbeddedLive) {
    for _ in 0..6 {
        live.write().next_block().unwrap();
    }
}

#[test]
fn nobody_waits_for_a_block_that_is_being_made() {
    let (live, faucet) = network();
    let (told, heard) = mpsc::channel();
    let message = payment(&faucet, 0);
    let hash = *message.repr_hash();
    let making = live.write();
    let (other, address) = (live.clone(), faucet.address().clone());
    thread::spawn(move || {
        let before = other.account(&address).unwrap().balance_nano;
        other.now_ms().unwrap();
        other.config(MASTERCHAIN).unwrap();
        assert!(other.supply().unwrap().is_conserved());
        assert_eq!(other.head(0).unwrap().seqno, 0);
        let sent = other.send(message).unwrap();
        let status = other.message_status(&sent).unwrap();
        told.send((before, status)).unwrap();
    });
    let (before, status) = heard.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(
        matches!(status, MessageStatus::InMempool { chain: 0 }),
        "{status:?}"
    );
    drop(making);
    advance(&live);
    let status = live.message_status(&hash).unwrap();
    assert!(matches!(status, MessageStatus::Executed(_)), "{status:?}");
    let after = live.account(faucet.address()).unwrap();
    assert!(after.balance_nano < before);
    assert_eq!(
        after.balance_nano,
        live.read().account(faucet.address()).unwrap().balance_nano
    );
    assert!(live.head(0).unwrap().seqno > 0);
}

#[test]
fn invalid_message_is_refused_at_once_and_a_duplicate_runs_once() {
    let (live, faucet) = network();
    let wrong = live.send(payment(&faucet, 5)).unwrap_err();
    assert!(
        matches!(wrong.refusal(), Some(Refusal::NotAccepted { .. })),
        "{wrong}"
    );
    assert!(live.send(Cell::default()).is_err());
    let message = payment(&faucet, 0);
    for _ in 0..3 {
        live.send(message.clone()).unwrap();
    }
    advance(&live);
    let (transactions, dropped) = {
        let network = live.read();
        let blocks = network.blocks_since(0, 1_000).unwrap();
        let of_faucet = network.transactions(faucet.address(), 0, 10).unwrap();
        let external = of_faucet.iter().filter(|t| t.in_message.is_external());
        (
            external.count(),
            blocks
                .iter()
                .map(|block| block.dropped.len())
                .sum::<usize>(),
        )
    };
    assert_eq!((transactions, dropped), (1, 0));
    // two that were valid before the block: it takes the first, and the second is dropped there
    let (one, two) = (payment(&faucet, 1), {
        let pay = [Outgoing::transfer(faucet.address().clone(), 2 * COIN)];
        faucet.build_external(1, u32::MAX, false, &pay).unwrap()
    });
    live.send(one).unwrap();
    let second = live.send(two).unwrap();
    advance(&live);
    let status = live.message_status(&second).unwrap();
    assert!(matches!(status, MessageStatus::Dropped(_)), "{status:?}");
}
