//! The owner's requests are not starved: keys change while strangers' stakes are in flight, and only the requested
//! key is ever applied.

use crate::common;

use common::addr;
use common::bench::COIN;
use common::pool::{Pool, all_ok, key, nano};
use ddvs_contracts::getters::{self, KeyInfo};
use ddvs_contracts::messages::*;
use ddvs_contracts::{Reason, signing};
use tycho_types::prelude::HashBytes;

fn public(seed: u8) -> HashBytes {
    signing::public_key(&key(seed))
}

#[track_caller]
fn keys(pool: &Pool, applied: Option<u8>, next: Option<u8>) {
    let stack = pool.bench.get(&pool.root, getters::KEY_INFO, vec![]);
    let expected = KeyInfo {
        key: applied.map(public),
        next_key: next.map(public),
    };
    assert_eq!(getters::key_info(&stack).unwrap(), expected);
}

/// Strangers' stakes are in flight one after the other; an earlier contract refused twelve of twelve tries.
#[test]
fn a_key_is_registered_whatever_is_in_flight() {
    let mut pool = Pool::running();
    all_ok(&pool.user_stakes(10));
    let (first, _) = pool.update();
    for _ in 0..3 {
        all_ok(&pool.user_stakes(10));
    }
    // the slot for the next update is paid for by the stranger: the key still goes with it
    all_ok(&pool.register(2));
    keys(&pool, Some(1), Some(2));
    all_ok(&pool.answer(&Applied {
        seq: first.seq,
        total: first.total,
    }));
    let (second, _) = pool.update();
    assert_eq!(second.key, public(2));
    assert_eq!(second.total, nano(5_040));
    assert!(second.proof.is_some());
    all_ok(&pool.answer(&Applied {
        seq: second.seq,
        total: second.total,
    }));
    keys(&pool, Some(2), None);
}

/// The answer about one key does not promote another.
#[test]
fn only_the_key_that_was_asked_for_is_applied() {
    let mut pool = Pool::running();
    all_ok(&pool.register(2));
    let (first, _) = pool.update();
    assert_eq!(first.key, public(2));
    keys(&pool, Some(1), Some(2));
    all_ok(&pool.register(3));
    keys(&pool, Some(1), Some(3));
    all_ok(&pool.answer(&Applied {
        seq: first.seq,
        total: first.total,
    }));
    keys(&pool, Some(2), Some(3));
    let (second, _) = pool.update();
    assert_eq!(second.key, public(3));
    all_ok(&pool.answer(&Applied {
        seq: second.seq,
        total: second.total,
    }));
    keys(&pool, Some(3), None);
}

/// A refused key is dropped, and the one that was registered meanwhile is requested immediately.
#[test]
fn a_refused_key_makes_way_for_the_next() {
    let mut pool = Pool::running();
    all_ok(&pool.register(2));
    let (first, _) = pool.update();
    all_ok(&pool.register(3));
    all_ok(&pool.answer(&Rejected {
        seq: first.seq,
        reason: Reason::KeyTaken.code(),
    }));
    keys(&pool, Some(1), Some(3));
    let (second, _) = pool.update();
    assert_eq!((second.key, second.total), (public(3), first.total));
}

/// Before anything counts, a refused key is kept, since there is no other one.
#[test]
fn the_first_key_is_kept_when_its_update_comes_back() {
    let mut pool = Pool::new();
    keys(&pool, None, None);
    all_ok(&pool.register(1));
    keys(&pool, None, Some(1));
    all_ok(&pool.owner_stakes(2_000));
    keys(&pool, None, Some(1));
    let (update, _) = pool.update();
    assert_eq!(update.key, public(1));
    all_ok(&pool.answer(&Rejected {
        seq: update.seq,
        reason: Reason::QueueFull.code(),
    }));
    keys(&pool, None, Some(1));
    let root = pool.root.clone();
    let sync = SyncStake { query_id: 1 };
    all_ok(&pool.bench.ask(&addr(0, 9), &root, COIN, &sync));
    assert_eq!(pool.apply().key, public(1));
    keys(&pool, Some(1), None);
}

/// A Root that leaves while a key is in flight: the key was applied with what counted.
#[test]
fn closing_and_syncing_work_while_an_update_is_in_flight() {
    let mut pool = Pool::running();
    all_ok(&pool.register(2));
    let (first, _) = pool.update();
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    // a sync while an update is in flight pays for the next one
    let sync = SyncStake { query_id: 1 };
    all_ok(&pool.bench.ask(&addr(0, 9), &root, COIN, &sync));
    let close = CloseRoot { query_id: 2 };
    all_ok(&pool.bench.ask(&owner, &root, COIN, &close));
    all_ok(&pool.answer(&Applied {
        seq: first.seq,
        total: first.total,
    }));
    let update = pool.apply();
    assert_eq!((update.total, update.key), (nano(0), public(2)));
    keys(&pool, Some(2), None);
    let totals = pool.bench.totals(&root);
    assert_eq!((totals.counted, totals.in_flight), (nano(0), false));
}
