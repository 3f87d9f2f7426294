//! The contracts behave like the model in every hand-written scenario: in its own order, and in some random ones.

use ddvs_contracts::Codes;
use ddvs_model::scenarios::{Scenario, all, families};
use ddvs_model::{Instance, explain};
use ddvs_replay::{Mismatch, play, tell};

/// Number of random orders of each scenario.
const ORDERS: u64 = 3;
/// Members of a family that are played, evenly spread over it.
const MEMBERS: usize = 12;

#[track_caller]
fn check(name: &str, instance: &Instance, played: Result<usize, Mismatch>) -> usize {
    played.unwrap_or_else(|mismatch| {
        let steps = explain(
            &instance.clone().playable().exact().votes_wait(),
            &mismatch.steps,
        );
        panic!("{name}: {mismatch}\n{steps}");
    })
}

#[test]
fn contracts_match_the_model_in_each_scenarios_own_order() {
    let codes = Codes::default();
    for story in all() {
        let steps = check(&story.name, &story.instance, tell(&story, &codes));
        println!("{}: {steps} steps", story.name);
    }
}

#[test]
fn contracts_match_the_model_in_random_orders_of_each_scenario() {
    let codes = Codes::default();
    for Scenario { name, instance, .. } in all() {
        for seed in 0..ORDERS {
            let name = format!("{name}, seed {seed}");
            check(&name, &instance, play(&instance, &codes, seed));
        }
    }
}

#[test]
fn contracts_match_the_model_in_families_of_scenarios() {
    let codes = Codes::default();
    for (name, members) in families::all() {
        let stride = members.len().div_ceil(MEMBERS);
        for (place, instance) in members.iter().enumerate().step_by(stride) {
            let name = format!("{name}, number {place}, seed {place}");
            check(&name, instance, play(instance, &codes, place as u64));
        }
    }
}
