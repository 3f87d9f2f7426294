//! The plan of a walk.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_ledger::DelayPlan;
use ddvs_zerostate::{Limits, Terms};

use crate::Shape;

/// The plan of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Decides every step.
    pub seed: u64,
    /// Workchains besides the masterchain.
    pub workchains: u8,
    /// Genesis validators of each workchain.
    pub validators: u8,
    /// Operations before the network is left alone.
    pub operations: u16,
    /// A chain that says anything to the others: the masterchain, or the last workchain with less stake than each other one.
    pub captured: Option<ChainId>,
}

/// SplitMix64: all that a walk needs of randomness.
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In `0..below`; zero if that is empty.
    pub(super) fn below(&mut self, below: usize) -> usize {
        (self.roll() % below.max(1) as u64) as usize
    }

    /// One time out of `n`.
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len())).cloned()
    }
}

/// A network of which some traits are the dice's.
pub(super) fn shape(plan: &Plan, codes: Codes, dice: &mut Dice) -> Shape {
    let even = dice.one_in(3);
    let mut stakes: Vec<Vec<u64>> = Vec::new();
    for _ in 0..plan.workchains {
        let mut scale = if even { 1 } else { 1 + dice.below(3) as u64 };
        if plan.captured.is_some() {
            scale = 3;
        }
        let one = |index| scale * (80_000 + 1_000 * index);
        stakes.push((0..u64::from(plan.validators)).map(one).collect());
    }
    if plan.captured.is_some_and(|chain| chain >= 0)
        && let Some(last) = stakes.last_mut()
    {
        // with a sixth or more it can split the others, with less it can not
        let part = 1 + dice.below(3) as u64;
        for stake in last {
            *stake /= 1 + part;
        }
    }
    let all = u16::from(plan.workchains) * u16::from(plan.validators);
    Shape {
        stakes,
        limits: Limits {
            min_validators: u16::from(plan.validators) - 1,
            main_validators: (all * 2 / 3).max(u16::from(plan.validators)),
            max_batch: [2, 4, 8][dice.below(3)],
            slash_bp: [1_000, 5_000, 10_000][dice.below(3)],
            evidence_window_s: 20,
            min_unlock_period_s: 21,
            ..Limits::default()
        },
        terms: Terms {
            lock_period: 5,
            unlock_period: 25,
            ..Terms::default()
        },
        people: 2,
        pocket: 5_000_000,
        seed: plan.seed,
        delays: DelayPlan {
            block_jitter_ms: 300,
            ..DelayPlan::random(plan.seed, [1, 500, 4_000][dice.below(3)])
        },
        codes,
        ..Shape::default()
    }
}
