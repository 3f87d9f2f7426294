//! Coins never go where nobody controls them: plain transfers to a Root, accumulated surplus, wallets without an
//! owner, a slash that cannot be paid.

use crate::common;

use common::addr;
use common::bench::COIN;
use common::config::params;
use common::pool::{Pool, UNLOCK, all_ok, nano, refused};
use ddvs_contracts::messages::*;
use ddvs_contracts::{ExitCode, Reason, RootTerms, address};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

fn comment() -> Cell {
    let mut body = CellBuilder::new();
    body.store_u32(0).unwrap();
    body.store_raw(b"deposit", 56).unwrap();
    body.build().unwrap()
}

fn surplus(pool: &Pool) -> i128 {
    pool.bench.reserves(&pool.root).surplus_nano
}

/// A habit from other pools: 100 coins, bounceable, with a comment.
#[test]
fn a_plain_transfer_to_a_root_returns() {
    let mut pool = Pool::running();
    let (anyone, root) = (addr(0, 9), pool.root.clone());
    for (body, bounce) in [
        (comment(), true),
        (Cell::default(), true),
        (comment(), false),
    ] {
        let before = surplus(&pool);
        pool.bench
            .post(&anyone, &root, 100 * COIN, bounce, None, body);
        all_ok(&pool.bench.run());
        let back = pool.bench.take_mail(&anyone);
        assert_eq!(back.len(), 1);
        assert!(back[0].value_nano > 100 * COIN - COIN / 100, "{back:?}");
        assert_eq!(surplus(&pool), before);
    }
    // also while someone has paid for the next update
    all_ok(&pool.user_stakes(10));
    let (update, _) = pool.update();
    all_ok(&pool.user_stakes(10));
    pool.bench.post(&anyone, &root, COIN, true, None, comment());
    all_ok(&pool.bench.run());
    assert!(pool.bench.take_mail(&anyone)[0].value_nano > COIN - COIN / 100);
    all_ok(&pool.answer(&Applied {
        seq: update.seq,
        total: update.total,
    }));
    pool.apply();
}

#[test]
fn the_owner_takes_the_surplus() {
    let mut pool = Pool::running();
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    let take = TakeSurplus { query_id: 8 };
    // value that returns to a Root stays
    let back = Excesses { query_id: 1 };
    all_ok(&pool.bench.ask(&addr(0, 9), &root, 5 * COIN, &back));
    all_ok(&pool.user_stakes(10));
    let (update, _) = pool.update();
    all_ok(&pool.user_stakes(10));
    refused(
        &pool.bench.ask(&addr(0, 9), &root, COIN, &take),
        ExitCode::NotOwner,
    );
    let before = surplus(&pool);
    assert!(before >= 5 * COIN as i128 - 20_000_000, "{before}");
    pool.bench.take_mail(&owner);
    all_ok(&pool.bench.ask(&owner, &root, COIN, &take));
    assert_eq!(
        surplus(&pool),
        0,
        "not a nano of the reserve, nor of the next update"
    );
    let mail = pool.bench.take_mail(&owner);
    assert_eq!(mail[0].parse::<Excesses>().query_id, 8);
    assert!(mail[0].value_nano > before as u128 + COIN - COIN / 100);
    refused(
        &pool.bench.ask(&owner, &root, COIN, &take),
        ExitCode::NoSurplus,
    );
    all_ok(&pool.answer(&Applied {
        seq: update.seq,
        total: update.total,
    }));
    pool.apply();
}

/// An unused Root keeps nothing; as long as anyone's coins are there it keeps its reserve.
#[test]
fn all_of_a_closed_root_leaves() {
    let mut pool = Pool::running();
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    all_ok(
        &pool
            .bench
            .ask(&owner, &root, COIN, &CloseRoot { query_id: 7 }),
    );
    pool.apply();
    all_ok(&pool.user_unstakes(3_000));
    let unstake = Unstake {
        query_id: 3,
        amount: nano(2_000),
        root: root.clone(),
    };
    let wallet = pool.owner_wallet.clone();
    all_ok(&pool.bench.ask(&owner, &wallet, COIN, &unstake));
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    let take = TakeSurplus { query_id: 8 };
    pool.bench.ask(&owner, &root, COIN, &take);
    assert!(surplus(&pool) <= 0 && surplus(&pool) > -10_000_000);
    all_ok(&pool.settle(&pool.user_wallet.clone()));
    all_ok(&pool.bench.ask(&owner, &root, COIN, &take));
    assert_eq!(pool.bench.balance(&root), 0);
    // a wallet without positions holds no stake: its owner can withdraw everything
    let user = pool.user.clone();
    let wallet = pool.user_wallet.clone();
    let withdraw = Withdraw {
        query_id: 1,
        amount: None,
    };
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &withdraw));
    assert_eq!(pool.bench.balance(&wallet), 0);
}

/// The same code and data on another chain are neither a Root nor a wallet: coins sent there can leave.
#[test]
fn accounts_on_the_wrong_chain_give_back() {
    let mut pool = Pool::new();
    let (owner, network) = (pool.owner.clone(), pool.bench.network.clone());
    let init = address::root_state_init(&network, 1, &pool.terms).unwrap();
    for chain in [-1, 2] {
        let there = address::address_of(chain, &init).unwrap();
        let state = Some(init.clone());
        // not bounceable: it stays
        pool.bench
            .post(&owner, &there, 10 * COIN, false, state, Cell::default());
        pool.bench.run();
        assert!(pool.bench.balance(&there) > 9 * COIN);
        pool.bench.take_mail(&owner);
        all_ok(
            &pool
                .bench
                .ask(&owner, &there, COIN, &TakeSurplus { query_id: 1 }),
        );
        assert_eq!(pool.bench.balance(&there), 0);
    }
    let init = address::wallet_state_init(&network, 1, &owner).unwrap();
    let there = address::address_of(2, &init).unwrap();
    pool.bench
        .post(&owner, &there, 10 * COIN, true, Some(init), Cell::default());
    all_ok(&pool.bench.run());
    let stake = pool.stake_message(nano(1));
    refused(
        &pool.bench.ask(&owner, &there, COIN, &stake),
        ExitCode::WrongChain,
    );
    let withdraw = Withdraw {
        query_id: 1,
        amount: None,
    };
    all_ok(&pool.bench.ask(&owner, &there, COIN, &withdraw));
    assert_eq!(pool.bench.balance(&there), 0);
}

#[test]
fn wallet_for_an_owner_on_an_unknown_chain_is_refused() {
    let mut pool = Pool::new();
    let (anyone, root) = (addr(0, 9), pool.root.clone());
    let deploy = DeployWallet {
        query_id: 1,
        owner: StdAddr::new(7, HashBytes([5; 32])),
        chain: 0,
    };
    refused(
        &pool.bench.ask(&anyone, &root, 3 * COIN, &deploy),
        ExitCode::WrongChain,
    );
    assert!(pool.bench.take_mail(&anyone)[0].value_nano > 3 * COIN - COIN / 100);
}

/// Terms that the network does not allow: nothing is accepted, and all coins come back.
#[test]
fn a_root_with_bad_terms_takes_nothing() {
    let most = params();
    let good = Pool::new().terms;
    let bad = [
        RootTerms {
            lock_period: most.max_lock_period_s + 1,
            ..good.clone()
        },
        RootTerms {
            unlock_period: most.max_unlock_period_s + 1,
            ..good.clone()
        },
        RootTerms {
            unlock_period: u32::MAX,
            ..good.clone()
        },
        RootTerms {
            unlock_period: most.min_unlock_period_s - 1,
            ..good.clone()
        },
        RootTerms {
            min_stake: Tokens::new(u128::from(most.max_stake_nano) + 1),
            ..good.clone()
        },
    ];
    for terms in bad {
        assert!(!most.allows(&terms));
        let mut pool = Pool::new();
        pool.terms = terms.clone();
        pool.root = pool.bench.deploy_root(1, &terms);
        let before = pool.bench.balances(&pool.user_wallet);
        // enough to stake the minimum of the terms
        let wallet = pool.user_wallet.clone();
        pool.bench
            .endow(&wallet, 4 * u128::from(most.max_stake_nano));
        let stake = pool.stake_message(terms.min_stake);
        let user = pool.user.clone();
        pool.bench.tell(&user, &wallet, COIN, &stake);
        pool.bench.deliver(0);
        pool.bench.deliver(0);
        let rejected: RejectStake = pool.bench.intercept(&wallet).parse();
        assert_eq!(rejected.reason, Reason::BadTerms.code());
        assert_eq!(before.staked, Tokens::ZERO);
        refused(&pool.register(1), ExitCode::BadTerms);
        let (owner, root) = (pool.owner.clone(), pool.root.clone());
        refused(
            &pool
                .bench
                .ask(&owner, &root, COIN, &CloseRoot { query_id: 1 }),
            ExitCode::BadTerms,
        );
        refused(
            &pool
                .bench
                .ask(&owner, &root, COIN, &SyncStake { query_id: 1 }),
            ExitCode::BadTerms,
        );
    }
    assert!(most.allows(&good));
}

/// Times end in 2106, and nothing overflows.
#[test]
fn longest_periods_end_at_the_largest_time() {
    let mut pool = Pool::with(ddvs_contracts::params::DdvsParams {
        max_lock_period_s: u32::MAX,
        max_unlock_period_s: u32::MAX,
        ..params()
    });
    pool.terms.lock_period = u32::MAX;
    pool.terms.unlock_period = u32::MAX - 10;
    pool.root = pool.bench.deploy_root(1, &pool.terms.clone());
    all_ok(&pool.register(1));
    all_ok(&pool.owner_stakes(2_000));
    pool.apply();
    let (owner, wallet, root) = (
        pool.owner.clone(),
        pool.owner_wallet.clone(),
        pool.root.clone(),
    );
    let position = pool.bench.position(&wallet, &root);
    assert_eq!(position.locks.get(u32::MAX).unwrap(), Some(nano(2_000)));
    all_ok(
        &pool
            .bench
            .ask(&owner, &root, COIN, &CloseRoot { query_id: 1 }),
    );
    pool.apply();
    let unstake = Unstake {
        query_id: 3,
        amount: nano(2_000),
        root: root.clone(),
    };
    all_ok(&pool.bench.ask(&owner, &wallet, COIN, &unstake));
    let position = pool.bench.position(&wallet, &root);
    assert_eq!(position.unlocking.get(u32::MAX).unwrap(), Some(nano(2_000)));
}

/// A wallet no longer has the coins that it holds, and a stranger settles the slash. Before, he got 3,999.49 coins;
/// now he gets the rest of his own value.
#[test]
fn a_slash_that_cannot_be_paid_pays_nobody() {
    for missing in [COIN / 2, 1_500 * COIN, 3_000 * COIN] {
        let mut pool = Pool::running();
        pool.slash(10_000);
        pool.bench.take_mail(&pool.delector.clone());
        let (stranger, wallet) = (addr(0, 9), pool.user_wallet.clone());
        let there = 3_000 * COIN - missing;
        pool.bench.endow(&wallet, there);
        all_ok(&pool.settle(&wallet));
        let value: u128 = (pool.bench.take_mail(&stranger).iter())
            .map(|mail| mail.value_nano)
            .sum();
        assert!(value < COIN / 2, "the stranger got {value}");
        let lost: u128 = (pool.bench.take_mail(&pool.delector.clone()).iter())
            .map(|mail| mail.value_nano)
            .sum();
        if there == 0 {
            assert_eq!(lost, 0);
        } else {
            assert_eq!(lost, there + u128::from(params().answer_value_nano));
        }
        assert_eq!(pool.bench.balance(&wallet), 0);
        let position = pool.bench.position(&wallet, &pool.root.clone());
        assert!(position.settled || position == Default::default());
    }
}

/// Whoever controls the masterchain can speak for any address there, including wallets. No wallet stakes there, so
/// Roots ignore them.
#[test]
fn a_root_believes_no_wallet_of_the_masterchain() {
    let mut pool = Pool::running();
    let (owner, root) = (pool.user.clone(), pool.root.clone());
    let wallet = address::wallet_address(&pool.bench.network, -1, &owner).unwrap();
    let before = pool.bench.totals(&root);
    let confirm = ConfirmStake {
        query_id: 1,
        amount: nano(1_000),
        owner: owner.clone(),
    };
    let refusal = ExitCode::NotAuthenticWallet;
    refused(&pool.bench.ask(&wallet, &root, COIN, &confirm), refusal);
    let leave = RequestUnstake {
        query_id: 2,
        amount: nano(3_000),
        owner: owner.clone(),
        lock_until: 0,
        settled: false,
    };
    refused(&pool.bench.ask(&wallet, &root, COIN, &leave), refusal);
    assert_eq!(pool.bench.totals(&root), before);
}

/// The message of a slash arrives once, and may be lost. Whatever the Root then requests, the refusal slashes it.
#[test]
fn a_refusal_for_a_removed_validator_slashes_it() {
    let mut pool = Pool::running();
    all_ok(&pool.user_stakes(10));
    let (update, _) = pool.update();
    let before = pool.bench.totals(&pool.root.clone());
    all_ok(&pool.answer(&Rejected {
        seq: update.seq,
        reason: Reason::Removed.code(),
    }));
    let after = pool.bench.totals(&pool.root.clone());
    assert!(after.removed);
    assert!(after.owner_active < before.owner_active, "{after:?}");
}
