//! The masterchain registers no stake: its vote weighs nothing, its silence stops nothing, and it follows.

mod common;

use common::holds;
use ddvs_model::{Instance, RULES, Rules, stake, with_key};

#[test]
fn its_silence_stops_nothing() {
    let scripts = vec![
        vec![with_key(25, 1)],
        vec![with_key(30, 1)],
        vec![stake(15)],
        vec![],
    ];
    let instance = Instance::new("40/30/30/M, M silent", RULES, &[40, 30, 30, 0], scripts);
    holds(&instance.silent(&[3]));
}

#[test]
fn it_follows() {
    let scripts = vec![vec![with_key(25, 1)], vec![with_key(30, 1)], vec![]];
    holds(&Instance::new("40/60/M", RULES, &[40, 60, 0], scripts));
}

#[test]
fn it_may_fall_silent_at_any_time() {
    let scripts = vec![
        vec![with_key(5, 1), stake(-20)],
        vec![with_key(30, 1)],
        vec![],
    ];
    let instance = Instance::new("60/40/M, M falls silent", RULES, &[60, 40, 0], scripts);
    holds(&instance.falls_silent(&[2], 1));
}

/// Its votes decide nothing, so it saves them while there is nothing to dispute: fewer states, the same promises.
#[test]
fn it_may_as_well_keep_quiet() {
    let scripts = vec![vec![with_key(5, 1)], vec![with_key(30, 1)], vec![]];
    let network = |rules| Instance::new("60/40/M", rules, &[60, 40, 0], scripts.clone());
    let quiet = holds(&network(RULES));
    let always = holds(&network(Rules {
        weightless_vote_in_disputes: false,
        ..RULES
    }));
    assert!(quiet.states < always.states);
}
