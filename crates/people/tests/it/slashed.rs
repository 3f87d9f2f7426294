//! Amounts after a slash: the reported ones equal those of the contracts.

use crate::common;

use common::*;
use ddvs_people::staker::in_pool;
use ddvs_people::validator::Candidate;
use ddvs_people::{Answer, simulate};
use ddvs_types::{Amount, COIN};

/// Alice validates with three stakes whose locks end at different times, and signs twice: a tenth is lost, and she
/// pays all of it.
fn slashed() -> (Net, Candidate) {
    let mut net = network();
    let alice = candidate(&net);
    for stake in [
        20_000 * COIN + 1,
        25_000 * COIN + 8,
        33_333 * COIN + 333_333_333,
    ] {
        walk(&mut net, &alice, stake);
        net.pass(2);
    }
    let evidence = double_signed(&net, &pair(7));
    assert_eq!(net.accuse(&evidence), Answer::Taken);
    net.pass(10);
    assert!(alice.deployed(&net.network).unwrap().is_removed());
    (net, alice)
}

#[test]
fn a_slash_shows_in_what_unlocks_and_is_released() {
    let (mut net, alice) = slashed();
    let root = alice.root.address().clone();
    let before = alice.staker.view(&net.network).unwrap();
    let owner = alice.staker.owner.address();
    let position = &before.positions[0].1;
    let in_pool = in_pool(&net.network, &net.context, &root, owner, position).unwrap();
    let worth = in_pool.worth_nano;
    assert!(!in_pool.locks_hold, "a removed Root lets all go");
    let request = alice
        .staker
        .unstake(&net.network, &net.context, &root, Amount::All)
        .unwrap();
    let dry = simulate(&net.network, &net.context, &request)
        .unwrap()
        .answer;
    let answer = net.answer(&request);
    let Answer::Unlocking {
        amount_nano,
        release_at,
        lost_nano,
    } = answer
    else {
        panic!("{answer}");
    };
    assert!(
        matches!(dry, Some(Answer::Unlocking { amount_nano: same, lost_nano: lost, .. })
            if same == amount_nano && lost == lost_nano),
        "{dry:?}"
    );
    // to the nano what the wallet holds now: the sum of parts, each rounded down
    let after = alice.staker.view(&net.network).unwrap();
    assert_eq!(amount_nano, after.held_nano);
    assert_eq!(worth, Some(after.held_nano), "told before it is settled");
    assert_eq!(lost_nano, before.held_nano - after.held_nano);
    assert!(
        amount_nano < 30_000 * COIN && amount_nano > 29_999 * COIN,
        "{amount_nano}"
    );

    // settled once: the released amount is the unlocked one
    let now = ddvs_client::getter::unix_time(ddvs_client::Live::now_ms(&net.network).unwrap());
    net.pass(release_at.saturating_sub(now) + 1);
    let request = alice
        .staker
        .settle(&net.network, &net.context, &root)
        .unwrap();
    let released = Answer::Released {
        amount_nano,
        lost_nano: 0,
    };
    assert_eq!(net.answer(&request), released);
    assert_eq!(alice.staker.view(&net.network).unwrap().held_nano, 0);
}

#[test]
fn a_slash_that_is_settled_by_itself_tells_what_it_took() {
    let (mut net, alice) = slashed();
    let root = alice.root.address().clone();
    let before = alice.staker.view(&net.network).unwrap().held_nano;
    // nothing is due, and there is still something to settle
    let request = alice
        .staker
        .settle(&net.network, &net.context, &root)
        .unwrap();
    let after = net.answer(&request);
    let held = alice.staker.view(&net.network).unwrap().held_nano;
    let settled = Answer::Released {
        amount_nano: 0,
        lost_nano: before - held,
    };
    assert_eq!(after, settled);
    assert!(before - held > 3_333 * COIN);
    let again = alice.staker.settle(&net.network, &net.context, &root);
    assert!(
        again
            .unwrap_err()
            .to_string()
            .contains("no coins are unlocking with this pool")
    );
    let request = alice
        .staker
        .unstake(&net.network, &net.context, &root, Amount::All)
        .unwrap();
    let answer = net.answer(&request);
    assert!(
        matches!(answer, Answer::Unlocking { amount_nano, lost_nano: 0, .. } if amount_nano == held),
        "{answer:?}"
    );
}
