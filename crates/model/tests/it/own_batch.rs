//! The origin's own copy applies what it proposed and nothing else, since its Roots have been answered. This holds
//! whatever share of the stake is captured.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::lies::forged_for_b as forged;
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn an_origin_applies_only_what_it_proposed() {
    holds(&forged(CONTRACTS));
}

#[test]
fn without_the_rule_votes_replace_an_origins_own_batch() {
    let rules = Rules {
        origin_keeps_its_own: false,
        ..CONTRACTS
    };
    breaks(&forged(rules), &[Violation::OwnReplaced]);
}
