//! Coins stay slashable for the whole unlock period after they last counted, and users' coins do not depend on anyone
//! else.

use crate::common;

use common::addr;
use common::bench::{COIN, Mail, Tx};
use common::config::params;
use common::pool::{LOCK, Pool, UNLOCK, all_ok, nano};
use ddvs_contracts::messages::*;
use ddvs_contracts::storage::times;
use ddvs_contracts::{Reason, getters};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

fn applied(pool: &mut Pool, update: &UpdateStake, coins: u128) {
    all_ok(&pool.answer(&Applied {
        seq: update.seq,
        total: nano(coins),
    }));
}

/// Coins held in a wallet.
fn held(pool: &Pool, wallet: &StdAddr) -> u128 {
    pool.bench.balances(wallet).held.into_inner() / COIN
}

/// Requests a release as the wallet, so that the refusal can be seen.
fn refusal(pool: &mut Pool, coins: u128) -> RefuseRelease {
    let (user, wallet, root) = pool.user_side();
    let request = RequestRelease {
        query_id: 1,
        amount: nano(coins),
        owner: user.clone(),
        settled: false,
        payer: user,
    };
    pool.bench.tell(&wallet, &root, COIN / 10, &request);
    pool.bench.deliver(0);
    let mail: Mail = pool.bench.intercept(&wallet);
    mail.parse()
}

/// Coins that leave late still pay. The D'Elector keeps counting until the coins are due.
#[test]
fn coins_that_leave_late_are_still_slashed() {
    let mut pool = Pool::running();
    let (wallet, root) = (pool.owner_wallet.clone(), pool.root.clone());
    pool.bench.now += LOCK;
    all_ok(&pool.owner_unstakes(2_000));
    // the value ran out: 4,000 of 5,000 stay counted
    let (update, _) = pool.update();
    applied(&mut pool, &update, 4_000);
    pool.bench.now += UNLOCK;
    // the validator offends, syncs, and takes what it can within seconds
    let sync = SyncStake { query_id: 1 };
    all_ok(&pool.bench.ask(&addr(0, 9), &root, COIN, &sync));
    let (update, _) = pool.update();
    pool.bench.now += 3;
    applied(&mut pool, &update, 3_000);
    pool.bench.now += 3;
    all_ok(&pool.settle(&wallet));
    assert_eq!(held(&pool, &wallet), 1_000, "only what left at first goes");
    // evidence: the key counted with 4,000 until six seconds ago
    pool.slash(5_000);
    let totals = pool.bench.totals(&root);
    assert_eq!(totals.owner_unlocking, Tokens::ZERO);
    assert_eq!(totals.users_active, nano(2_000));
    all_ok(&pool.settle(&wallet));
    all_ok(&pool.settle(&pool.user_wallet.clone()));
    let lost: u128 = (pool.bench.take_mail(&pool.delector.clone()).iter())
        .filter(|mail| mail.op() == SlashedCoins::OP)
        .map(|mail| mail.value_nano - u128::from(params().answer_value_nano))
        .sum();
    assert_eq!(lost, 2_000 * COIN, "half of the 4,000 that counted");
}

/// Coins wait from the moment at which the D'Elector counts less, and the refusal says until when.
#[test]
fn refused_release_states_when_it_is_possible() {
    let mut pool = Pool::running();
    let wallet = pool.user_wallet.clone();
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    let (update, _) = pool.update();
    pool.bench.now += 50;
    let refused = refusal(&mut pool, 1_000);
    assert_eq!(refused.reason, Reason::StillCounted.code());
    assert_eq!(refused.until, None);
    applied(&mut pool, &update, 4_000);
    let fell = pool.bench.now;
    pool.bench.now += UNLOCK - 1;
    all_ok(&pool.settle(&wallet));
    assert_eq!(held(&pool, &wallet), 3_000);
    let refused = refusal(&mut pool, 1_000);
    assert_eq!(refused.reason, Reason::StillSlashable.code());
    assert_eq!(refused.until, Some(fell + UNLOCK));
    pool.bench.now = fell + UNLOCK;
    all_ok(&pool.settle(&wallet));
    assert_eq!(held(&pool, &wallet), 2_000);
}

/// A part is released where not all may be: amounts that became due later do not delay earlier ones.
#[test]
fn a_part_is_released() {
    let mut pool = Pool::running();
    let wallet = pool.user_wallet.clone();
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    pool.apply();
    pool.bench.now += UNLOCK / 2;
    all_ok(&pool.user_unstakes(500));
    let (update, _) = pool.update();
    pool.bench.now += UNLOCK / 2;
    applied(&mut pool, &update, 3_500);
    pool.bench.now += UNLOCK / 2;
    // both are due, the second counted until half a period ago
    all_ok(&pool.settle(&wallet));
    assert_eq!(held(&pool, &wallet), 2_000);
    assert_eq!(pool.bench.balances(&wallet).unlocking, nano(500));
    let stack = pool.bench.get(&pool.root, getters::RELEASABLE, vec![]);
    assert_eq!(getters::releasable(&stack).unwrap().users, Tokens::ZERO);
    pool.bench.now += UNLOCK;
    let stack = pool.bench.get(&pool.root, getters::RELEASABLE, vec![]);
    assert_eq!(getters::releasable(&stack).unwrap().users, nano(500));
    all_ok(&pool.settle(&wallet));
    assert_eq!(held(&pool, &wallet), 1_500);
}

/// However often the counted stake falls, the floors stay few, no coin leaves early, and none waits more than a part
/// of the period too long.
#[test]
fn floors_are_bounded_and_none_is_lost() {
    let mut pool = Pool::running();
    let root = pool.root.clone();
    let mut total = 5_000;
    let mut fell = Vec::new();
    for step in 0..300_u32 {
        pool.bench.now += 1 + step * 7 % 5;
        // up and down, so that floors of all levels stand
        let next = if step % 11 == 5 {
            5_000
        } else {
            total - 1 - u128::from(step % 3)
        };
        let sync = SyncStake { query_id: 1 };
        pool.bench.edit_root(&root, |state| {
            state.users_active = Tokens::new((next - 2_000) * COIN);
            state.users_unlocking = nano(50_000);
        });
        all_ok(&pool.bench.ask(&addr(0, 9), &root, COIN, &sync));
        pool.apply();
        if next < total {
            fell.push((pool.bench.now, total));
        }
        total = next;
        let stack = pool.bench.get(&root, getters::FLOORS, vec![]);
        let floors = getters::floors(&stack).unwrap();
        let floors: Vec<_> = times(&floors).collect();
        assert!(floors.len() <= 20, "{floors:?}");
        let now = pool.bench.now;
        let stands = |at: u32| {
            let live = floors.iter().filter(|(until, _)| *until > at);
            live.map(|(_, level)| level / COIN).max().unwrap_or(0)
        };
        let due = |at: u32, more: u32| {
            let live = fell.iter().filter(|(since, _)| since + UNLOCK + more > at);
            live.map(|(_, level)| *level).max().unwrap_or(0)
        };
        for at in [now, now + UNLOCK / 3, now + UNLOCK - 1, now + UNLOCK] {
            assert!(stands(at) >= due(at, 0), "{step} at {}", at - now);
            assert!(
                stands(at) <= due(at, UNLOCK / 8 + 1),
                "{step} at {}",
                at - now
            );
        }
    }
}

/// The owner's coins leave last. One of the last validators is counted with the minimum that keeps the set: users
/// leave, the owner waits.
#[test]
fn the_owner_waits_for_the_users() {
    let mut pool = Pool::running();
    let (owner, user) = (pool.owner_wallet.clone(), pool.user_wallet.clone());
    pool.bench.now += LOCK;
    all_ok(&pool.owner_unstakes(1_800));
    all_ok(&pool.user_unstakes(3_000));
    // both updates ask for less than the set can spare: 1,000 stay counted
    let (update, _) = pool.update();
    applied(&mut pool, &update, 1_000);
    let (update, _) = pool.update();
    assert_eq!(
        update.total,
        Tokens::ZERO,
        "below the least it asks for nothing"
    );
    applied(&mut pool, &update, 1_000);
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&owner));
    assert_eq!(
        held(&pool, &owner),
        1_000,
        "what counts stays, of the owner's own"
    );
    all_ok(&pool.settle(&user));
    assert_eq!(held(&pool, &user), 0, "all of the users' left");
}

/// Users' leaving coins do not cover for the owner's: otherwise the owner's would be gone first.
#[test]
fn leaving_coins_of_users_do_not_release_the_owners() {
    let mut pool = Pool::running();
    let (owner, user) = (pool.owner_wallet.clone(), pool.user_wallet.clone());
    pool.bench.now += LOCK;
    all_ok(&pool.owner_unstakes(1_000));
    pool.apply();
    pool.bench.now += UNLOCK - 10;
    all_ok(&pool.user_unstakes(1_000));
    pool.apply();
    pool.bench.now += 20;
    // 4,000 counted until ten seconds ago; 3,000 do now
    all_ok(&pool.settle(&owner));
    assert_eq!(held(&pool, &owner), 2_000);
    pool.bench.now += UNLOCK + UNLOCK / 8;
    all_ok(&pool.settle(&user));
    assert_eq!(held(&pool, &user), 2_000);
    all_ok(&pool.settle(&owner));
    assert_eq!(held(&pool, &owner), 1_000);
}

/// A release sends the request to the D'Elector by itself: nobody else's message is needed.
#[test]
fn release_sends_a_rejected_update_again() {
    let mut pool = Pool::running();
    let (user, wallet, root) = pool.user_side();
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    let (update, _) = pool.update();
    all_ok(&pool.answer(&Rejected {
        seq: update.seq,
        reason: Reason::QueueFull.code(),
    }));
    pool.bench.now += UNLOCK;
    let settle = Settle {
        query_id: 4,
        root: root.clone(),
    };
    // the least value only asks for the release
    let least = params().op_value_nano.into();
    all_ok(&pool.bench.ask(&user, &wallet, least, &settle));
    pool.no_update();
    // more of it asks the D'Elector too
    let more = params().change_value_nano().into();
    all_ok(&pool.bench.ask(&user, &wallet, more, &settle));
    assert_eq!(held(&pool, &wallet), 3_000);
    assert_eq!(pool.apply().total, nano(4_000));
    pool.bench.now += UNLOCK;
    let txs: Vec<Tx> = pool.settle(&wallet);
    all_ok(&txs);
    assert_eq!(held(&pool, &wallet), 2_000);
    assert!(!pool.bench.totals(&root).in_flight);
}
