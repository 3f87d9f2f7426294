//! Random runs on five to eight chains with twelve batches each, for which a search would not end.

use ddvs_model::random::{attacked, attacked_by_two, instance, run};
use ddvs_model::{CONTRACTS, Captured, CountRule, MAIN, Rules, Stats, Violation, stake};

const MAX_STEPS: usize = 400_000;
const RUNS: u64 = 100;

const REMEMBERING: Rules = Rules {
    history: 12,
    ..CONTRACTS
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
        stats += run.stats;
    }
    (violations, stats)
}

#[test]
fn copies_agree_while_all_chains_are_live() {
    let (violations, stats) = runs(REMEMBERING, 0);
    assert_eq!(violations, 0);
    println!("{stats:?}");
}

#[test]
fn copies_agree_while_two_chains_fall_silent() {
    let (violations, stats) = runs(REMEMBERING, 2);
    assert_eq!(violations, 0);
    println!("{stats:?}");
}

/// Random runs find what the searches find: a batch stays undecided where stakes are those of its proposal alone.
#[test]
fn counting_at_the_proposals_base_alone_fails_in_some_run() {
    let rules = Rules {
        count: CountRule::ProposalBase,
        ..CONTRACTS
    };
    let wrong = |seed| {
        run(&attacked(rules, 10..33, seed), seed, MAX_STEPS)
            .violation
            .is_some()
    };
    assert!((0..3_000).any(wrong));
}

/// The first chain is captured, and forks at random.
#[test]
fn copies_agree_while_one_chain_forks() {
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

/// Number of runs of each kind: `DDVS_MODEL_RUNS`, or 3,000.
fn attacks() -> u64 {
    let runs = std::env::var("DDVS_MODEL_RUNS").map_or(Ok(3_000), |runs| runs.parse());
    runs.expect("DDVS_MODEL_RUNS is a number of runs")
}

/// One captured chain does anything it can, while others fall silent and stakes move.
fn one_chain_does_anything(percent: std::ops::Range<i32>) {
    let mut stats = Stats::default();
    for seed in 0..attacks() {
        let mut instance = attacked(CONTRACTS, percent.clone(), seed);
        instance.votes_wait = seed % 2 == 1;
        let run = run(&instance, seed, MAX_STEPS);
        assert!(run.rested, "seed {seed}");
        assert_eq!(run.violation, None::<Violation>, "seed {seed}");
        stats += run.stats;
    }
    assert!(
        stats.undone > 0 && stats.relayed > 0 && stats.claims > 0,
        "{stats:?}"
    );
}

#[test]
fn one_captured_chain_below_a_third_breaks_nothing() {
    one_chain_does_anything(10..33);
}

#[test]
fn one_captured_chain_below_half_breaks_nothing() {
    one_chain_does_anything(33..50);
}

/// Whatever two captured chains do together, batches of honest origins are applied everywhere and nothing else is.
#[test]
fn two_captured_chains_below_a_third_do_not_hurt_honest_origins() {
    for seed in 0..attacks() {
        let run = run(&attacked_by_two(CONTRACTS, seed), seed, MAX_STEPS);
        assert!(run.rested, "seed {seed}");
        // a remaining limit: they may keep copies of one of them apart
        let promised = [None, Some(Violation::ForksDiffer)].contains(&run.violation);
        assert!(promised, "seed {seed}: {:?}", run.violation);
    }
}

/// However short a copy's memory and history, honest origins are not affected while live chains hold a majority in
/// every copy.
#[test]
fn small_bounds_do_not_hurt_honest_origins() {
    let rules = Rules {
        history: 2,
        memory: 1,
        ..CONTRACTS
    };
    for seed in 0..attacks() {
        let run = run(&attacked(rules, 10..33, seed), seed, MAX_STEPS);
        assert!(run.rested, "seed {seed}");
        let harmless = [None, Some(Violation::ForksDiffer)].contains(&run.violation);
        assert!(harmless, "seed {seed}: {:?}", run.violation);
    }
}
