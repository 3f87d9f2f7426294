//! A weighed content need not be weighed again before enough stake has moved for its grade to be better. Checked on
//! all small networks, with all ways in which their stakes may move.

use ddvs_model::{CONTRACTS, Weighed};

const CHAINS: usize = 4;
/// Maximum stake of a chain, in coins.
const STAKE: i32 = 4;
/// Maximum gain or loss of a chain.
const MOVE: i32 = 3;

type Stakes = [i32; CHAINS];

/// Every array of numbers from `least` to `most`.
fn every(least: i32, most: i32) -> impl Iterator<Item = Stakes> {
    let width = most - least + 1;
    (0..width.pow(CHAINS as u32)).map(move |number| {
        let mut rest = number;
        std::array::from_fn(|_| {
            let stake = least + rest % width;
            rest /= width;
            stake
        })
    })
}

/// Chain 0 is the origin, and `voters` names the others as bits.
fn weigh(stakes: &Stakes, voters: u32) -> Weighed {
    let votes = |chain: &usize| voters >> (chain - 1) & 1 == 1;
    Weighed {
        for_it: (1..CHAINS).filter(votes).map(|chain| stakes[chain]).sum(),
        of_origin: stakes[0],
        total: stakes.iter().sum(),
    }
}

fn sum(stakes: &Stakes, moves: &Stakes) -> Option<(Stakes, i32)> {
    let after: Stakes = std::array::from_fn(|chain| stakes[chain] + moves[chain]);
    let moved = moves.iter().map(|stake| stake.abs()).sum();
    after
        .iter()
        .all(|&stake| stake >= 0)
        .then_some((after, moved))
}

/// Every network, its stakes some moves later, how much has moved, the voters, and whether the origin's message
/// arrived.
fn all(mut check: impl FnMut(Weighed, Weighed, i32, bool)) {
    let moves: Vec<Stakes> = every(-MOVE, MOVE).collect();
    for stakes in every(0, STAKE) {
        for (after, moved) in moves.iter().filter_map(|moves| sum(&stakes, moves)) {
            for voters in 0..1 << (CHAINS - 1) {
                let (before, after) = (weigh(&stakes, voters), weigh(&after, voters));
                check(before, after, moved, false);
                check(before, after, moved, true);
            }
        }
    }
}

#[test]
fn grade_does_not_improve_before_the_needed_stake_has_moved() {
    let mut close = 0;
    all(|before, after, moved, told| {
        let grade = |weighed: Weighed| weighed.grade(CONTRACTS.vouch, told);
        let needed = before.stake_to_move(told, grade(before));
        let is_better = grade(after) > grade(before);
        assert!(!is_better || moved >= needed, "{before:?}, then {after:?}");
        close += u64::from(is_better && moved == needed);
    });
    assert!(
        close > 1_000,
        "{close} times the figure is not too low by one"
    );
}

#[test]
fn content_is_not_vouched_for_before_the_needed_stake_has_moved() {
    let mut close = 0;
    all(|before, after, moved, _| {
        let needed = before.stake_to_vouch();
        let is_vouched = 3 * after.for_it >= after.total;
        if 3 * before.for_it < before.total && is_vouched {
            assert!(moved >= needed, "{before:?}, then {after:?}");
            close += u64::from(moved == needed);
        }
    });
    assert!(
        close > 1_000,
        "{close} times the figure is not too low by one"
    );
}
