//! A D'Elector votes for, and applies, only what passes the objective checks.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::lies::{invalid_batch, overdrawn};
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn an_invalid_batch_gets_no_vote_and_blocks_nobody_else() {
    holds(&invalid_batch(CONTRACTS, &[40, 40, 20]));
}

#[test]
fn not_even_an_origin_with_a_majority_gets_an_invalid_batch_applied() {
    holds(&invalid_batch(CONTRACTS, &[20, 20, 60]));
}

#[test]
fn an_origin_cannot_take_out_more_than_it_has() {
    holds(&overdrawn(CONTRACTS));
}

#[test]
fn without_the_checks_an_invalid_batch_is_applied() {
    let rules = Rules {
        objective_checks: false,
        ..CONTRACTS
    };
    breaks(
        &invalid_batch(rules, &[40, 40, 20]),
        &[Violation::InvalidApplied],
    );
    breaks(&overdrawn(rules), &[Violation::NegativeTotal]);
}
