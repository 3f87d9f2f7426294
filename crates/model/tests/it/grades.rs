//! A grade that was found once is kept. Otherwise each of two contents could be right at the stakes that apply while
//! the other is applied, and copies would change forever, or stop at different ones.

use crate::common;

use common::found_at_random;
use ddvs_model::scenarios::counting::fork_while_a_voter_grows as moving;
use ddvs_model::{CONTRACTS, Rules};

const RUNS: u64 = 400;

#[test]
fn copies_that_keep_grades_come_to_rest() {
    assert_eq!(found_at_random(&moving(CONTRACTS), RUNS), None);
}

#[test]
fn copies_that_do_not_keep_grades_fail_in_some_run() {
    let rules = Rules {
        grades_kept: false,
        looks_back: true,
        ..CONTRACTS
    };
    assert!(found_at_random(&moving(rules), RUNS).is_some());
}
