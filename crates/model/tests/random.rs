//! Random runs on five to eight chains with twelve batches each, for which a search would not end.

mod common;

use ddvs_model::random::{instance, run};
use ddvs_model::{
    Captured, CountRule, MAIN, REBASING, RULES, Rules, Stats, Violation, VoteRule, stake,
};

const MAX_STEPS: usize = 400_000;
const RUNS: u64 = 100;

const REMEMBERING: Rules = Rules {
    history: Some(12),
    ..RULES
};

fn runs(rules: Rules, silent: u8) -> (usize, Stats) {
    let mut violations = 0;
    let mut stats = Stats::default();
    for seed in 0..RUNS {
        let chains = 5 + (seed % 4) as usize;
        let instance = instance(rules, chains, 12, seed).falls_silent(&[0, 1, 2, 3], silent);
        let run = run(&instance, seed, MAX_STEPS);
        assert!(
            run.rested || run.violation.is_some(),
            "seed {seed}: no rest in {} steps",
            run.steps
        );
        violations += usize::from(run.violation.is_some());
        stats.claims += run.stats.claims;
        stats.found_at_proposal += run.stats.found_at_proposal;
        stats.found_at_claim += run.stats.found_at_claim;
        stats.found_at_current += run.stats.found_at_current;
        stats.messages += run.stats.messages;
    }
    (violations, stats)
}

#[test]
fn all_live() {
    let (violations, stats) = runs(REMEMBERING, 0);
    assert_eq!(violations, 0);
    println!("{stats:?}");
}

#[test]
fn two_fall_silent() {
    let (violations, stats) = runs(REMEMBERING, 2);
    assert_eq!(violations, 0);
    println!("{stats:?}");
}

#[test]
fn the_earlier_draft_agrees_too() {
    let rules = Rules {
        history: Some(12),
        ..REBASING
    };
    let (violations, stats) = runs(rules, 2);
    assert_eq!(violations, 0);
    println!("{stats:?}");
}

/// Random runs find what the searches find: no-votes and silence block origins.
#[test]
fn with_no_votes_some_run_is_blocked() {
    let rules = Rules {
        votes: VoteRule::YesOrNo,
        count: CountRule::ProposalBase,
        ..RULES
    };
    assert!(runs(rules, 2).0 > 0);
}

/// The first chain is captured, and forks at random.
#[test]
fn one_forks() {
    for seed in 0..RUNS {
        let mut rng = ddvs_model::random::Rng::new(seed);
        let chains = 5 + (seed % 4) as usize;
        let mut instance = instance(REMEMBERING, chains, 8, seed);
        instance.forks[0] = (0..4).map(|index| stake(-index - 1)).collect();
        let to = ddvs_model::random::others(&instance, 0);
        let mut captured = Captured::new(0);
        for seqno in 1..=4 {
            for &to in &to {
                match rng.below(3) {
                    2 => {}
                    branch => captured = captured.proposes(seqno, MAIN + branch as u8, &[to]),
                }
            }
        }
        let instance = instance.captured(captured);
        let run = run(&instance, seed, MAX_STEPS);
        assert!(run.rested, "seed {seed}");
        assert_eq!(run.violation, None::<Violation>, "seed {seed}");
    }
}
