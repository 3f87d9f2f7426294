//! One batch of an origin is in flight. That bounds messages and storage; agreement itself does not need it.

mod common;

use common::holds;
use ddvs_model::{CONTRACTS, Instance, Rules, stake};

fn two_each(rules: Rules) -> Instance {
    let scripts = vec![
        vec![stake(25), stake(-30)],
        vec![stake(20), stake(20)],
        vec![],
    ];
    Instance::new(
        "40/30/30, A and B two batches each",
        rules,
        &[40, 30, 30],
        scripts,
    )
}

#[test]
fn one_at_a_time_agrees() {
    holds(&two_each(CONTRACTS));
}

#[test]
fn several_in_flight_agree_too_with_more_messages() {
    let rules = Rules {
        one_in_flight: false,
        ..CONTRACTS
    };
    holds(&two_each(rules));
}
