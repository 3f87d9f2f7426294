//! A Root's own coins: its reserve lasts as long as anyone needs the Root, and the value kept for the next update is
//! the payer's. No answer of the D'Elector is lost for lack of coins.

use crate::common;

use common::addr;
use common::bench::{Bench, COIN};
use common::config::params;
use common::mutants::{self, Story};
use common::pool::{LOCK, Pool, UNLOCK, all_ok, nano, refused};
use ddvs_contracts::messages::*;
use ddvs_contracts::{Codes, ExitCode, Reason};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::Cell;

fn running(codes: &Codes) -> Pool {
    Pool::on(Bench::running(codes, params())).started()
}

/// Half of a Root's storage reserve.
fn least(pool: &Pool) -> u128 {
    pool.bench.reserves(&pool.root).reserve.into_inner() / 2
}

/// Value that the Root keeps for the next update.
fn kept(pool: &Pool) -> u128 {
    let reserves = pool.bench.reserves(&pool.root);
    let beyond = reserves.reserve.into_inner() as i128 + reserves.surplus_nano;
    (pool.bench.balance(&pool.root) as i128 - beyond) as u128
}

/// Value that an account has received since the last call.
fn got(pool: &mut Pool, account: &StdAddr) -> u128 {
    let mail = pool.bench.take_mail(account);
    mail.iter().map(|mail| mail.value_nano).sum()
}

/// A Root with too little reserve accepts no stakes, but lets everyone leave. Anyone can refill it.
fn stakes_find_a_reserve(codes: &Codes) {
    let mut pool = running(codes);
    let root = pool.root.clone();
    let before = pool.bench.balances(&pool.user_wallet);
    pool.bench.endow(&root, least(&pool) - 1);
    refused(&pool.user_stakes(10), ExitCode::ReserveSpent);
    let after = pool.bench.balances(&pool.user_wallet);
    assert_eq!((after.held, after.pending), (before.held, Tokens::ZERO));
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    pool.apply();
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&pool.user_wallet.clone()));
    assert_eq!(pool.bench.balances(&pool.user_wallet).held, nano(2_000));
    pool.bench
        .post(&addr(0, 9), &root, 2 * COIN, true, None, Cell::default());
    all_ok(&pool.bench.run());
    all_ok(&pool.user_stakes(10));
    // the value kept for the next update is not the Root's
    let funds = kept(&pool);
    assert_eq!(funds, 0);
    all_ok(&pool.user_stakes(10));
    let funds = kept(&pool);
    assert!(funds > COIN / 2);
    pool.bench.endow(&root, least(&pool) + funds - 1);
    refused(&pool.user_stakes(10), ExitCode::ReserveSpent);
    pool.bench.endow(&root, least(&pool) + funds + COIN / 1_000);
    all_ok(&pool.user_stakes(10));
}

/// Whatever the Root's balance and the answer's value: an answer that is handled is booked, and the kept value is
/// used or returned.
fn every_answer_is_booked(codes: &Codes) {
    let share = u128::from(params().op_value_nano / 2);
    for own in [0, 1, share - 1, share] {
        for value in (5..60).map(|value| value * COIN / 1_000) {
            for is_applied in [true, false] {
                let mut pool = running(codes);
                let (root, delector) = (pool.root.clone(), pool.delector.clone());
                all_ok(&pool.user_stakes(10));
                let (update, _) = pool.update();
                all_ok(&pool.user_stakes(10));
                let funds = kept(&pool);
                pool.bench.endow(&root, funds + own);
                let user = pool.user.clone();
                pool.bench.take_mail(&user);
                let (seq, total) = (update.seq, update.total);
                let reason = Reason::QueueFull.code();
                let txs = match is_applied {
                    true => {
                        let applied = Applied { seq, total };
                        pool.bench.ask(&delector, &root, value, &applied)
                    }
                    false => {
                        let rejected = Rejected { seq, reason };
                        pool.bench.ask(&delector, &root, value, &rejected)
                    }
                };
                if txs[0].exit_code != 0 {
                    // not even its gas was paid, which does not happen with answers of the D'Elector
                    assert!(value < params().answer_value_nano.into());
                    continue;
                }
                all_ok(&txs);
                let totals = pool.bench.totals(&root);
                match is_applied {
                    true => assert_eq!(totals.counted, total),
                    false => assert_eq!(totals.last_reason, Some(reason)),
                }
                assert_eq!(totals.in_flight, own == share);
                if totals.in_flight {
                    let (next, value) = pool.update();
                    assert_eq!((next.seq, value), (seq + 1, funds));
                } else {
                    pool.no_update();
                    assert!(got(&mut pool, &user) + COIN / 100 > funds);
                }
            }
        }
    }
}

/// A stranger who pays the minimum for the next update does not keep others from paying more.
fn who_pays_most_is_kept(codes: &Codes) {
    let mut pool = running(codes);
    let (stranger, root) = (addr(0, 9), pool.root.clone());
    let owner = pool.owner.clone();
    all_ok(&pool.user_stakes(10));
    let (update, _) = pool.update();
    let share = u128::from(params().op_value_nano / 2);
    let least = u128::from(params().update_value_nano()) + share;
    let sync = SyncStake { query_id: 1 };
    all_ok(&pool.bench.ask(&stranger, &root, least, &sync));
    assert_eq!(kept(&pool), least - share);
    let before = got(&mut pool, &stranger);
    assert!(before < share);
    got(&mut pool, &owner);
    all_ok(&pool.bench.ask(&owner, &root, 5 * COIN, &sync));
    assert_eq!(kept(&pool), 5 * COIN - share);
    assert!(got(&mut pool, &stranger) + COIN / 1_000 > least - share);
    assert!(got(&mut pool, &owner) < share);
    // the same amount is not more
    all_ok(&pool.bench.ask(&stranger, &root, 5 * COIN, &sync));
    assert_eq!(kept(&pool), 5 * COIN - share);
    assert!(got(&mut pool, &stranger) > 4 * COIN);
    let surplus = pool.bench.reserves(&root).surplus_nano;
    assert!((0..COIN as i128 / 100).contains(&surplus), "{surplus}");
    let (seq, total) = (update.seq, nano(5_005));
    all_ok(&pool.answer(&Applied { seq, total }));
    let (next, value) = pool.update();
    assert_eq!((next.total, value), (nano(5_010), 5 * COIN - share));
    let (seq, total) = (next.seq, next.total);
    all_ok(&pool.answer(&Applied { seq, total }));
    assert_eq!(pool.bench.take_mail(&owner).len(), 1, "what it left");
}

/// All of the owner's coins were slashed, and the users have left: the owner's wallet has not settled yet, and the
/// Root must exist to give it the price.
fn a_price_outlives_the_stakes(codes: &Codes) {
    let mut pool = running(codes);
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    pool.slash(4_000);
    all_ok(&pool.user_unstakes(3_000));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&pool.user_wallet.clone()));
    let totals = pool.bench.totals(&root);
    assert!(totals.removed && totals.users_unlocking == Tokens::ZERO);
    pool.bench
        .ask(&owner, &root, COIN, &TakeSurplus { query_id: 8 });
    assert!(pool.bench.reserves(&root).surplus_nano > -(COIN as i128) / 100);
    let wallet = pool.owner_wallet.clone();
    assert_eq!(pool.bench.balances(&wallet).held, nano(2_000));
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, Tokens::ZERO);
}

const MUTANTS: &[Story] = &[
    (
        "root-takes-stakes-without-reserve",
        "depool-root",
        stakes_find_a_reserve,
    ),
    (
        "root-sends-what-it-cannot-pay",
        "depool-root",
        every_answer_is_booked,
    ),
    (
        "root-keeps-the-first-payment",
        "depool-root",
        who_pays_most_is_kept,
    ),
    (
        "root-ends-before-wallets-settle",
        "depool-root",
        a_price_outlives_the_stakes,
    ),
];

#[test]
fn every_mutant_is_detected() {
    mutants::each_is_noticed(MUTANTS);
}

/// Where a slash has left some coins of everyone, the totals show when all have left.
#[test]
fn all_of_a_removed_root_leaves() {
    let mut pool = Pool::running();
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    pool.slash(1_000);
    all_ok(&pool.user_unstakes(3_000));
    all_ok(&pool.owner_unstakes(2_000));
    pool.bench.now += UNLOCK;
    let take = TakeSurplus { query_id: 8 };
    for wallet in [pool.owner_wallet.clone(), pool.user_wallet.clone()] {
        pool.bench.ask(&owner, &root, COIN, &take);
        assert!(pool.bench.balance(&root) > COIN);
        all_ok(&pool.settle(&wallet));
    }
    all_ok(&pool.bench.ask(&owner, &root, COIN, &take));
    assert_eq!(pool.bench.balance(&root), 0);
}
