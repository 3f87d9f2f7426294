//! A copy that counted at a claimed base claims it too, since a captured claimant may tell only some copies.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::counting::claimed_to_one as told_to_one;
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn copies_count_where_any_of_them_counted() {
    holds(&told_to_one(CONTRACTS));
}

#[test]
fn without_repeated_claims_a_captured_claimant_makes_copies_differ() {
    let rules = Rules {
        claims_repeated: false,
        ..CONTRACTS
    };
    breaks(&told_to_one(rules), &[Violation::ForksDiffer]);
}
