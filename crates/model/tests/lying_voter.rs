//! A captured chain votes for a made-up hash under an honest origin's number. That changes nothing as long as the
//! other chains' majority votes.

mod common;

use common::{breaks, holds};
use ddvs_model::{
    Captured, Chain, ForkRule, Instance, MADE_UP, RULES, Rules, Seqno, Violation, stake,
};

const TWO_APPLICABLE: Rules = Rules {
    forks: ForkRule::TwoApplicable,
    ..RULES
};

/// `liar` votes for made-up hashes under all `batches` numbers of `A`, towards `to`, and claims majorities for them at
/// the genesis.
fn lies(rules: Rules, stakes: &[i32], batches: Seqno, liar: Chain, to: &[Chain]) -> Instance {
    let mut scripts = vec![Vec::new(); stakes.len()];
    scripts[0] = vec![stake(3); batches as usize];
    let captured = (1..=batches).fold(Captured::new(liar), |captured, seqno| {
        let base = Instance::genesis_base(0, seqno);
        captured
            .lies(0, seqno, to)
            .claims(0, seqno, MADE_UP, base, to)
    });
    let name = format!("{stakes:?}, {liar} lies to {to:?}");
    Instance::new(&name, rules, stakes, scripts).captured(captured)
}

#[test]
fn the_masterchain_lies() {
    holds(&lies(RULES, &[40, 30, 30, 0], 1, 3, &[0, 1, 2]));
    holds(&lies(RULES, &[60, 40, 0], 2, 2, &[0, 1]));
}

#[test]
fn a_minority_lies_to_all_or_to_one() {
    for to in [&[0, 1, 2][..], &[1]] {
        holds(&lies(RULES, &[25, 25, 25, 25], 1, 3, to));
    }
}

/// The liar and the origin together hold a majority, so the made-up content is applicable for a while. The votes of
/// the other chains settle the real one.
#[test]
fn a_liar_that_makes_a_majority_with_the_origin_is_outvoted() {
    holds(&lies(RULES, &[45, 35, 20], 1, 2, &[0, 1]));
}

#[test]
fn if_two_applicable_contents_froze_the_origin_that_liar_would_stop_it() {
    let instance = lies(TWO_APPLICABLE, &[45, 35, 20], 1, 2, &[0, 1]);
    breaks(&instance, &[Violation::HonestFrozen]);
}

#[test]
fn if_any_conflict_froze_the_origin_the_masterchain_would_stop_it() {
    let rules = Rules {
        forks: ForkRule::AnyConflict,
        ..RULES
    };
    breaks(
        &lies(rules, &[40, 30, 30, 0], 2, 3, &[0, 1, 2]),
        &[Violation::HonestFrozen],
    );
}

/// `A` holds a majority and `B` is silent, so nobody else's stake votes for its batches. `C`, which has no stake, hears
/// the masterchain's lie.
fn lies_about_a_lonely_majority(rules: Rules) -> Instance {
    lies(rules, &[60, 40, 0, 0], 2, 3, &[0, 2]).silent(&[1])
}

#[test]
fn a_liar_without_stake_cannot_stop_a_lonely_majority() {
    holds(&lies_about_a_lonely_majority(RULES));
}

#[test]
fn unless_the_origins_yes_counts_for_contents_that_nobody_witnessed() {
    let rules = Rules {
        yes_needs_a_witness: false,
        ..RULES
    };
    breaks(&lies_about_a_lonely_majority(rules), &[Violation::Blocked]);
}

/// What remains: the liar with the origin is a majority, and half of the other stake does not vote.
#[test]
fn while_half_of_the_others_are_silent_that_liar_holds_the_origin_up() {
    let instance = lies(RULES, &[40, 15, 25, 20], 1, 3, &[0, 1, 2]).silent(&[2]);
    breaks(&instance, &[Violation::Blocked]);
}
