//! The promises, with a captured chain that has from 10% to 49% of all stake: it forks in every way, and it sends
//! every kind of false message about an honest origin.

use crate::common;

use common::holds;
use ddvs_model::scenarios::families::{forks_of_all_shares, lies_among_four, lies_of_all_shares};
use ddvs_model::{CONTRACTS, Instance};

fn all_hold(instances: &[Instance]) {
    for instance in instances {
        holds(instance);
    }
}

#[test]
fn forks_of_a_captured_origin_of_any_share_break_no_promise() {
    all_hold(&forks_of_all_shares(CONTRACTS));
}

#[test]
fn lies_of_a_captured_chain_of_any_share_break_no_promise() {
    all_hold(&lies_of_all_shares(CONTRACTS));
}

#[test]
fn lies_among_four_chains_break_no_promise() {
    all_hold(&lies_among_four(CONTRACTS));
}
