//! The promises, with a captured chain that has from 10% to 49% of all stake: it forks in every way, and it lies about
//! an honest origin in every way.

mod common;

use common::holds;
use ddvs_model::captured::{all_forks, all_lies};
use ddvs_model::{CONTRACTS, ContentId, FORK, Instance, stake};

/// Stakes of two honest chains and a captured one with `percent` of all stake, evenly and not.
fn three(percent: i32) -> [[i32; 3]; 2] {
    let rest = 1000 - 10 * percent;
    [
        [rest / 2, rest - rest / 2, 10 * percent],
        [rest / 3, rest - rest / 3, 10 * percent],
    ]
}

const PERCENT: [i32; 9] = [10, 15, 20, 25, 30, 33, 40, 45, 49];

#[test]
fn a_captured_origin_tells_its_batches_in_every_way() {
    for stakes in PERCENT.into_iter().flat_map(three) {
        for plan in all_forks(2, 2, &[0, 1]) {
            let scripts = vec![vec![stake(1)], vec![], vec![stake(-2), stake(1)]];
            let instance = Instance::new("C forks", CONTRACTS, &stakes, scripts);
            let instance = instance.forks(2, 1, vec![stake(-3), stake(-1)]);
            holds(&instance.captured(plan));
        }
    }
}

/// Batches of `A`, of which `C` votes for and relays what `A` did, or what it made up. No copy applies what `A` did not
/// propose, while `C` has less than a third or `A` has a third.
#[test]
fn a_captured_chain_lies_about_an_honest_origin_in_every_way() {
    for stakes in PERCENT.into_iter().flat_map(three) {
        let safe = 3 * stakes[2] < 1000 || 3 * stakes[0] >= 1000;
        for plan in all_lies(2, 0, &[0, 1]) {
            let scripts = vec![vec![stake(0), stake(0)], vec![], vec![]];
            let instance = Instance::new("C lies", CONTRACTS, &stakes, scripts);
            let instance = instance.forks(0, 1, vec![stake(0)]).captured(plan);
            holds(&match safe {
                true => instance.forbids(ContentId::new(0, 0, FORK)),
                false => instance,
            });
        }
    }
}

/// With four chains, one of them the masterchain, which may be the captured one.
#[test]
fn four_chains_and_lies() {
    for (stakes, liar) in [
        ([400, 300, 300, 0], 3),
        ([250, 250, 200, 300], 3),
        ([340, 170, 0, 490], 3),
    ] {
        let to = [1, 2];
        for plan in all_lies(liar, 0, &to) {
            let scripts = vec![vec![stake(0)], vec![], vec![], vec![]];
            let instance = Instance::new("D lies", CONTRACTS, &stakes, scripts);
            let instance = instance.forks(0, 1, vec![stake(0)]).captured(plan);
            let instance = instance.forbids(ContentId::new(0, 0, FORK));
            holds(&match (0..).zip(stakes).find(|(_, stake)| *stake == 0) {
                Some((chain, _)) => instance.masterchain(chain),
                None => instance,
            });
        }
    }
}
