//! Every answer is paid for, whatever the state of its wallet: sixteen positions at addresses that make their
//! dictionary a chain, all lists full, a slash to settle. An answer cannot be requested again.

use crate::common;

use common::bench::{COIN, Tx};
use common::config::params;
use common::pool::{LOCK, Pool, UNLOCK, all_ok, nano};
use ddvs_contracts::messages::*;
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::storage::{ChainTotals, Fate, Position, RootState};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

/// Coins of each entry.
const EACH: u128 = 10_000_000 * COIN;
const LATE: u32 = 4_000_000_000;

fn times(first: u32, count: u32) -> Dict<u32, Tokens> {
    let mut times = Dict::new();
    for i in 0..count {
        times
            .set(first + i, Tokens::new(EACH + u128::from(i)))
            .unwrap();
    }
    times
}

/// A position with all lists full; eight amounts are due.
fn full(now: u32) -> Position {
    Position {
        locks: times(now - 100, 4),
        unlocking: times(now - 200, 8),
        ..Default::default()
    }
}

/// The user's wallet at its fullest.
fn crowded(params: DdvsParams) -> Pool {
    crowded_with(params, |_| ())
}

fn crowded_with(params: DdvsParams, edit: impl Fn(&mut Position)) -> Pool {
    let mut pool = Pool::running_with(params);
    pool.bench.now += LOCK + UNLOCK;
    let (now, root, wallet) = (pool.bench.now, pool.root.clone(), pool.user_wallet.clone());
    let mut held = 0;
    let mut positions = Dict::<StdAddr, Position>::new();
    for bit in 0..16 {
        let mut other = root.clone();
        // the last one is the Root itself, at the end of the chain
        if bit < 15 {
            other.address.0[bit / 8] ^= 0x80 >> (bit % 8);
        }
        let mut position = full(now);
        edit(&mut position);
        held += position.held_nano();
        positions.set(other, position).unwrap();
    }
    let target = positions.get(&root).unwrap().unwrap();
    pool.bench.edit_wallet(&wallet, |storage| {
        storage.held = Tokens::new(held);
        storage.count = 16;
        storage.positions = positions;
    });
    pool.bench.edit_root(&root, |state| {
        state.users_active = Tokens::new(target.staked_nano() + target.leaving_nano());
        state.users_unlocking =
            Tokens::new(target.unlocking_nano() + target.releasing.into_inner());
        let brought = ChainTotals {
            users_active: state.users_active,
            users_unlocking: state.users_unlocking,
            ..Default::default()
        };
        state.chains.set(wallet.workchain, brought).unwrap();
        crowd_chains(state);
    });
    pool.bench.endow(&wallet, held + 100 * COIN);
    // what counts again is counted
    pool.bench.edit_root(&root, |state| {
        state.counted =
            Tokens::new(state.owner_active.into_inner() + state.users_active.into_inner());
    });
    pool
}

/// Wallets of all 24 chains have contributed, so the totals by chain have their maximum depth.
fn crowd_chains(state: &mut RootState) {
    for chain in (0..31_i8).filter(|chain| chain % 4 != 3) {
        let found = state.chains.get(chain).unwrap();
        let mut brought = found.unwrap_or_default();
        for amount in [&mut brought.owner_active, &mut brought.owner_unlocking] {
            *amount = Tokens::new(amount.into_inner() + EACH);
        }
        state.owner_active = Tokens::new(state.owner_active.into_inner() + EACH);
        state.owner_unlocking = Tokens::new(state.owner_unlocking.into_inner() + EACH);
        state.chains.set(chain, brought).unwrap();
    }
    assert_eq!(state.chains.iter().count(), 24);
}

fn slashed(pool: &mut Pool) {
    pool.slash(6_000);
    pool.bench.take_mail(&pool.delector.clone());
}

/// Storage fees of the seconds that a test lets pass.
const STORAGE_NANO: u128 = 10_000;

/// Coins of the wallet that are not held must pay only for storage, never for a message.
fn own(pool: &Pool) -> u128 {
    let balances = pool.bench.balances(&pool.user_wallet);
    balances.balance.into_inner() - balances.held.into_inner() + STORAGE_NANO
}

/// Sends the message with the minimum accepted value; everything is handled, and nothing still waits.
#[track_caller]
fn is_paid(mut pool: Pool, message: &impl Message, value_nano: u64) -> Vec<Tx> {
    let (user, wallet, root) = pool.user_side();
    let before = own(&pool) - STORAGE_NANO;
    let txs = pool.bench.ask(&user, &wallet, value_nano.into(), message);
    all_ok(&txs);
    let position = pool.bench.position(&wallet, &root);
    assert!(!position.unstaking && !position.settling && position.leaving.is_empty());
    assert_eq!(position.pending, Tokens::ZERO);
    // what was staked is held now
    let staked = txs.iter().any(|tx| tx.message == "Lock");
    let staked_nano = if staked { 10 * COIN } else { 0 };
    assert!(
        own(&pool) + staked_nano >= before,
        "{} < {before}",
        own(&pool)
    );
    for tx in &txs {
        println!("{:16} {:6} gas", tx.message, tx.gas);
    }
    txs
}

fn stake(pool: &Pool) -> Stake {
    pool.stake_message(nano(10))
}

fn unstake(pool: &Pool, nano: u128) -> Unstake {
    Unstake {
        query_id: 3,
        amount: Tokens::new(nano),
        root: pool.root.clone(),
    }
}

fn settle(pool: &Pool) -> Settle {
    Settle {
        query_id: 4,
        root: pool.root.clone(),
    }
}

#[track_caller]
fn answered(txs: &[Tx], with: &str) {
    assert!(
        txs.iter().any(|tx| tx.message == with),
        "no {with}: {txs:#?}"
    );
}

#[test]
fn lock_is_paid_for() {
    let pool = crowded(params());
    let message = stake(&pool);
    answered(
        &is_paid(pool, &message, params().change_value_nano()),
        "Lock",
    );
}

/// A larger payment for the next update replaces another one, and sends it back.
#[test]
fn lock_that_replaces_a_smaller_payment_is_paid_for() {
    let mut pool = crowded(params());
    let (root, stranger) = (pool.root.clone(), common::addr(0, 9));
    all_ok(&pool.owner_stakes(10));
    pool.update();
    let least = u128::from(params().change_value_nano());
    let sync = SyncStake { query_id: 1 };
    all_ok(&pool.bench.ask(&stranger, &root, least, &sync));
    pool.bench.take_mail(&stranger);
    let message = stake(&pool);
    let more = 2 * params().change_value_nano();
    let root_before = pool.bench.reserves(&root).surplus_nano;
    let (user, wallet) = (pool.user.clone(), pool.user_wallet.clone());
    let before = own(&pool) - STORAGE_NANO;
    let txs = pool.bench.ask(&user, &wallet, more.into(), &message);
    answered(&txs, "Lock");
    all_ok(&txs);
    for tx in &txs {
        println!("{:16} {:6} gas", tx.message, tx.gas);
    }
    assert!(own(&pool) + 10 * COIN >= before);
    assert!(pool.bench.reserves(&root).surplus_nano >= root_before - STORAGE_NANO as i128);
    assert_eq!(pool.bench.take_mail(&stranger).len(), 1);
}

#[test]
fn reject_stake_is_paid_for() {
    let mut pool = crowded(params());
    slashed(&mut pool);
    let message = stake(&pool);
    answered(
        &is_paid(pool, &message, params().change_value_nano()),
        "RejectStake",
    );
}

#[test]
fn unlock_is_paid_for() {
    let pool = crowded_with(params(), |position| {
        let first = position.unlocking.keys().next().unwrap().unwrap();
        position.unlocking.remove(first).unwrap();
    });
    let message = unstake(&pool, 4 * EACH);
    answered(
        &is_paid(pool, &message, params().change_value_nano()),
        "Unlock",
    );
}

#[test]
fn unlock_with_a_slash_is_paid_for() {
    let mut pool = crowded_with(params(), |position| {
        let first = position.unlocking.keys().next().unwrap().unwrap();
        position.unlocking.remove(first).unwrap();
    });
    slashed(&mut pool);
    let message = unstake(&pool, 2 * EACH);
    answered(
        &is_paid(pool, &message, params().change_value_nano()),
        "Unlock",
    );
}

#[test]
fn refuse_unstake_is_paid_for() {
    let pool = crowded_with(params(), |position| {
        position.locks = times(LATE, 4);
        position.unlocking = times(LATE, 7);
    });
    let message = unstake(&pool, 4 * EACH);
    answered(
        &is_paid(pool, &message, params().change_value_nano()),
        "RefuseUnstake",
    );
}

#[test]
fn release_is_paid_for() {
    let pool = crowded(params());
    let message = settle(&pool);
    answered(&is_paid(pool, &message, params().op_value_nano), "Release");
}

#[test]
fn release_with_a_slash_is_paid_for() {
    let mut pool = crowded(params());
    slashed(&mut pool);
    let message = settle(&pool);
    answered(&is_paid(pool, &message, params().op_value_nano), "Release");
}

/// Nothing is due, so every list has to be scaled and stays.
#[test]
fn settling_a_slash_with_nothing_due_is_paid_for() {
    let mut pool = crowded_with(params(), |position| position.unlocking = times(LATE, 9));
    slashed(&mut pool);
    let message = settle(&pool);
    answered(&is_paid(pool, &message, params().op_value_nano), "Release");
}

#[test]
fn refuse_release_is_paid_for() {
    let mut pool = crowded(params());
    pool.bench.edit_root(&pool.root.clone(), |state| {
        state.counted = Tokens::new(state.backing_nano());
        // the D'Elector is being asked, and floors stand
        let floors = times(LATE, 10);
        state.fate = Fate::Standing { floors };
    });
    let message = settle(&pool);
    answered(
        &is_paid(pool, &message, params().op_value_nano),
        "RefuseRelease",
    );
}

/// The request cannot be delivered: the Root is gone, as after a chain that lost its state.
#[test]
fn bounces_are_paid_for() {
    for kind in 0..3 {
        let mut pool = crowded_with(params(), |position| {
            position.unlocking = times(position.unlocking.keys().next().unwrap().unwrap(), 7);
        });
        pool.bench.forget(&pool.root.clone());
        let (user, wallet, root) = pool.user_side();
        let before = own(&pool) - STORAGE_NANO;
        let change = params().change_value_nano().into();
        match kind {
            0 => pool.bench.ask(&user, &wallet, change, &stake(&pool)),
            1 => pool
                .bench
                .ask(&user, &wallet, change, &unstake(&pool, 4 * EACH)),
            _ => pool.bench.ask(
                &user,
                &wallet,
                params().op_value_nano.into(),
                &settle(&pool),
            ),
        };
        let mail = pool.bench.take_mail(&root);
        pool.bench.bounce_back(&root, &mail[0]);
        all_ok(&pool.bench.run());
        let position = pool.bench.position(&wallet, &root);
        assert!(!position.unstaking && !position.settling && position.leaving.is_empty());
        assert_eq!(position.pending, Tokens::ZERO);
        assert!(own(&pool) >= before);
    }
}

/// A lock that ended meanwhile, and four others: what the refusal restores has to be merged.
#[test]
fn answers_that_find_both_lists_full_are_paid_for() {
    let slash = Some(Price {
        numerator: Tokens::new(4),
        denominator: Tokens::new(10),
    });
    // of a removed Root's answer all is left but what a request and the Root have taken
    let all = u128::from(params().op_value_nano) - 60_000_000;
    let share = u128::from(params().op_value_nano / 2) - 15_000_000;
    for (kind, price, value) in
        (0..4).flat_map(|kind| [(kind, slash.clone(), all), (kind, None, share)])
    {
        let mut pool = crowded_with(params(), |position| {
            position.leaving = times(LATE + 100, 4);
            position.locks = times(LATE, 4);
            position.unlocking = times(LATE, 8);
            position.releasing = Tokens::new(EACH);
            (position.unstaking, position.settling) = (true, true);
        });
        let (root, wallet, payer) = (
            pool.root.clone(),
            pool.user_wallet.clone(),
            pool.user.clone(),
        );
        let before = own(&pool) - STORAGE_NANO;
        let (query_id, amount, reason) = (1, Tokens::new(EACH), 36);
        let release_at = LATE + 500;
        let txs = match kind {
            0 => pool.bench.ask(
                &root,
                &wallet,
                value,
                &Unlock {
                    query_id,
                    amount,
                    release_at,
                    price,
                },
            ),
            1 => pool.bench.ask(
                &root,
                &wallet,
                value,
                &RefuseUnstake {
                    query_id,
                    amount,
                    reason,
                    price,
                },
            ),
            2 => pool.bench.ask(
                &root,
                &wallet,
                value,
                &Release {
                    query_id,
                    amount,
                    price,
                    payer,
                },
            ),
            _ => {
                let until = Some(LATE);
                pool.bench.ask(
                    &root,
                    &wallet,
                    value,
                    &RefuseRelease {
                        query_id,
                        amount,
                        reason,
                        until,
                        price,
                        payer,
                    },
                )
            }
        };
        for tx in &txs {
            println!("{:16} {:6} gas", tx.message, tx.gas);
        }
        all_ok(&txs);
        assert!(own(&pool) >= before, "{kind}: {} < {before}", own(&pool));
    }
}

/// The answers of the D'Elector, with the minimum that they carry: floors and keys in flight, another update paid
/// for.
#[test]
fn answers_of_the_delector_are_paid_for() {
    for kind in 0..3 {
        let mut pool = Pool::running();
        all_ok(&pool.register(2));
        let (update, _) = pool.update();
        all_ok(&pool.user_stakes(10));
        all_ok(&pool.register(3));
        let now = pool.bench.now;
        pool.bench.edit_root(&pool.root.clone(), |state| {
            let mut floors = times(now - 100, 10);
            for (i, until) in (1..10).enumerate() {
                let level = Tokens::new(EACH + i as u128);
                floors.set(now + 20 * until, level).unwrap();
            }
            state.fate = Fate::Standing { floors };
        });
        let total = Tokens::new(update.total.into_inner() - COIN);
        let answer_nano = params().answer_value_nano.into();
        let (delector, root, seq) = (pool.delector.clone(), pool.root.clone(), update.seq);
        let before = pool.bench.balance(&root);
        let txs = match kind {
            0 => pool
                .bench
                .ask(&delector, &root, answer_nano, &Applied { seq, total }),
            1 => pool
                .bench
                .ask(&delector, &root, answer_nano, &Rejected { seq, reason: 10 }),
            _ => pool.bench.ask(
                &delector,
                &root,
                answer_nano,
                &Slash {
                    share_bp: 6_000,
                    key: common::hash(1),
                },
            ),
        };
        for tx in &txs {
            println!("{:16} {:6} gas", tx.message, tx.gas);
        }
        all_ok(&txs);
        if kind < 2 {
            let (next, _) = pool.update();
            assert_eq!(next.seq, seq + 1);
            let funds = params().update_value_nano();
            assert!(pool.bench.balance(&root) + u128::from(funds) < before);
            assert!(
                pool.bench.reserves(&root).surplus_nano >= 0,
                "its own coins pay nothing"
            );
        }
    }
}

/// With a value that is just enough for a small wallet, an answer to the fullest fails.
#[test]
fn value_for_a_small_wallet_is_too_little_for_the_fullest() {
    let little = DdvsParams {
        op_value_nano: 90_000_000,
        ..params()
    };
    let mut pool = crowded_with(little.clone(), |position| {
        position.unlocking = times(LATE, 9);
    });
    slashed(&mut pool);
    let (user, wallet) = (pool.user.clone(), pool.user_wallet.clone());
    let settle = settle(&pool);
    let txs = pool
        .bench
        .ask(&user, &wallet, little.op_value_nano.into(), &settle);
    assert!(txs.iter().any(|tx| !tx.is_ok()), "{txs:#?}");
}
