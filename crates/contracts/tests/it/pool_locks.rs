//! A stake locks only what it adds; an unstake takes unlocked amounts first, and a refusal restores everything.

use crate::common;

use common::bench::COIN;
use common::pool::{LOCK, Pool, UNLOCK, all_ok, nano};
use ddvs_contracts::messages::*;
use ddvs_contracts::storage::times;
use tycho_types::num::Tokens;

/// Locks of the user's position: ends relative to `start`, in whole coins.
fn locks(pool: &Pool, start: u32) -> Vec<(u32, u128)> {
    let position = pool.bench.position(&pool.user_wallet, &pool.root);
    times(&position.locks)
        .map(|(until, amount)| (until - start, amount / COIN))
        .collect()
}

/// A pool whose user has staked 100 three times, 10 seconds apart; nothing is in flight.
fn topped_up() -> (Pool, u32) {
    let mut pool = Pool::new();
    let start = pool.bench.now;
    for _ in 0..3 {
        all_ok(&pool.user_stakes(100));
        pool.bench.now += 10;
    }
    (pool, start)
}

#[test]
fn a_top_up_locks_what_it_adds() {
    let mut pool = Pool::new();
    let start = pool.bench.now;
    all_ok(&pool.user_stakes(100));
    pool.bench.now = start + LOCK;
    all_ok(&pool.user_stakes(10));
    assert_eq!(locks(&pool, start), [(LOCK, 100), (2 * LOCK, 10)]);
    // what was free stays free
    all_ok(&pool.user_unstakes(100));
    let position = pool.bench.position(&pool.user_wallet, &pool.root);
    assert_eq!(position.unlocking_nano(), 100 * COIN);
    assert_eq!(locks(&pool, start), [(2 * LOCK, 10)]);
    // and not a coin more
    all_ok(&pool.user_unstakes(1));
    assert_eq!(locks(&pool, start), [(2 * LOCK, 10)]);
    assert_eq!(
        position.unlocking_nano(),
        pool.bench
            .position(&pool.user_wallet, &pool.root)
            .unlocking_nano()
    );
}

#[test]
fn an_unstake_takes_the_earliest_and_tells_its_last_lock() {
    let (mut pool, start) = topped_up();
    let before = locks(&pool, start);
    assert_eq!(before, [(LOCK, 100), (LOCK + 10, 100), (LOCK + 20, 100)]);
    pool.bench.now = start + LOCK;
    // 101 needs a coin that is locked for ten seconds more: refused, and every entry is where it was
    all_ok(&pool.user_unstakes(101));
    assert_eq!(locks(&pool, start), before);
    pool.bench.now = start + LOCK + 10;
    all_ok(&pool.user_unstakes(101));
    assert_eq!(locks(&pool, start), [(LOCK + 10, 99), (LOCK + 20, 100)]);
    let position = pool.bench.position(&pool.user_wallet, &pool.root);
    assert_eq!(position.unlocking_nano(), 101 * COIN);
}

/// While an unstake is on its way its entries are kept apart: a stake that arrives meanwhile does not mix with them.
#[test]
fn a_refusal_restores_what_was_taken() {
    let (mut pool, start) = topped_up();
    let (user, wallet, root) = pool.user_side();
    let before = locks(&pool, start);
    // a stake, and behind it an unstake of locked coins
    let stake = pool.stake_message(nano(17));
    pool.bench.tell(&user, &wallet, COIN, &stake);
    let unstake = Unstake {
        query_id: 3,
        amount: nano(250),
        root: root.clone(),
    };
    pool.bench.tell(&user, &wallet, COIN, &unstake);
    pool.bench.deliver(0);
    pool.bench.deliver(0);
    let position = pool.bench.position(&wallet, &root);
    assert_eq!(position.leaving_nano(), 250 * COIN);
    assert_eq!(position.staked_nano(), 50 * COIN);
    all_ok(&pool.bench.run());
    let mut after = before;
    after.push((LOCK + 30, 17));
    assert_eq!(locks(&pool, start), after);
}

/// When there are too many lock ends, neighbours merge to the later time, expired ones first, and no coin is locked
/// longer than the newest stake.
#[test]
fn a_fifth_lock_merges_two() {
    let (mut pool, start) = topped_up();
    pool.bench.now = start + 50;
    all_ok(&pool.user_stakes(100));
    pool.bench.now = start + 51;
    all_ok(&pool.user_stakes(10));
    // 50 and 51 are neighbours
    assert_eq!(
        locks(&pool, start),
        [
            (LOCK, 100),
            (LOCK + 10, 100),
            (LOCK + 20, 100),
            (LOCK + 51, 110)
        ]
    );
    // two that are over merge before any that is not
    pool.bench.now = start + LOCK + 12;
    all_ok(&pool.user_stakes(15));
    assert_eq!(
        locks(&pool, start),
        [
            (LOCK + 10, 200),
            (LOCK + 20, 100),
            (LOCK + 51, 110),
            (2 * LOCK + 12, 15)
        ]
    );
}

/// Whatever is staked and refused, no more than four times are kept.
#[test]
fn locks_are_bounded() {
    let (mut pool, start) = topped_up();
    let (user, wallet, root) = pool.user_side();
    for round in 0..6 {
        // an unstake of locked coins is on its way while two stakes are locked
        for coins in [1, 2] {
            let stake = pool.stake_message(nano(100 + coins));
            pool.bench.tell(&user, &wallet, COIN, &stake);
        }
        let amount = pool.bench.position(&wallet, &root).staked_nano();
        let unstake = Unstake {
            query_id: 3,
            amount: Tokens::new(amount),
            root: root.clone(),
        };
        pool.bench.tell(&user, &wallet, COIN, &unstake);
        all_ok(&pool.bench.run());
        pool.bench.now += 7;
        let found = locks(&pool, start);
        assert!(found.len() <= 4, "{round}: {found:?}");
        let sum: u128 = found.iter().map(|(_, coins)| coins).sum();
        assert_eq!(sum, 300 + 203 * (round + 1));
    }
    // all of it leaves in the end
    pool.bench.now += LOCK;
    let all = pool.bench.position(&wallet, &root).staked_nano() / COIN;
    all_ok(&pool.user_unstakes(all));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, Tokens::ZERO);
}

/// A slash scales every part, and no coin is counted twice.
#[test]
fn a_slash_scales_locks_and_what_is_leaving() {
    let (mut pool, _) = topped_up();
    let (user, wallet, root) = pool.user_side();
    pool.bench.now += LOCK;
    pool.bench.tell(
        &user,
        &wallet,
        COIN,
        &Unstake {
            query_id: 3,
            amount: nano(150),
            root: root.clone(),
        },
    );
    pool.bench.deliver(0);
    let delector = pool.delector.clone();
    let slash = Slash {
        share_bp: 5_000,
        key: common::hash(1),
    };
    pool.bench.tell(&delector, &root, COIN / 10, &slash);
    pool.bench.deliver(1);
    all_ok(&pool.bench.run());
    let position = pool.bench.position(&wallet, &root);
    assert_eq!(position.unlocking_nano(), 75 * COIN);
    assert_eq!(position.staked_nano(), 75 * COIN);
    assert_eq!(pool.bench.balances(&wallet).held, nano(150));
}
