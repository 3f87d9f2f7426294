//! For each rule of the pool there is a contract without it (`contracts/mutants.json`), and a test that then fails.

use crate::common;

use common::addr;
use common::bench::{Bench, COIN};
use common::config::params;
use common::mutants::{self, Story};
use common::pool::{LOCK, Pool, UNLOCK, all_ok, key, nano, refused};
use ddvs_contracts::messages::*;
use ddvs_contracts::storage::RootStorage;
use ddvs_contracts::{Codes, ExitCode, RootTerms, address, getters, signing};
use tycho_types::cell::Lazy;
use tycho_types::models::StateInit;
use tycho_types::prelude::{Cell, CellBuilder, CellFamily, Store};

fn new(codes: &Codes) -> Pool {
    Pool::on(Bench::running(codes, params()))
}

fn running(codes: &Codes) -> Pool {
    new(codes).started()
}

/// Coins that counted a second ago stay.
fn floors_stand(codes: &Codes) {
    let mut pool = running(codes);
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    let (update, _) = pool.update();
    pool.bench.now += UNLOCK;
    let (seq, total) = (update.seq, update.total);
    all_ok(&pool.answer(&Applied { seq, total }));
    pool.bench.now += 1;
    let wallet = pool.user_wallet.clone();
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, nano(3_000));
}

/// The owner of one of the last validators leaves after the users.
fn the_owner_waits(codes: &Codes) {
    let mut pool = running(codes);
    pool.bench.now += LOCK;
    all_ok(&pool.owner_unstakes(2_000));
    let (update, _) = pool.update();
    let total = nano(4_000);
    all_ok(&pool.answer(&Applied {
        seq: update.seq,
        total,
    }));
    pool.bench.now += UNLOCK;
    let wallet = pool.owner_wallet.clone();
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, nano(2_000));
}

fn the_right_key_is_applied(codes: &Codes) {
    let mut pool = running(codes);
    all_ok(&pool.register(2));
    let (update, _) = pool.update();
    all_ok(&pool.register(3));
    let (seq, total) = (update.seq, update.total);
    all_ok(&pool.answer(&Applied { seq, total }));
    let stack = pool.bench.get(&pool.root, getters::KEY_INFO, vec![]);
    let keys = getters::key_info(&stack).unwrap();
    assert_eq!(keys.key, Some(signing::public_key(&key(2))));
}

/// An owner who registers one taken key after another cannot keep users' coins counted.
fn bad_keys_hold_up_nobody(codes: &Codes) {
    let mut pool = running(codes);
    pool.bench.now += LOCK;
    all_ok(&pool.register(2));
    all_ok(&pool.user_unstakes(1_000));
    for seed in 3..9 {
        // a newer key is there before the older one is refused
        all_ok(&pool.register(seed));
        let (update, _) = pool.update();
        let (seq, total, reason) = (update.seq, update.total, 2);
        match update.proof {
            Some(_) => all_ok(&pool.answer(&Rejected { seq, reason })),
            None => return all_ok(&pool.answer(&Applied { seq, total })),
        }
        if !pool.bench.totals(&pool.root).in_flight {
            let root = pool.root.clone();
            let sync = SyncStake { query_id: 1 };
            all_ok(&pool.bench.ask(&addr(0, 9), &root, COIN, &sync));
        }
    }
    panic!("the users' coins go on counting");
}

fn transfers_return(codes: &Codes) {
    let mut pool = running(codes);
    let (anyone, root) = (addr(0, 9), pool.root.clone());
    pool.bench
        .post(&anyone, &root, 100 * COIN, true, None, Cell::default());
    all_ok(&pool.bench.run());
    assert_eq!(pool.bench.take_mail(&anyone).len(), 1);
}

fn bad_terms_take_nothing(codes: &Codes) {
    let mut pool = new(codes);
    pool.terms = RootTerms {
        unlock_period: params().max_unlock_period_s + 1,
        ..pool.terms.clone()
    };
    pool.root = pool.bench.deploy_root(1, &pool.terms.clone());
    all_ok(&pool.user_stakes(100));
    assert_eq!(pool.bench.balances(&pool.user_wallet).held, nano(0));
}

/// References in the terms would be part of every message of the Root.
fn terms_hold_no_reference(codes: &Codes) {
    let mut pool = new(codes);
    let init = address::root_state_init_with(codes, &pool.bench.network, 1, &pool.terms).unwrap();
    let mut storage: RootStorage = init.data.unwrap().parse().unwrap();
    let mut terms = CellBuilder::new();
    pool.terms
        .store_into(&mut terms, Cell::empty_context())
        .unwrap();
    terms.store_reference(Cell::default()).unwrap();
    storage.terms = Lazy::from_raw(terms.build().unwrap()).unwrap();
    let init = StateInit {
        code: init.code,
        data: Some(CellBuilder::build_from(&storage).unwrap()),
        ..StateInit::default()
    };
    pool.root = address::address_of(1, &init).unwrap();
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    pool.bench
        .post(&owner, &root, 2 * COIN, true, Some(init), Cell::default());
    pool.bench.run();
    refused(&pool.register(1), ExitCode::BadTerms);
}

fn release_sends_a_rejected_update_again(codes: &Codes) {
    let mut pool = running(codes);
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    let (update, _) = pool.update();
    let (seq, reason) = (update.seq, 8);
    all_ok(&pool.answer(&Rejected { seq, reason }));
    let (user, wallet, root) = pool.user_side();
    let settle = Settle { query_id: 1, root };
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &settle));
    assert_eq!(pool.apply().total, nano(4_000));
}

const TEN_YEARS: u32 = 315_576_000;

fn a_root_outlives_silence(codes: &Codes) {
    let mut pool = running(codes);
    let root = pool.root.clone();
    let reserve = pool.bench.reserves(&root).reserve.into_inner();
    pool.bench.endow(&root, reserve);
    pool.bench.now += TEN_YEARS;
    pool.bench
        .post(&addr(0, 9), &root, 1_000_000, false, None, Cell::default());
    pool.bench.run();
    assert!(pool.bench.is_active(&root) && pool.bench.balance(&root) > COIN / 100);
}

fn a_wallet_outlives_silence(codes: &Codes) {
    let mut pool = running(codes);
    let wallet = pool.user_wallet.clone();
    let balances = pool.bench.balances(&wallet);
    let kept = balances.balance.into_inner() - balances.free_nano as u128;
    pool.bench.endow(&wallet, kept);
    pool.bench.now += TEN_YEARS;
    pool.bench
        .post(&addr(0, 9), &wallet, 1, false, None, Cell::default());
    pool.bench.run();
    assert!(pool.bench.balance(&wallet) >= 3_000 * COIN);
}

fn a_top_up_locks_what_it_adds(codes: &Codes) {
    let mut pool = running(codes);
    pool.bench.now += LOCK;
    all_ok(&pool.user_stakes(10));
    all_ok(&pool.user_unstakes(3_000));
    let position = pool.bench.position(&pool.user_wallet, &pool.root);
    assert_eq!(position.unlocking_nano(), 3_000 * COIN);
}

fn a_refusal_restores(codes: &Codes) {
    let mut pool = running(codes);
    let before = pool.bench.position(&pool.user_wallet, &pool.root);
    all_ok(&pool.user_unstakes(3_000));
    let after = pool.bench.position(&pool.user_wallet, &pool.root);
    assert_eq!(after, before);
}

fn nobody_gains_from_a_slash(codes: &Codes) {
    let mut pool = running(codes);
    pool.slash(10_000);
    let wallet = pool.user_wallet.clone();
    pool.bench.endow(&wallet, 3_000 * COIN - COIN);
    pool.settle(&wallet);
    let got: u128 = (pool.bench.take_mail(&addr(0, 9)).iter())
        .map(|mail| mail.value_nano)
        .sum();
    assert!(got < COIN, "{got}");
}

fn no_stakes_in_the_masterchain(codes: &Codes) {
    let mut pool = running(codes);
    let user = addr(-1, 7);
    let network = pool.bench.network.clone();
    let init = ddvs_contracts::address::wallet_state_init_with(codes, &network, -1, &user).unwrap();
    let wallet = ddvs_contracts::address::address_of(-1, &init).unwrap();
    let state = Some(init);
    pool.bench
        .post(&user, &wallet, 1_000 * COIN, true, state, Cell::default());
    pool.bench.run();
    let stake = pool.stake_message(nano(100));
    let txs = pool.bench.ask(&user, &wallet, 10 * COIN, &stake);
    assert_eq!(txs[0].exit_code, ExitCode::WalletInMasterchain.code());
}

const MUTANTS: &[Story] = &[
    ("root-forgets-floors", "depool-root", floors_stand),
    (
        "root-lets-the-owner-go-first",
        "depool-root",
        the_owner_waits,
    ),
    (
        "root-promotes-any-key",
        "depool-root",
        the_right_key_is_applied,
    ),
    (
        "root-asks-for-every-key",
        "depool-root",
        bad_keys_hold_up_nobody,
    ),
    ("root-keeps-transfers", "depool-root", transfers_return),
    (
        "root-takes-any-terms",
        "depool-root",
        bad_terms_take_nothing,
    ),
    (
        "root-takes-terms-with-references",
        "depool-root",
        terms_hold_no_reference,
    ),
    (
        "root-never-asks-again",
        "depool-root",
        release_sends_a_rejected_update_again,
    ),
    ("root-keeps-little", "depool-root", a_root_outlives_silence),
    (
        "wallet-keeps-little",
        "depool-wallet",
        a_wallet_outlives_silence,
    ),
    (
        "wallet-locks-all-again",
        "depool-wallet",
        a_top_up_locks_what_it_adds,
    ),
    (
        "wallet-forgets-locks-of-the-refused",
        "depool-wallet",
        a_refusal_restores,
    ),
    (
        "wallet-pays-the-payer",
        "depool-wallet",
        nobody_gains_from_a_slash,
    ),
    (
        "wallet-stakes-in-the-masterchain",
        "depool-wallet",
        no_stakes_in_the_masterchain,
    ),
];

#[test]
fn every_mutant_is_detected() {
    mutants::each_is_noticed(MUTANTS);
}
