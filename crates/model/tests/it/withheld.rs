//! A captured origin sends its batch to some chains only. A copy that sees votes for a missing content asks for it.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::fork::withheld;
use ddvs_model::{AskRule, CONTRACTS, Rules, Violation};

#[test]
fn withheld_batch_is_obtained_from_its_voters() {
    assert!(holds(&withheld(CONTRACTS)).stats.relayed > 0);
}

#[test]
fn without_asking_copies_stay_behind_a_withheld_batch() {
    let rules = Rules {
        ask: AskRule::Never,
        ..CONTRACTS
    };
    breaks(&withheld(rules), &[Violation::ForksDiffer]);
}
