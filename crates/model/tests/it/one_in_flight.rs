//! One batch of an origin is in flight. That bounds messages and storage; agreement itself does not need it.

use crate::common;

use common::holds;
use ddvs_model::scenarios::live::two_each;
use ddvs_model::{CONTRACTS, Rules};

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
