//! What must hold.

use std::fmt;

use crate::batch::{Chain, DROPPED, Seqno};
use crate::elector::Elector;
use crate::instance::Instance;
use crate::network::{Network, Status};
use crate::rules::CountRule;

/// What was found not to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Violation {
    /// Two copies applied different contents under one number of an origin that is not captured.
    TwoContents,
    /// A batch that fails the objective checks was applied.
    InvalidApplied,
    /// A batch was applied that the instance forbids.
    ForbiddenApplied,
    /// An origin that is not captured is frozen.
    HonestFrozen,
    /// A total stake is negative.
    NegativeTotal,
    /// A chain's vote counts twice.
    VotedTwice,
    /// Two live copies differ although nothing is left to happen.
    ReplicasDiffer,
    /// Live chains hold a majority and nothing is left to happen, but a batch of an honest origin is not applied.
    Blocked,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoContents => "two contents under one number",
            Self::InvalidApplied => "an invalid batch is applied",
            Self::ForbiddenApplied => "a forbidden batch is applied",
            Self::HonestFrozen => "an honest origin is frozen",
            Self::NegativeTotal => "a total is negative",
            Self::VotedTwice => "a vote counts twice",
            Self::ReplicasDiffer => "replicas differ at rest",
            Self::Blocked => "a batch is never applied",
        })
    }
}

/// What must hold in every state.
pub fn always(instance: &Instance, network: &Network) -> Option<Violation> {
    let honest = network.electors.iter().zip(&network.status);
    let honest = honest.filter(|(_, status)| **status != Status::Captured);
    for (elector, _) in honest.clone() {
        for (origin, applied) in (0..).zip(&elector.applied) {
            let captured = instance.is_captured(origin);
            if !captured && elector.frozen[origin as usize].is_some() {
                return Some(Violation::HonestFrozen);
            }
            if elector.total(instance, origin, Seqno::MAX) < 0 {
                return Some(Violation::NegativeTotal);
            }
            for &content in applied {
                if content.branch == DROPPED {
                    continue;
                }
                if instance.batch(content).is_none_or(|batch| batch.invalid) {
                    return Some(Violation::InvalidApplied);
                }
                if instance.forbidden.contains(&content) {
                    return Some(Violation::ForbiddenApplied);
                }
            }
            if captured {
                continue;
            }
            for (other, _) in honest.clone() {
                let both = applied.iter().zip(&other.applied[origin as usize]);
                if both.into_iter().any(|(one, other)| one != other) {
                    return Some(Violation::TwoContents);
                }
            }
        }
        for slot in &elector.slots {
            let voters = slot.ballots.iter().map(|ballot| 1u8 << ballot.voter);
            let once = voters
                .clone()
                .fold(0, |all, voter| all | voter)
                .count_ones();
            if once as usize != slot.ballots.len() {
                return Some(Violation::VotedTwice);
            }
        }
    }
    None
}

/// What must hold once nothing is left to happen.
pub fn at_rest(instance: &Instance, network: &Network) -> Option<Violation> {
    let majority = live_majority(instance, network);
    let mut live = network.live();
    let first = live.next()?;
    let judged = instance.captured.is_empty()
        || instance.judges_minorities
        || majority
            && network
                .live()
                .all(|elector| sees_majority(instance, network, elector));
    if judged && live.any(|elector| elector.applied != first.applied) {
        return Some(Violation::ReplicasDiffer);
    }
    let waits = |elector: &Elector| {
        elector.slots.iter().any(|slot| {
            let needs_origin = matches!(instance.rules.count, CountRule::OriginRebases { .. });
            let excused = match network.status[slot.origin as usize] {
                Status::Captured => true,
                Status::Silent | Status::Paused => needs_origin,
                Status::Live => false,
            };
            !excused && slot.seqno > elector.height(slot.origin) && slot.proposed.is_some()
        })
    };
    (judged && majority && network.live().any(waits)).then_some(Violation::Blocked)
}

/// Whether live honest chains hold more than 50% of the stake, each total taken from the copy that is furthest.
pub fn live_majority(instance: &Instance, network: &Network) -> bool {
    let furthest = |chain: Chain| {
        let copy = network.live().max_by_key(|elector| elector.height(chain));
        copy.map_or(0, |elector| elector.total(instance, chain, Seqno::MAX))
    };
    let total: i32 = network.chains().map(furthest).sum();
    let live: i32 = network.live().map(|elector| furthest(elector.chain)).sum();
    2 * live > total
}

/// Whether live honest chains hold more than 50% of the stake in the copy of `elector`.
fn sees_majority(instance: &Instance, network: &Network, elector: &Elector) -> bool {
    let stake = |chain| elector.total(instance, chain, Seqno::MAX);
    let total: i32 = network.chains().map(stake).sum();
    let live: i32 = network.live().map(|elector| stake(elector.chain)).sum();
    2 * live > total
}

/// The origin whose registration of `key` is the active one in a copy: the lowest chain of those that registered it.
pub fn key_holder(instance: &Instance, elector: &Elector, key: u8) -> Option<Chain> {
    let registered = |origin: &Chain| {
        let applied = elector.applied[*origin as usize].iter();
        let mut keys = applied.filter_map(|&content| instance.batch(content));
        keys.any(|batch| batch.key == key)
    };
    (0..instance.chains() as Chain).find(registered)
}
