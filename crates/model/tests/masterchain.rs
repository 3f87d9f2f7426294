//! The masterchain registers no stake: its vote weighs nothing, its silence stops nothing, and it follows.

mod common;

use common::holds;
use ddvs_model::{CONTRACTS, Instance, Rules, stake, with_key};

#[test]
fn its_silence_stops_nothing() {
    let scripts = vec![
        vec![with_key(25, 1)],
        vec![with_key(30, 1)],
        vec![stake(15)],
        vec![],
    ];
    let instance = Instance::new("40/30/30/M, M silent", CONTRACTS, &[40, 30, 30, 0], scripts);
    holds(&instance.masterchain(3).silent(&[3]));
}

#[test]
fn it_follows() {
    let scripts = vec![vec![with_key(25, 1)], vec![with_key(30, 1)], vec![]];
    let instance = Instance::new("40/60/M", CONTRACTS, &[40, 60, 0], scripts);
    holds(&instance.masterchain(2));
}

#[test]
fn it_may_fall_silent_at_any_time() {
    let scripts = vec![
        vec![with_key(5, 1), stake(-20)],
        vec![with_key(30, 1)],
        vec![],
    ];
    let instance = Instance::new("60/40/M, M falls silent", CONTRACTS, &[60, 40, 0], scripts);
    holds(&instance.masterchain(2).falls_silent(&[2], 1));
}

/// Nobody else's stake votes for the batches of a chain that has more than half of it, while the others are silent. The
/// masterchain follows on the origin's own word.
#[test]
fn it_follows_a_lonely_majority() {
    let scripts = vec![vec![stake(3), stake(-2)], vec![], vec![]];
    let instance = Instance::new("60/40/M, B silent", CONTRACTS, &[60, 40, 0], scripts);
    holds(&instance.masterchain(2).silent(&[1]));
}

/// Its votes decide nothing, so it saves them: fewer states, the same promises.
#[test]
fn it_may_as_well_keep_quiet() {
    let scripts = vec![vec![with_key(5, 1)], vec![with_key(30, 1)], vec![]];
    let network =
        |rules| Instance::new("60/40/M", rules, &[60, 40, 0], scripts.clone()).masterchain(2);
    let quiet = holds(&network(CONTRACTS));
    let always = holds(&network(Rules {
        masterchain_votes: true,
        ..CONTRACTS
    }));
    assert!(quiet.states < always.states);
}
