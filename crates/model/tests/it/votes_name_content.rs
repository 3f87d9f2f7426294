//! A vote names the content: if it named only the number, votes for two contents would be added up.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::fork::one_to_each as fork;
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn copies_of_a_forked_origin_are_equal_at_rest() {
    holds(&fork(CONTRACTS));
}

#[test]
fn with_votes_for_numbers_copies_stay_apart() {
    let rules = Rules {
        votes_name_content: false,
        ..CONTRACTS
    };
    breaks(&fork(rules), &[Violation::ForksDiffer]);
}
