//! A captured chain votes for a made-up hash under an honest origin's number. That changes nothing as long as the
//! other chains' majority votes.

mod common;

use common::holds;
use ddvs_model::{CONTRACTS, Captured, Chain, Instance, MADE_UP, Rules, Seqno, stake};

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
    let instance = Instance::new(&name, rules, stakes, scripts).captured(captured);
    match stakes[liar as usize] {
        0 => instance.masterchain(liar),
        _ => instance,
    }
}

#[test]
fn the_masterchain_lies() {
    holds(&lies(CONTRACTS, &[40, 30, 30, 0], 1, 3, &[0, 1, 2]));
    holds(&lies(CONTRACTS, &[60, 40, 0], 2, 2, &[0, 1]));
}

#[test]
fn a_minority_lies_to_all_or_to_one() {
    for to in [&[0, 1, 2][..], &[1]] {
        holds(&lies(CONTRACTS, &[25, 25, 25, 25], 1, 3, to));
    }
}

/// The liar and the origin together hold a majority, so the made-up content is applicable for a while. The votes of
/// the other chains settle the real one.
#[test]
fn a_liar_that_makes_a_majority_with_the_origin_is_outvoted() {
    holds(&lies(CONTRACTS, &[45, 35, 20], 1, 2, &[0, 1]));
}

/// `A` holds a majority and `B` is silent, so nobody else's stake votes for its batches. `C`, which has no stake, hears
/// the masterchain's lie.
fn lies_about_a_lonely_majority(rules: Rules) -> Instance {
    lies(rules, &[60, 40, 0, 0], 2, 3, &[0, 2]).silent(&[1])
}

#[test]
fn a_liar_without_stake_cannot_stop_a_lonely_majority() {
    holds(&lies_about_a_lonely_majority(CONTRACTS));
}

/// The liar and the origin are a majority, and half of the other stake does not vote. The origin's own word stands.
#[test]
fn while_half_of_the_others_are_silent_that_liar_changes_nothing() {
    let instance = lies(CONTRACTS, &[40, 15, 25, 20], 1, 3, &[0, 1, 2]);
    holds(&instance.silent(&[2]));
}
