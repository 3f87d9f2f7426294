//! The life of a stake between real DePool Wallets and a real DePool Root; the test plays owners and the D'Elector.

use crate::common;

use common::bench::COIN;
use common::pool::{LOCK, Pool, UNLOCK, all_ok, gas, key, nano, refused};
use common::{addr, hash};
use ddvs_contracts::messages::*;
use ddvs_contracts::{ExitCode, Reason, RootTerms, getters, signing};
use tycho_types::cell::Lazy;
use tycho_types::num::Tokens;

/// Value that accompanies slashed coins for the treasury's gas.
fn answer_nano() -> u128 {
    common::config::params().answer_value_nano.into()
}

#[test]
fn a_stake_is_locked_and_counted() {
    let mut pool = Pool::new();
    all_ok(&pool.register(1));
    pool.no_update(); // no stake yet
    all_ok(&pool.user_stakes(500));
    pool.no_update(); // below the network's minimum
    let position = pool.bench.position(&pool.user_wallet, &pool.root);
    assert_eq!(position.staked_nano(), 500 * COIN);
    assert_eq!(
        position.locks.get(pool.bench.now + LOCK).unwrap(),
        Some(nano(500))
    );
    all_ok(&pool.owner_stakes(2_000));
    let (update, value_nano) = pool.update();
    assert_eq!(update.total, nano(2_500));
    assert_eq!(update.key, signing::public_key(&key(1)));
    assert!(update.proof.is_some());
    assert!(
        value_nano >= u128::from(common::config::params().update_value_nano()),
        "{value_nano}"
    );
    assert!(pool.bench.totals(&pool.root).in_flight);
    pool.bench.take_mail(&pool.owner.clone());
    all_ok(&pool.answer(&Applied {
        seq: update.seq,
        total: update.total,
    }));
    let totals = pool.bench.totals(&pool.root);
    assert_eq!((totals.counted, totals.in_flight), (nano(2_500), false));
    assert_eq!(
        (totals.owner_active, totals.users_active),
        (nano(2_000), nano(500))
    );
    let mail = pool.bench.take_mail(&pool.owner.clone());
    assert_eq!(mail.len(), 1);
    assert_eq!(mail[0].parse::<Excesses>().query_id, 2);
    assert_eq!(pool.bench.balances(&pool.owner_wallet).staked, nano(2_000));
}

#[test]
fn changes_in_flight_are_coalesced() {
    let mut pool = Pool::new();
    pool.register(1);
    all_ok(&pool.owner_stakes(2_000));
    let (first, _) = pool.update();
    for _ in 0..3 {
        all_ok(&pool.user_stakes(100));
    }
    pool.no_update();
    all_ok(&pool.answer(&Applied {
        seq: first.seq,
        total: first.total,
    }));
    let (second, value_nano) = pool.update();
    assert_eq!(second.total, nano(2_300));
    assert_eq!(second.seq, first.seq + 1);
    assert!(second.proof.is_none(), "the key is known by now");
    assert!(
        value_nano >= u128::from(common::config::params().update_value_nano()),
        "{value_nano}"
    );
    pool.bench.take_mail(&pool.user.clone());
    all_ok(&pool.answer(&Applied {
        seq: second.seq,
        total: second.total,
    }));
    assert_eq!(
        pool.bench.take_mail(&pool.user.clone()).len(),
        1,
        "who paid the second gets what it left"
    );
    let reserves = pool.bench.reserves(&pool.root);
    assert!(
        (0..COIN as i128 / 100).contains(&reserves.surplus_nano),
        "nothing stays in the Root: {reserves:?}"
    );
}

#[test]
fn an_update_that_became_needless_is_not_sent() {
    let mut pool = Pool::running();
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(100));
    let (update, _) = pool.update();
    all_ok(&pool.user_stakes(100)); // back to where it was, and paid for an update
    pool.bench.take_mail(&pool.user.clone());
    all_ok(&pool.answer(&Rejected {
        seq: update.seq,
        reason: Reason::QueueFull.code(),
    }));
    pool.no_update();
    let mail = pool.bench.take_mail(&pool.user.clone());
    assert_eq!(mail.len(), 2, "what both updates left: {mail:#?}");
    assert_eq!(
        pool.bench.totals(&pool.root).last_reason,
        Some(Reason::QueueFull.code())
    );
    refused(
        &pool.bench.ask(
            &addr(0, 9),
            &pool.root.clone(),
            COIN,
            &SyncStake { query_id: 1 },
        ),
        ExitCode::NothingToSync,
    );
}

#[test]
fn a_rejected_update_can_be_asked_for_again() {
    let mut pool = Pool::new();
    pool.register(1);
    all_ok(&pool.owner_stakes(2_000));
    let (update, _) = pool.update();
    let (anyone, root) = (addr(0, 9), pool.root.clone());
    all_ok(&pool.answer(&Rejected {
        seq: update.seq,
        reason: Reason::RegistryFull.code(),
    }));
    refused(
        &pool
            .bench
            .ask(&anyone, &root, COIN / 5, &SyncStake { query_id: 1 }),
        ExitCode::TooLittleValue,
    );
    all_ok(
        &pool
            .bench
            .ask(&anyone, &root, COIN, &SyncStake { query_id: 1 }),
    );
    assert_eq!(pool.apply().total, nano(2_000));
}

#[test]
fn a_bounced_update_returns_its_value() {
    let mut pool = Pool::new();
    pool.register(1);
    all_ok(&pool.owner_stakes(2_000));
    let mail = pool.bench.take_mail(&pool.delector.clone());
    pool.bench.take_mail(&pool.owner.clone());
    pool.bench.bounce_back(&pool.delector.clone(), &mail[0]);
    all_ok(&pool.bench.run());
    let totals = pool.bench.totals(&pool.root);
    assert_eq!(
        (totals.in_flight, totals.last_reason),
        (false, Some(Reason::Bounced.code()))
    );
    let back = pool.bench.take_mail(&pool.owner.clone());
    assert_eq!(back.len(), 1);
    assert!(back[0].value_nano + COIN / 20 > mail[0].value_nano);
}

#[test]
fn a_locked_stake_stays() {
    let mut pool = Pool::running();
    let (wallet, root) = (pool.user_wallet.clone(), pool.root.clone());
    pool.bench.now += LOCK - 1;
    all_ok(&pool.user_unstakes(1_000));
    assert_eq!(
        pool.bench.position(&wallet, &root).staked_nano(),
        3_000 * COIN
    );
    assert_eq!(pool.bench.totals(&root).users_active, nano(3_000));
    pool.no_update();
    pool.bench.now += 1;
    all_ok(&pool.user_unstakes(1_000));
    assert_eq!(pool.apply().total, nano(4_000));
    let release_at = pool.bench.now + UNLOCK;
    let position = pool.bench.position(&wallet, &root);
    assert_eq!(
        position.unlocking.get(release_at).unwrap(),
        Some(nano(1_000))
    );
    assert_eq!(pool.bench.totals(&root).users_unlocking, nano(1_000));
    // nothing is due yet
    pool.bench.now = release_at - 1;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, nano(3_000));
    pool.bench.now = release_at;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, nano(2_000));
    assert_eq!(pool.bench.totals(&root).users_unlocking, Tokens::ZERO);
}

#[test]
fn coins_that_are_counted_are_not_released() {
    let mut pool = Pool::running();
    let (wallet, root) = (pool.user_wallet.clone(), pool.root.clone());
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    pool.bench.now += UNLOCK;
    let (update, _) = pool.update();
    all_ok(&pool.settle(&wallet));
    let position = pool.bench.position(&wallet, &root);
    assert_eq!(
        (position.releasing, position.staked_nano()),
        (Tokens::ZERO, 2_000 * COIN)
    );
    assert_eq!(
        pool.bench.balances(&wallet).unlocking,
        nano(1_000),
        "refused: still counted"
    );
    all_ok(&pool.answer(&Applied {
        seq: update.seq,
        total: update.total,
    }));
    // they counted until now
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).unlocking, nano(1_000));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).unlocking, Tokens::ZERO);
    assert_eq!(pool.bench.balances(&wallet).held, nano(2_000));
    // and out
    let user = pool.user.clone();
    let withdraw = |amount| Withdraw {
        query_id: 6,
        amount,
    };
    let free = pool.bench.balances(&wallet).free_nano;
    let txs = pool.bench.ask(
        &user,
        &wallet,
        COIN,
        &withdraw(Some(Tokens::new(free as u128 + 1))),
    );
    refused(&txs, ExitCode::NotEnoughFree);
    pool.bench.take_mail(&user);
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &withdraw(None)));
    let paid = pool.bench.take_mail(&user)[0].value_nano;
    assert!(paid > free as u128 && paid < free as u128 + COIN);
    assert_eq!(pool.bench.balances(&wallet).free_nano, 0);
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &withdraw(None)),
        ExitCode::ZeroAmount,
    );
}

#[test]
fn coins_that_may_yet_be_counted_are_not_released() {
    let mut pool = Pool::new();
    let wallet = pool.user_wallet.clone();
    all_ok(&pool.register(1));
    all_ok(&pool.user_stakes(2_000));
    let (update, _) = pool.update();
    // the D'Elector takes its time
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(500));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, nano(2_000));
    all_ok(&pool.answer(&Applied {
        seq: update.seq,
        total: update.total,
    }));
    assert_eq!(pool.apply().total, nano(1_500));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, nano(1_500));
}

/// Rounded down together, two odd amounts would be worth a nano more than the Root counts: that nano could never be
/// released.
#[test]
fn parts_are_rounded_before_they_are_merged() {
    let mut pool = Pool::new();
    let (user, wallet, root) = pool.user_side();
    all_ok(&pool.register(1));
    all_ok(&pool.user_stakes(2_000));
    pool.apply();
    pool.bench.now += LOCK;
    let unstake = |nano| Unstake {
        query_id: 3,
        amount: Tokens::new(nano),
        root: root.clone(),
    };
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &unstake(COIN + 1)));
    pool.apply();
    pool.slash(5_000);
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &unstake(COIN + 1)));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).unlocking, Tokens::ZERO);
    assert_eq!(pool.bench.totals(&root).users_unlocking, Tokens::ZERO);
}

#[test]
fn the_owner_pays_first_for_a_slash() {
    let mut pool = Pool::running();
    pool.bench.now += LOCK;
    all_ok(&pool.user_unstakes(1_000));
    pool.apply();
    // 60% of 5,000 is 3,000: all of the owner's 2,000, and 1,000 of the users' 3,000
    pool.slash(6_000);
    let (user_wallet, owner_wallet, root) = (
        pool.user_wallet.clone(),
        pool.owner_wallet.clone(),
        pool.root.clone(),
    );
    let totals = pool.bench.totals(&root);
    assert!(totals.removed);
    assert_eq!(
        (totals.owner_active, totals.counted),
        (Tokens::ZERO, Tokens::ZERO)
    );
    let sum = totals.users_active.into_inner() + totals.users_unlocking.into_inner();
    assert!((2_000 * COIN - 2..=2_000 * COIN).contains(&sum), "{sum}");
    // a second one takes nothing
    pool.slash(6_000);
    assert_eq!(pool.bench.totals(&root), totals);
    pool.bench.take_mail(&pool.delector.clone());

    all_ok(&pool.settle(&user_wallet));
    let lost = pool.bench.take_mail(&pool.delector.clone());
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0].parse::<SlashedCoins>().root, root);
    let loss_nano = lost[0].value_nano - answer_nano();
    assert!(
        (1_000 * COIN..=1_000 * COIN + 2).contains(&loss_nano),
        "{loss_nano}"
    );
    let balances = pool.bench.balances(&user_wallet);
    assert_eq!(balances.held.into_inner() + loss_nano, 3_000 * COIN);
    // only once
    all_ok(&pool.settle(&user_wallet));
    assert!(pool.bench.take_mail(&pool.delector.clone()).is_empty());
    assert_eq!(pool.bench.balances(&user_wallet).held, balances.held);

    all_ok(&pool.settle(&owner_wallet));
    assert_eq!(
        pool.bench.take_mail(&pool.delector.clone())[0].value_nano - answer_nano(),
        2_000 * COIN
    );
    assert_eq!(pool.bench.balances(&owner_wallet).held, Tokens::ZERO);

    // what is left leaves at once, and no stake comes in
    all_ok(&pool.user_stakes(100));
    assert_eq!(pool.bench.balances(&user_wallet).held, balances.held);
    let rest = Tokens::new(pool.bench.position(&user_wallet, &root).staked_nano());
    let unstake = Unstake {
        query_id: 3,
        amount: rest,
        root: root.clone(),
    };
    let user = pool.user.clone();
    all_ok(&pool.bench.ask(&user, &user_wallet, COIN, &unstake));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&user_wallet));
    assert_eq!(pool.bench.balances(&user_wallet).held, Tokens::ZERO);
    let dust = pool.bench.totals(&root);
    assert!(
        dust.users_active.into_inner() + dust.users_unlocking.into_inner() <= 2,
        "{dust:?}"
    );
}

#[test]
fn a_slash_while_an_unstake_is_on_its_way_is_settled_once() {
    let mut pool = Pool::running();
    let (user, wallet, root, delector) = (
        pool.user.clone(),
        pool.user_wallet.clone(),
        pool.root.clone(),
        pool.delector.clone(),
    );
    pool.bench.now += LOCK;
    pool.bench.tell(
        &user,
        &wallet,
        COIN,
        &Unstake {
            query_id: 3,
            amount: nano(1_001),
            root: root.clone(),
        },
    );
    pool.bench.deliver(0); // the request is on its way
    let settle = Settle {
        query_id: 4,
        root: root.clone(),
    };
    pool.bench.tell(
        &delector,
        &root,
        COIN / 10,
        &Slash {
            share_bp: 6_001,
            key: hash(1),
        },
    );
    pool.bench.deliver(1);
    pool.bench.tell(&user, &wallet, COIN / 2, &settle);
    all_ok(&pool.bench.run());
    let lost: u128 = pool
        .bench
        .take_mail(&delector)
        .iter()
        .filter(|m| m.op() == SlashedCoins::OP)
        .map(|m| m.value_nano - answer_nano())
        .sum();
    let held = pool.bench.balances(&wallet).held.into_inner();
    assert_eq!(held + lost, 3_000 * COIN);
    assert!(lost > 1_000 * COIN && lost < 1_001 * COIN + COIN, "{lost}");
    let totals = pool.bench.totals(&root);
    assert!(totals.users_active.into_inner() + totals.users_unlocking.into_inner() >= held);
}

#[test]
fn a_refused_key_does_not_stand_in_the_way() {
    let mut pool = Pool::running();
    let root = pool.root.clone();
    all_ok(&pool.register(2));
    let (update, _) = pool.update();
    assert_eq!(
        (update.total, update.key),
        (nano(5_000), signing::public_key(&key(2)))
    );
    assert!(update.proof.is_some());
    all_ok(&pool.answer(&Rejected {
        seq: update.seq,
        reason: Reason::KeyTaken.code(),
    }));
    let keys = getters::key_info(&pool.bench.get(&root, getters::KEY_INFO, vec![])).unwrap();
    assert_eq!(keys.key, Some(signing::public_key(&key(1))));
    assert_eq!(keys.next_key, None);
    all_ok(&pool.user_stakes(10));
    let update = pool.apply();
    assert_eq!(
        (update.total, update.key),
        (nano(5_010), signing::public_key(&key(1)))
    );
    // and a good one is taken
    all_ok(&pool.register(3));
    pool.apply();
    let keys = getters::key_info(&pool.bench.get(&root, getters::KEY_INFO, vec![])).unwrap();
    assert_eq!(
        (keys.key, keys.next_key),
        (Some(signing::public_key(&key(3))), None)
    );
}

#[test]
fn a_closed_root_lets_all_go() {
    let mut pool = Pool::running();
    let (owner, user, root) = (pool.owner.clone(), pool.user.clone(), pool.root.clone());
    refused(
        &pool
            .bench
            .ask(&user, &root, COIN, &CloseRoot { query_id: 7 }),
        ExitCode::NotOwner,
    );
    all_ok(
        &pool
            .bench
            .ask(&owner, &root, COIN, &CloseRoot { query_id: 7 }),
    );
    assert_eq!(pool.apply().total, Tokens::ZERO);
    refused(
        &pool
            .bench
            .ask(&owner, &root, COIN, &CloseRoot { query_id: 7 }),
        ExitCode::Closed,
    );
    refused(&pool.register(2), ExitCode::Closed);
    let before = pool.bench.balances(&pool.user_wallet).held;
    all_ok(&pool.user_stakes(100));
    assert_eq!(
        pool.bench.balances(&pool.user_wallet).held,
        before,
        "rejected"
    );
    all_ok(&pool.user_unstakes(3_000)); // although locked
    pool.no_update();
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&pool.user_wallet.clone()));
    assert_eq!(pool.bench.balances(&pool.user_wallet).held, Tokens::ZERO);
}

#[test]
fn too_little_value_changes_nothing() {
    let mut pool = Pool::running();
    let (user, wallet) = (pool.user.clone(), pool.user_wallet.clone());
    let before = pool.bench.balances(&wallet);
    let needed = u128::from(common::config::params().change_value_nano());
    let stake = pool.stake_message(nano(100));
    refused(
        &pool.bench.ask(&user, &wallet, needed - 1, &stake),
        ExitCode::TooLittleValue,
    );
    let unstake = Unstake {
        query_id: 3,
        amount: nano(1),
        root: pool.root.clone(),
    };
    refused(
        &pool.bench.ask(&user, &wallet, needed - 1, &unstake),
        ExitCode::TooLittleValue,
    );
    assert_eq!(pool.bench.balances(&wallet).held, before.held);
    // exactly enough is enough
    all_ok(&pool.bench.ask(&user, &wallet, needed, &stake));
    assert_eq!(
        pool.bench.balances(&wallet).staked.into_inner(),
        before.staked.into_inner() + 100 * COIN
    );
    pool.apply();
}

#[test]
fn refusals_of_a_wallet() {
    let mut pool = Pool::running();
    let (user, stranger, wallet, root) = (
        pool.user.clone(),
        addr(0, 9),
        pool.user_wallet.clone(),
        pool.root.clone(),
    );
    let stake = pool.stake_message(nano(100));
    refused(
        &pool.bench.ask(&stranger, &wallet, COIN, &stake),
        ExitCode::NotOwner,
    );
    let withdraw = Withdraw {
        query_id: 1,
        amount: Some(nano(1)),
    };
    refused(
        &pool.bench.ask(&stranger, &wallet, COIN, &withdraw),
        ExitCode::NotOwner,
    );
    let forged = Stake {
        root: addr(1, 0x99),
        ..stake.clone()
    };
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &forged),
        ExitCode::NotAuthenticRoot,
    );
    let masterchain =
        ddvs_contracts::address::root_address(&pool.bench.network, -1, &pool.terms).unwrap();
    refused(
        &pool.bench.ask(
            &user,
            &wallet,
            COIN,
            &Stake {
                root: masterchain,
                ..stake.clone()
            },
        ),
        ExitCode::NotAuthenticRoot,
    );
    let too_much = Stake {
        amount: nano(100_000),
        ..stake.clone()
    };
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &too_much),
        ExitCode::NotEnoughFree,
    );
    let zero = Stake {
        amount: Tokens::ZERO,
        ..stake
    };
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &zero),
        ExitCode::ZeroAmount,
    );
    let lock = Lock {
        query_id: 1,
        amount: nano(1),
        lock_until: 1,
    };
    refused(
        &pool.bench.ask(&stranger, &wallet, COIN, &lock),
        ExitCode::UnexpectedAnswer,
    );
    refused(
        &pool.bench.ask(
            &stranger,
            &wallet,
            COIN,
            &Settle {
                query_id: 1,
                root: stranger.clone(),
            },
        ),
        ExitCode::NoPosition,
    );
    let unstake = Unstake {
        query_id: 3,
        amount: nano(3_001),
        root,
    };
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &unstake),
        ExitCode::NotEnoughStaked,
    );
    refused(
        &pool
            .bench
            .ask(&stranger, &wallet, COIN, &SyncStake { query_id: 1 }),
        ExitCode::UnknownOp,
    );
}

#[test]
fn refusals_of_a_root() {
    let mut pool = Pool::running();
    let (stranger, root) = (addr(1, 9), pool.root.clone());
    let forged = ConfirmStake {
        query_id: 1,
        amount: nano(100),
        owner: pool.user.clone(),
    };
    refused(
        &pool.bench.ask(&stranger, &root, COIN, &forged),
        ExitCode::NotAuthenticWallet,
    );
    refused(
        &pool.bench.ask(
            &stranger,
            &root,
            COIN,
            &Applied {
                seq: 2,
                total: nano(1),
            },
        ),
        ExitCode::NotDElector,
    );
    refused(
        &pool.bench.ask(
            &stranger,
            &root,
            COIN,
            &Slash {
                share_bp: 1,
                key: hash(1),
            },
        ),
        ExitCode::NotDElector,
    );
    refused(
        &pool.answer(&Applied {
            seq: 2,
            total: nano(1),
        }),
        ExitCode::UnexpectedSeq,
    );
    let nowhere = DeployWallet {
        query_id: 1,
        owner: stranger.clone(),
        chain: 7,
    };
    refused(
        &pool.bench.ask(&stranger, &root, COIN, &nowhere),
        ExitCode::WrongChain,
    );
    let poor = DeployWallet {
        query_id: 1,
        owner: stranger.clone(),
        chain: 0,
    };
    refused(
        &pool.bench.ask(&stranger, &root, COIN / 10, &poor),
        ExitCode::TooLittleValue,
    );
    refused(
        &pool.bench.ask(
            &stranger,
            &root,
            COIN,
            &Settle {
                query_id: 1,
                root: root.clone(),
            },
        ),
        ExitCode::UnknownOp,
    );
    // the same code and data in the masterchain and on another chain
    let init =
        ddvs_contracts::address::root_state_init(&pool.bench.network, 1, &pool.terms).unwrap();
    for (chain, with) in [(-1, ExitCode::RootInMasterchain), (2, ExitCode::WrongChain)] {
        let there = ddvs_contracts::address::address_of(chain, &init).unwrap();
        pool.bench.post(
            &stranger,
            &there,
            10 * COIN,
            true,
            Some(init.clone()),
            Default::default(),
        );
        refused(&pool.bench.run(), with);
    }
}

#[test]
fn a_bounced_request_is_undone() {
    // the wallet's Root exists in no chain yet: its requests bounce
    let mut pool = Pool::new();
    let absent = RootTerms {
        nonce: 1,
        ..pool.terms.clone()
    };
    let root = ddvs_contracts::address::root_address(&pool.bench.network, 1, &absent).unwrap();
    let stake = Stake {
        query_id: 8,
        amount: nano(100),
        root: root.clone(),
        terms: Lazy::new(&absent).unwrap(),
    };
    let (user, wallet) = (pool.user.clone(), pool.user_wallet.clone());
    pool.bench.ask(&user, &wallet, COIN, &stake);
    assert_eq!(pool.bench.balances(&wallet).pending, nano(100));
    let mail = pool.bench.take_mail(&root);
    pool.bench.take_mail(&user);
    pool.bench.bounce_back(&root, &mail[0]);
    all_ok(&pool.bench.run());
    assert_eq!(pool.bench.balances(&wallet).held, Tokens::ZERO);
    assert_eq!(
        pool.bench.take_mail(&user)[0].parse::<Excesses>().query_id,
        8
    );
}

#[test]
fn at_most_sixteen_roots_and_eight_unlocks() {
    let mut pool = Pool::running();
    let (user, wallet, root) = pool.user_side();
    pool.bench.now += LOCK;
    for _ in 0..8 {
        pool.bench.now += 1;
        all_ok(&pool.user_unstakes(1));
        pool.apply();
    }
    pool.bench.now += 1;
    refused(&pool.user_unstakes(1), ExitCode::TooManyUnlocks);
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    all_ok(&pool.user_unstakes(1));
    for nonce in 1..=16 {
        let terms = RootTerms {
            nonce,
            ..pool.terms.clone()
        };
        let root = ddvs_contracts::address::root_address(&pool.bench.network, 1, &terms).unwrap();
        let stake = Stake {
            query_id: 8,
            amount: nano(10),
            root,
            terms: Lazy::new(&terms).unwrap(),
        };
        let txs = pool.bench.ask(&user, &wallet, COIN, &stake);
        if nonce < 16 {
            all_ok(&txs);
        } else {
            refused(&txs, ExitCode::TooManyPositions);
        }
    }
    assert_eq!(
        pool.bench.position(&wallet, &root).staked_nano(),
        2_991 * COIN
    );
}

#[test]
fn gas_stays_low() {
    let mut pool = Pool::running();
    let txs = pool.user_stakes(100);
    all_ok(&txs);
    pool.apply();
    pool.bench.now += LOCK;
    let mut all = txs;
    all.extend(pool.user_unstakes(100));
    pool.apply();
    pool.bench.now += UNLOCK;
    all.extend(pool.settle(&pool.user_wallet.clone()));
    for tx in &all {
        println!("{:16} {:6} gas", tx.message, tx.gas);
    }
    let (stake, lock) = (gas(&all, "Stake"), gas(&all, "Lock"));
    assert!(stake <= 9_000 && lock <= 8_500, "{stake} {lock}");
}
