//! Large changes of a stake, followed to their end.

use crate::common;

use common::*;
use ddvs_client::{Backend, Outgoing};
use ddvs_people::pools;
use ddvs_people::spread::{Follower, Progress};
use ddvs_people::standing::{Leaving, Standing};
use ddvs_people::validator::{Candidate, Wishes};
use ddvs_people::{Answer, Kind, Request};
use ddvs_types::{Amount, COIN};

/// Continues a large change as the command does; returns how often more was requested.
fn follow(net: &mut Net, alice: &Candidate) -> (usize, bool) {
    let mut follower = Follower::new(alice);
    let mut asked = 0;
    for _ in 0..2_000 {
        match follower.look(&net.network, &net.context).unwrap() {
            Progress::Done => return (asked, true),
            Progress::Held(_) => return (asked, false),
            Progress::Ask(_, request) => {
                asked += 1;
                net.answer(&request);
            }
            Progress::Spreading(_) => {
                net.network.next_block().unwrap();
            }
        }
    }
    panic!("it does not come to an end");
}

#[test]
fn a_large_stake_counts_whole_in_the_end() {
    let mut net = network_with_churn(1_000);
    let rich = Wishes {
        nonce: 1,
        ..Wishes::default()
    };
    let alice = Candidate::new(&net.network, &net.context, net.staker(ALICE, 1), &rich).unwrap();
    let stake = 95_000 * COIN;
    walk(&mut net, &alice, STAKE);
    // a tenth of 420,000 is less than what both add at once
    let bob = net.staker(BOB, 0);
    let request = bob.create(&net.network, 99_000 * COIN).unwrap().unwrap();
    net.answer(&request);
    let (_, standing) = walk(&mut net, &alice, stake);
    assert!(standing.is_validating(), "{standing}");
    let request = bob
        .stake(
            &net.network,
            &net.context,
            &alice.root,
            Amount::Nano(98_000 * COIN),
        )
        .unwrap();
    assert!(matches!(net.answer(&request), Answer::Locked { .. }));
    let (asked, done) = follow(&mut net, &alice);
    assert!(done);
    assert_eq!(asked, 0, "the value that was attached brings it to the end");
    let standing = alice.standing(&net.network, &net.context).unwrap().unwrap();
    assert!(
        matches!(
            standing,
            Standing::Validating {
                weight: 193_000,
                rest: None,
                ..
            }
        ),
        "{standing}"
    );

    // closed with value for one batch only: the command pays for the rest
    let mut request = alice.close(&net.network, &net.context).unwrap().unwrap();
    let one = alice.root.change_value(&net.network).unwrap();
    assert!(
        request.messages[0].value_nano > one,
        "a large change attaches more"
    );
    request.messages[0].value_nano = one;
    net.answer(&request);
    net.pass(20);
    let standing = alice.standing(&net.network, &net.context).unwrap().unwrap();
    assert!(
        matches!(standing, Standing::Closed { leaving: Leaving::NotAsked, counted_nano, .. }
            if counted_nano > 0),
        "{standing}"
    );
    assert!(
        standing
            .to_string()
            .contains("nobody has asked for the rest")
    );
    let (asked, done) = follow(&mut net, &alice);
    assert!(done && asked == 1, "{asked}");
    let standing = alice.standing(&net.network, &net.context).unwrap().unwrap();
    assert!(
        matches!(
            standing,
            Standing::Closed {
                leaving: Leaving::Left,
                ..
            }
        ),
        "{standing}"
    );
}

#[test]
fn the_last_validators_are_told_apart_from_a_large_change() {
    // two must stay, and one of each chain's four leaves after the other
    let mut net = network();
    let mut ends = Vec::new();
    for number in 0..4 {
        let owner = net.staker(&format!("validator {number}"), 0);
        let root = pools::fetch(&net.network, &net.context, &net.roots[number]).unwrap();
        let coins = Outgoing::transfer(owner.owner.address().clone(), 20 * COIN);
        let purse = Request {
            about: "coins for the way".to_owned(),
            owner: net.staker(ALICE, 0).owner,
            messages: vec![coins],
            kind: Kind::Pay,
        };
        net.answer(&purse);
        let candidate = Candidate {
            staker: owner,
            root,
        };
        let request = candidate
            .close(&net.network, &net.context)
            .unwrap()
            .unwrap();
        net.answer(&request);
        let (_, done) = follow(&mut net, &candidate);
        let standing = candidate
            .standing(&net.network, &net.context)
            .unwrap()
            .unwrap();
        ends.push((done, standing));
    }
    assert!(ends[0].0 && ends[1].0, "{ends:?}");
    for (done, standing) in &ends[2..] {
        assert!(!done);
        assert!(
            matches!(standing, Standing::Closed { leaving: Leaving::Last, counted_nano, .. }
                if *counted_nano == 10_000 * COIN),
            "{standing}"
        );
        // closed by name, and still a validator
        assert_eq!(standing.name(), "closed");
        assert!(!standing.is_validating());
        assert_eq!(standing.weight(), Some(10_000), "{standing}");
        assert!(
            standing
                .to_string()
                .contains("it still validates, with a weight of 10000")
        );
        assert!(
            standing
                .to_string()
                .contains("the last validators cannot leave")
        );
    }
}
