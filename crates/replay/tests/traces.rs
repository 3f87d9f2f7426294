//! The contracts do what the model does: random traces of honest networks, and of networks with a captured chain.

use ddvs_contracts::Codes;
use ddvs_model::random::{Rng, attacked, instance};
use ddvs_model::{CONTRACTS, Instance, Step};
use ddvs_replay::Replay;

/// Steps after which a trace ends.
const MAX_STEPS: usize = 400;

/// Plays a random trace; returns its length.
fn play(instance: &Instance, seed: u64) -> usize {
    let mut replay = Replay::new(instance, &Codes::default());
    let mut rng = Rng::new(seed);
    for taken in 0..MAX_STEPS {
        let mut steps = replay.steps();
        // Silence is rare, or nothing would happen.
        if steps.iter().any(|step| !matches!(step, Step::Silence(_))) && rng.below(20) != 0 {
            steps.retain(|step| !matches!(step, Step::Silence(_)));
        }
        if steps.is_empty() {
            return taken;
        }
        let step = steps[rng.below(steps.len())];
        if let Err(mismatch) = replay.take(step) {
            panic!(
                "seed {seed}: {mismatch}\n{}",
                ddvs_model::explain(&instance.clone().exact(), &mismatch.steps)
            );
        }
    }
    MAX_STEPS
}

fn traces(default: u64) -> std::ops::Range<u64> {
    let count = std::env::var("DDVS_REPLAY_TRACES").map_or(Ok(default), |count| count.parse());
    0..count.expect("a number of traces")
}

#[test]
fn honest_chains() {
    for seed in traces(150) {
        let chains = 3 + (seed % 3) as usize;
        let instance = instance(CONTRACTS, chains, 3, seed).pauses(&[0, 1], 1);
        play(&instance, seed);
    }
}

#[test]
fn one_chain_with_less_than_a_third_does_anything() {
    for seed in traces(250) {
        play(&attacked(CONTRACTS, 10..33, seed), seed);
    }
}

#[test]
fn one_chain_with_less_than_half_does_anything() {
    for seed in traces(250) {
        play(&attacked(CONTRACTS, 33..50, seed), seed);
    }
}
