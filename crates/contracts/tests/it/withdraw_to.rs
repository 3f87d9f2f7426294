//! Free coins paid out to any account: exactly as many, to nobody else, and nothing that is held.

use crate::common;

use common::bench::{Bench, COIN};
use common::pool::{Pool, all_ok, nano, refused};
use common::{addr, mutants};
use ddvs_contracts::messages::*;
use ddvs_contracts::{Codes, ExitCode};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

/// A text that would be a request to a Root if it could begin a body.
fn comment() -> Cell {
    let body = ConfirmStake {
        query_id: 1,
        amount: nano(1_000),
        owner: addr(0, 1),
    };
    body.to_cell().unwrap()
}

fn withdraw_to(to: &StdAddr, amount: Option<u128>) -> WithdrawTo {
    WithdrawTo {
        query_id: 9,
        amount: amount.map(Tokens::new),
        to: to.clone(),
        bounce: true,
        comment: None,
    }
}

/// A pool whose user has staked, and has free coins beside that.
fn staked_on(codes: &Codes) -> Pool {
    let mut pool = Pool::on(Bench::running(codes, common::config::params()));
    all_ok(&pool.register(1));
    all_ok(&pool.user_stakes(2_000));
    let user = pool.user.clone();
    pool.bench.take_mail(&user);
    pool
}

fn staked() -> Pool {
    staked_on(&Codes::default())
}

#[test]
fn the_amount_arrives_and_the_rest_of_the_value_returns() {
    for (bounce, comment) in [(true, None), (false, Some(comment()))] {
        let mut pool = staked();
        let (user, wallet, _) = pool.user_side();
        let to = addr(-1, 0x77);
        let before_nano = pool.bench.balance(&wallet);
        let message = WithdrawTo {
            bounce,
            comment: comment.clone(),
            ..withdraw_to(&to, Some(30 * COIN))
        };
        all_ok(&pool.bench.ask(&user, &wallet, COIN, &message));
        let mail = pool.bench.take_mail(&to);
        assert_eq!(mail.len(), 1);
        assert_eq!(mail[0].value_nano, 30 * COIN);
        assert_eq!(pool.bench.balance(&wallet), before_nano - 30 * COIN);
        let mut body = mail[0].body.as_slice().unwrap();
        match comment {
            // the text is after the op code of comments, whatever it is
            Some(text) => {
                assert_eq!(body.load_u32().unwrap(), 0);
                assert_eq!(CellBuilder::build_from(body).unwrap(), text);
            }
            None => assert!(body.is_empty()),
        }
        let back = pool.bench.take_mail(&user);
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].parse::<Excesses>().query_id, 9);
        assert!(
            back[0].value_nano > COIN - COIN / 50,
            "{}",
            back[0].value_nano
        );
    }
}

#[test]
fn all_free_coins_leave_and_no_others() {
    let mut pool = staked();
    let (user, wallet, root) = pool.user_side();
    let free = pool.bench.balances(&wallet).free_nano as u128;
    let before_nano = pool.bench.balance(&wallet);
    let to = addr(0, 0x77);
    let more = withdraw_to(&to, Some(free + 1));
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &more),
        ExitCode::NotEnoughFree,
    );
    all_ok(
        &pool
            .bench
            .ask(&user, &wallet, COIN, &withdraw_to(&to, None)),
    );
    assert_eq!(pool.bench.take_mail(&to)[0].value_nano, free);
    let left = pool.bench.balances(&wallet);
    assert_eq!((left.free_nano, left.held), (0, nano(2_000)));
    // what is kept for storage
    let kept = before_nano - free - 2_000 * COIN;
    assert_eq!(pool.bench.balance(&wallet), 2_000 * COIN + kept);
    assert_eq!(
        pool.bench.position(&wallet, &root).staked_nano(),
        2_000 * COIN
    );
    refused(
        &pool
            .bench
            .ask(&user, &wallet, COIN, &withdraw_to(&to, None)),
        ExitCode::ZeroAmount,
    );
}

#[test]
fn only_the_owner_pays_out_and_only_where_chains_are() {
    let mut pool = staked();
    let (user, wallet, _) = pool.user_side();
    let message = withdraw_to(&addr(0, 0x77), Some(COIN));
    refused(
        &pool.bench.ask(&addr(0, 0x66), &wallet, COIN, &message),
        ExitCode::NotOwner,
    );
    let nowhere = withdraw_to(&StdAddr::new(7, HashBytes([5; 32])), Some(COIN));
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &nowhere),
        ExitCode::WrongChain,
    );
}

/// With too little value for the fees nothing leaves: held coins never pay them.
#[test]
fn withdrawal_without_value_for_fees_sends_nothing() {
    let mut pool = staked();
    let (user, wallet, _) = pool.user_side();
    let before_nano = pool.bench.balance(&wallet);
    let to = addr(0, 0x77);
    for value_nano in (1..100).map(|step| step * COIN / 2_000) {
        let txs = pool
            .bench
            .ask(&user, &wallet, value_nano, &withdraw_to(&to, Some(COIN)));
        if txs[0].is_ok() {
            let paid = pool.bench.take_mail(&to);
            assert_eq!(paid[0].value_nano, COIN);
            // a leftover that is not worth its own message stays
            let left_nano = pool.bench.balance(&wallet) + COIN - before_nano;
            assert!(left_nano < COIN / 1_000, "{left_nano}");
            return;
        }
        assert!(pool.bench.take_mail(&to).is_empty());
        assert!(pool.bench.balance(&wallet) >= before_nano);
    }
    panic!("a twentieth of a coin is not enough");
}

#[test]
fn bounced_withdrawal_is_free_again() {
    for comment in [None, Some(comment()), Some(Cell::default())] {
        let mut pool = staked();
        let (user, wallet, root) = pool.user_side();
        let before = pool.bench.position(&wallet, &root);
        let free_nano = pool.bench.balances(&wallet).free_nano;
        let to = addr(0, 0x77);
        let message = WithdrawTo {
            comment,
            ..withdraw_to(&to, Some(30 * COIN))
        };
        all_ok(&pool.bench.ask(&user, &wallet, COIN, &message));
        let mail = pool.bench.take_mail(&to);
        pool.bench.bounce_back(&to, &mail[0]);
        all_ok(&pool.bench.run());
        assert_eq!(pool.bench.position(&wallet, &root), before);
        let paid_nano = free_nano - pool.bench.balances(&wallet).free_nano;
        assert!((0..COIN as i128 / 100).contains(&paid_nano), "{paid_nano}");
    }
}

/// A comment to a Root or another wallet is a transfer: it stakes nothing, and changes no position.
fn comments_make_no_request(codes: &Codes) {
    let mut pool = staked_on(codes);
    let (user, wallet, root) = pool.user_side();
    let other = pool.owner_wallet.clone();
    let before = (pool.bench.totals(&root), pool.bench.position(&other, &root));
    let text = ConfirmStake {
        query_id: 1,
        amount: nano(1_000),
        owner: user.clone(),
    };
    for to in [&root, &other, &wallet] {
        let message = WithdrawTo {
            comment: Some(text.to_cell().unwrap()),
            ..withdraw_to(to, Some(10 * COIN))
        };
        pool.bench.ask(&user, &wallet, COIN, &message);
    }
    let after = (pool.bench.totals(&root), pool.bench.position(&other, &root));
    assert_eq!(after, before);
}

/// What is staked is still there after all that is free has left.
fn held_coins_stay(codes: &Codes) {
    let mut pool = staked_on(codes);
    let (user, wallet, _) = pool.user_side();
    let message = withdraw_to(&addr(0, 0x77), None);
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &message));
    assert!(pool.bench.balance(&wallet) >= 2_000 * COIN);
}

#[test]
fn every_mutant_is_detected() {
    mutants::each_is_noticed(&[
        (
            "wallet-pays-with-any-words",
            "depool-wallet",
            comments_make_no_request,
        ),
        ("wallet-pays-out-of-held", "depool-wallet", held_coins_stay),
    ]);
}
