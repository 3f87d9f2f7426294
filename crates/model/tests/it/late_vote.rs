//! A content may reach a copy by a relay before the origin's own message does. The copy votes when that message
//! arrives, even if it has applied the batch by then: the origin may need that vote.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::lies::{foretold, overtaken};
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn a_copy_that_got_the_batch_from_a_relay_still_votes() {
    holds(&overtaken(CONTRACTS));
    holds(&foretold(CONTRACTS));
}

#[test]
fn without_late_votes_a_captured_voter_blocks_an_honest_origin() {
    let rules = Rules {
        late_votes: false,
        ..CONTRACTS
    };
    let found = [Violation::ReplicasDiffer, Violation::Blocked];
    breaks(&overtaken(rules), &found);
    breaks(&foretold(rules), &found);
}
