//! The contracts behave like the model: random traces of honest networks, and of networks with a captured chain.

use ddvs_contracts::Codes;
use ddvs_model::random::{attacked, instance};
use ddvs_model::{CONTRACTS, Instance};
use ddvs_replay::play;

/// Plays a random trace on the committed contracts.
fn check(instance: &Instance, seed: u64) {
    if let Err(mismatch) = play(instance, &Codes::default(), seed) {
        let steps = ddvs_model::explain(
            &instance.clone().playable().exact().votes_wait(),
            &mismatch.steps,
        );
        panic!("seed {seed}: {mismatch}\n{steps}");
    }
}

fn traces(default: u64) -> std::ops::Range<u64> {
    let count = std::env::var("DDVS_REPLAY_TRACES").map_or(Ok(default), |count| count.parse());
    0..count.expect("a number of traces")
}

#[test]
fn contracts_match_the_model_with_honest_chains() {
    for seed in traces(150) {
        let chains = 3 + (seed % 3) as usize;
        let instance = instance(CONTRACTS, chains, 3, seed).pauses(&[0, 1], 1);
        check(&instance, seed);
    }
}

#[test]
fn contracts_match_the_model_with_a_captured_chain_below_a_third() {
    for seed in traces(250) {
        check(&attacked(CONTRACTS, 10..33, seed), seed);
    }
}

#[test]
fn contracts_match_the_model_with_a_captured_chain_below_half() {
    for seed in traces(250) {
        check(&attacked(CONTRACTS, 33..50, seed), seed);
    }
}
