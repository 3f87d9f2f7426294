//! A stake from the first coin to the last, and every no on the way.

use crate::common;

use common::*;
use ddvs_client::{ClientError, DePoolRoot, Live, Refusal};
use ddvs_contracts::Reason;
use ddvs_people::{Answer, Kind, PeopleError, RejectReason, Request, pools, request, simulate};
use ddvs_types::{Amount, COIN};

const HUNDRED: u128 = 100 * COIN;

fn opened(net: &mut Net) -> ddvs_people::Staker {
    let bob = net.staker(BOB, 0);
    let request = bob.create(&net.network, 1_000 * COIN).unwrap().unwrap();
    assert_eq!(net.answer(&request), Answer::Taken);
    bob
}

#[test]
fn a_stake_comes_and_goes() {
    let mut net = network();
    let bob = opened(&mut net);
    assert!(bob.create(&net.network, COIN).unwrap().is_none());
    let view = bob.view(&net.network).unwrap();
    assert!(view.exists && view.free_nano > 999 * COIN, "{view:?}");

    // with a pool on the other workchain
    let address = net.roots[5].clone();
    let root = pools::fetch(&net.network, &net.context, &address).unwrap();
    let request = bob
        .stake(&net.network, &net.context, &root, Amount::Nano(HUNDRED))
        .unwrap();
    let Answer::Locked {
        amount_nano: HUNDRED,
        lock_until,
    } = net.answer(&request)
    else {
        panic!("not locked");
    };
    let now = ddvs_client::getter::unix_time(net.network.now_ms().unwrap());
    assert!(lock_until <= now + 30 && lock_until > now - 30);

    // too early: it reports the time
    let early = bob
        .unstake(&net.network, &net.context, &address, Amount::All)
        .unwrap_err()
        .to_string();
    let until = ddvs_people::time::until(lock_until, now);
    assert!(
        early.contains(&format!(
            "100 coins are locked with this pool until {until}"
        )),
        "{early}"
    );
    // the pool reports the same
    let mut request = bob.withdraw(&net.network, Amount::Nano(COIN)).unwrap();
    let value = bob.wallet.change_value(&net.network).unwrap();
    request.messages = vec![bob.wallet.unstake(&address, HUNDRED, value, 1).unwrap()];
    request.kind = Kind::Ask;
    let Answer::Refused(rejection) = net.answer(&request) else {
        panic!("unstaked before its time");
    };
    assert_eq!(
        rejection.reason,
        RejectReason::Reason(Reason::Locked.code())
    );
    assert_eq!(rejection.by, address);
    assert!(
        rejection
            .to_string()
            .contains("The lock of the stake has not ended"),
        "{rejection}"
    );

    net.pass(31);
    let half = Amount::Nano(HUNDRED / 2);
    let request = bob
        .unstake(&net.network, &net.context, &address, half)
        .unwrap();
    let answer = net.answer(&request);
    assert!(
        matches!(answer, Answer::Unlocking { amount_nano, .. } if amount_nano == HUNDRED / 2),
        "{answer:?}"
    );
    let early = bob
        .settle(&net.network, &net.context, &address)
        .unwrap_err()
        .to_string();
    assert!(
        early.contains("no coins are due yet: 50 are, from 2027-"),
        "{early}"
    );
    net.pass(91);
    let request = bob.settle(&net.network, &net.context, &address).unwrap();
    let released = Answer::Released {
        amount_nano: HUNDRED / 2,
        lost_nano: 0,
    };
    assert_eq!(net.answer(&request), released);

    let before = net
        .network
        .account(bob.owner.address())
        .unwrap()
        .balance_nano;
    let request = bob.withdraw(&net.network, Amount::All).unwrap();
    let Answer::Paid { amount_nano } = net.answer(&request) else {
        panic!("not paid");
    };
    assert!(amount_nano > 949 * COIN, "{amount_nano}");
    let after = net
        .network
        .account(bob.owner.address())
        .unwrap()
        .balance_nano;
    assert!(after - before > 949 * COIN);
    let view = bob.view(&net.network).unwrap();
    assert_eq!(view.held_nano, HUNDRED / 2);
    assert!(view.free_nano < COIN / 10);
}

/// A stake that Bob's wallet sends although it would be refused.
fn below_the_least(net: &Net, bob: &ddvs_people::Staker, root: &DePoolRoot) -> Request {
    let mut request = bob.withdraw(&net.network, Amount::Nano(COIN)).unwrap();
    let value = bob.wallet.change_value(&net.network).unwrap();
    request.messages = vec![bob.wallet.stake(root, COIN, value, 1).unwrap()];
    request.kind = Kind::Ask;
    request
}

#[test]
fn a_pool_says_no_with_its_reason() {
    let mut net = network();
    let bob = opened(&mut net);
    let root = pools::fetch(&net.network, &net.context, &net.roots[0]).unwrap();
    let request = below_the_least(&net, &bob, &root);
    let Answer::Refused(rejection) = net.answer(&request) else {
        panic!("a stake below the least was taken");
    };
    assert_eq!(
        rejection.reason,
        RejectReason::Reason(Reason::BelowMinStake.code())
    );
    assert_eq!(bob.view(&net.network).unwrap().held_nano, 0);
    // the command predicts it
    let least = bob
        .stake(&net.network, &net.context, &root, Amount::Nano(COIN))
        .unwrap_err()
        .to_string();
    assert!(least.contains("stake 10 coins or more"), "{least}");
}

#[test]
fn impossible_requests_are_refused_before_anything_is_sent() {
    let mut net = network();
    let cannot = |error: PeopleError| {
        assert!(error.is_refusal());
        let PeopleError::Cannot { what, next } = error else {
            panic!("{error}");
        };
        (what, next)
    };
    let bob = net.staker(BOB, 0);
    let root = pools::fetch(&net.network, &net.context, &net.roots[0]).unwrap();
    let ten = Amount::Nano(10 * COIN);
    let (_, next) = cannot(
        bob.stake(&net.network, &net.context, &root, ten)
            .unwrap_err(),
    );
    assert!(next.contains("ddvs wallet create"));
    let bob = opened(&mut net);
    let much = Amount::Nano(2_000 * COIN);
    let (what, _) = cannot(
        bob.stake(&net.network, &net.context, &root, much)
            .unwrap_err(),
    );
    assert!(what.contains("coins to stake"), "{what}");
    let (what, _) = cannot(
        bob.unstake(&net.network, &net.context, root.address(), ten)
            .unwrap_err(),
    );
    assert!(what.contains("0 coins are staked"), "{what}");
    cannot(
        bob.settle(&net.network, &net.context, root.address())
            .unwrap_err(),
    );
    cannot(bob.withdraw(&net.network, much).unwrap_err());
    let (what, _) =
        cannot(pools::fetch(&net.network, &net.context, bob.owner.address()).unwrap_err());
    assert!(what.contains("no pool"), "{what}");
    let nobody = net.staker(NOBODY, 0);
    let request = nobody.create(&net.network, COIN).unwrap().unwrap();
    let (what, next) = cannot(request.sign(&net.network).unwrap_err());
    assert!(what.contains("has 0 coins"), "{what}");
    assert!(next.contains("ddvs faucet"), "{next}");
    cannot(ddvs_people::Staker::new(&net.context, &[1; 32], 7).unwrap_err());
}

#[test]
fn the_same_request_runs_once_however_often_it_is_sent() {
    let mut net = network();
    let bob = opened(&mut net);
    let request = bob.deposit(&net.network, Amount::Nano(HUNDRED)).unwrap();
    let signed = request.sign(&net.network).unwrap();
    signed.send(&net.network).unwrap();
    let first = signed.wait(&mut net.network, &mut |_| false).unwrap();
    assert_eq!(first.answer, Some(Answer::Taken));
    let free = bob.view(&net.network).unwrap().balance_nano;

    let again = signed.send(&net.network).unwrap_err();
    assert!(request::is_void(&again), "{again}");
    // its outcome is found again, from the bytes alone
    let seen = signed.look(&mut net.network).unwrap();
    assert_eq!(seen.answer, Some(Answer::Taken));
    net.pass(3);
    assert_eq!(bob.view(&net.network).unwrap().balance_nano, free);
}

#[test]
fn a_dry_run_tells_what_then_happens() {
    let mut net = network();
    let bob = opened(&mut net);
    let root = pools::fetch(&net.network, &net.context, &net.roots[5]).unwrap();
    let request = bob
        .stake(&net.network, &net.context, &root, Amount::Nano(HUNDRED))
        .unwrap();
    let before = net.network.network().state_hash().unwrap();
    let simulation = simulate(&net.network, &net.context, &request).unwrap();
    assert_eq!(net.network.network().state_hash().unwrap(), before);
    assert!(simulation.tree.is_settled(), "{}", simulation.tree);
    assert!(matches!(
        simulation.answer,
        Some(Answer::Locked {
            amount_nano: HUNDRED,
            ..
        })
    ));
    // the batch is proposed, voted for and applied on all chains
    let names = simulation.tree.transactions().count();
    let real = net.send(&request);
    assert!(matches!(real.answer, Some(Answer::Locked { .. })));
    let signed_hash = real.tree.root().hash;
    let limits = ddvs_client::FollowLimits::default();
    let whole = ddvs_client::follow(&mut net.network, signed_hash, limits).unwrap();
    assert_eq!(
        names,
        whole.transactions().count(),
        "{whole}\n{}",
        simulation.tree
    );
    let account = net.network.account(bob.owner.address()).unwrap();
    let difference = account.balance_nano.abs_diff(simulation.after_nano);
    // storage of some seconds
    assert!(difference < COIN / 1_000, "{difference}");

    let request = below_the_least(&net, &bob, &root);
    let simulation = simulate(&net.network, &net.context, &request).unwrap();
    assert!(matches!(simulation.answer, Some(Answer::Refused(rejection))
        if rejection.reason == RejectReason::Reason(Reason::BelowMinStake.code())));
}

#[test]
fn a_wallet_of_another_key_is_not_accepted() {
    let mut net = network();
    let bob = opened(&mut net);
    // Alice uses Bob's wallet
    let alice = net.staker(ALICE, 0);
    let mut request = bob.withdraw(&net.network, Amount::All).unwrap();
    request.owner = alice.owner;
    let Answer::Refused(rejection) = net.answer(&request) else {
        panic!("Alice got Bob's coins");
    };
    assert_eq!(rejection.reason.name(), "ERR_NOT_OWNER");
    assert_eq!(rejection.by, *bob.wallet.address());
}

#[test]
fn refusals_and_faults_of_the_network_stay_distinct() {
    let refusal = PeopleError::from(ClientError::from(Refusal::NoBlocks));
    assert!(refusal.is_refusal());
    let fault = PeopleError::from(ClientError::fault("x", anyhow::anyhow!("y")));
    assert!(!fault.is_refusal());
}
