//! Invalid evidence changes nothing.

use ddvs_contracts::messages::{Evidence, SignedVote};
use ddvs_contracts::signing;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::Lazy;

#[track_caller]
fn refused(world: &mut World, evidence: &Evidence, code: i32) {
    let walter = world.person(2, 0);
    let delector = world.delector(0).address().clone();
    let (before, purse) = (world.data_hash(&delector), world.balance(walter.address()));
    let tree = world.accuse(&walter, 0, evidence);
    assert_eq!(tree.exit_code_at(&delector), Some(code), "{tree}");
    assert_eq!(world.data_hash(&delector), before);
    assert!(purse - world.balance(walter.address()) < COIN / 10);
}

#[test]
fn evidence_with_any_field_changed_is_refused() {
    let mut world = World::new(&Shape::default());
    let real = world.double_vote(&world.validator(0, 0).key, -1, 1_000);
    let stranger = world.double_vote(&world.key("stranger"), -1, 1_000);
    let changed: Vec<Evidence> = vec![
        Evidence {
            height: real.height + 1,
            ..real.clone()
        },
        Evidence {
            round: real.round + 1,
            ..real.clone()
        },
        Evidence {
            vote_type: real.vote_type + 1,
            ..real.clone()
        },
        Evidence {
            chain: 0,
            ..real.clone()
        },
        // one vote twice is no conflict
        Evidence {
            second: real.first.clone(),
            ..real.clone()
        },
        // one of the votes is signed by another key
        Evidence {
            second: stranger.second.clone(),
            ..real.clone()
        },
        Evidence {
            first: stranger.first.clone(),
            ..real.clone()
        },
        // another key is blamed for both
        Evidence {
            key: world.validator(0, 1).key.public(),
            ..real.clone()
        },
    ];
    for evidence in &changed {
        refused(&mut world, evidence, 464);
    }
    refused(&mut world, &stranger, 465);
    world.check_at_rest();
    // the same votes unchanged do hold
    let walter = world.person(2, 0);
    world.accuse(&walter, 0, &real);
    assert_eq!(world.entry(&world.validator(0, 0).root), None);
}

#[test]
fn votes_of_another_network_are_no_evidence() {
    let mut world = World::new(&Shape::default());
    let culprit = world.validator(0, 0).key;
    let mut genesis = world.network.genesis;
    genesis.0[31] ^= 1;
    let evidence = signing::double_vote(culprit.pair(), &genesis, 0, 1).unwrap();
    refused(&mut world, &evidence, 464);
}

#[test]
fn two_signatures_of_one_vote_are_no_conflict() {
    let mut world = World::new(&Shape::default());
    let culprit = world.validator(0, 0).key;
    let real = world.double_vote(&culprit, 0, 9);
    let first = real.first.load().unwrap();
    // the value of the first vote under the signature of the second
    let mixed = SignedVote {
        value_hash: first.value_hash,
        signature: real.second.load().unwrap().signature,
    };
    let evidence = Evidence {
        second: Lazy::new(&mixed).unwrap(),
        ..real
    };
    refused(&mut world, &evidence, 464);
}
