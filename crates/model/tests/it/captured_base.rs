//! The origin chooses the base, so a captured one chooses the base that suits it. It cannot choose its own weight.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::counting::old_weight;
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn an_origin_weighs_what_it_weighed_just_before_its_batch() {
    holds(&old_weight(CONTRACTS));
}

#[test]
fn if_weighed_at_its_base_a_captured_origin_votes_with_old_stake() {
    let rules = Rules {
        origin_weight_before_batch: false,
        ..CONTRACTS
    };
    breaks(&old_weight(rules), &[Violation::ForbiddenApplied]);
}
