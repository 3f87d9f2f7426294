//! Properties that must hold.

use std::fmt;

use crate::batch::{Chain, ContentId, MAIN, Seqno, UNNAMED};
use crate::elector::Elector;
use crate::instance::Instance;
use crate::network::{Network, Status};
use crate::slot::Slot;

/// A property that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Violation {
    /// Two copies applied different contents under one number of an honest origin.
    TwoContents,
    /// A batch that fails the objective checks was applied.
    InvalidApplied,
    /// A batch was applied that the instance forbids.
    ForbiddenApplied,
    /// A total stake is negative.
    NegativeTotal,
    /// A chain's vote counts twice.
    VotedTwice,
    /// The copy of an honest origin applied a batch of its own chain that it did not propose.
    OwnReplaced,
    /// A copy reverts and applies forever.
    Restless,
    /// Two live copies differ in batches of an honest origin at rest.
    ReplicasDiffer,
    /// Two live copies differ in batches of a captured origin at rest.
    ForksDiffer,
    /// Live chains hold a majority and the network is at rest, but a batch of an honest origin is not applied.
    Blocked,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoContents => "two contents under one number",
            Self::InvalidApplied => "an invalid batch is applied",
            Self::ForbiddenApplied => "a forbidden batch is applied",
            Self::NegativeTotal => "a total is negative",
            Self::VotedTwice => "a vote counts twice",
            Self::OwnReplaced => "an origin applies what it did not propose",
            Self::Restless => "a copy takes back and applies without end",
            Self::ReplicasDiffer => "replicas differ at rest",
            Self::ForksDiffer => "replicas of a captured origin differ at rest",
            Self::Blocked => "a batch is never applied",
        })
    }
}

/// Checks the properties of every state.
pub fn always(instance: &Instance, network: &Network) -> Option<Violation> {
    let honest = network.electors.iter().zip(&network.status);
    let honest = honest.filter(|(_, status)| **status != Status::Captured);
    for (elector, _) in honest.clone() {
        if elector.is_restless {
            return Some(Violation::Restless);
        }
        if elector.applied[elector.chain as usize]
            .iter()
            .any(|content| content.branch != MAIN)
        {
            return Some(Violation::OwnReplaced);
        }
        for (origin, applied) in (0..).zip(&elector.applied) {
            let captured = instance.is_captured(origin);
            if elector.total(instance, origin, Seqno::MAX) < 0 {
                return Some(Violation::NegativeTotal);
            }
            for &content in applied {
                if instance.batch(content).is_none_or(|batch| batch.invalid) {
                    return Some(Violation::InvalidApplied);
                }
                if instance.forbidden.contains(&content) {
                    return Some(Violation::ForbiddenApplied);
                }
            }
            if captured || !is_safe(instance, origin) {
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
            // one vote that counts, and one that does not
            for counts in [true, false] {
                let ballots = slot.ballots.iter();
                let of_kind = ballots.filter(|ballot| slot.counts(ballot.content) == counts);
                let mut voters: Vec<_> = of_kind.map(|ballot| ballot.voter).collect();
                voters.sort_unstable();
                if !voters.is_sorted_by(|one, next| one < next) {
                    return Some(Violation::VotedTwice);
                }
            }
        }
    }
    None
}

/// Checks the properties of states of rest.
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
    if !judged {
        return None;
    }
    let promised = |origin: Chain| {
        if instance.is_captured(origin) {
            is_below_a_third(instance, origin) && !is_split(instance, network, origin)
        } else {
            is_safe(instance, origin)
        }
    };
    let differs = |origin: Chain| {
        let applied = |elector: &Elector| elector.applied[origin as usize].clone();
        promised(origin)
            && network
                .live()
                .any(|elector| applied(elector) != applied(first))
    };
    let (captured, honest): (Vec<_>, Vec<_>) = network
        .chains()
        .partition(|&origin| instance.is_captured(origin));
    if honest.into_iter().any(differs) {
        return Some(Violation::ReplicasDiffer);
    }
    if captured.into_iter().any(differs) {
        return Some(Violation::ForksDiffer);
    }
    let waits = |elector: &Elector| {
        elector.slots.iter().any(|slot| {
            let waits = !instance.is_captured(slot.origin) && is_safe(instance, slot.origin);
            waits && slot.seqno > elector.height(slot.origin) && slot.proposed.is_some()
        })
    };
    (majority && network.live().any(waits)).then_some(Violation::Blocked)
}

/// Whether `chain` always has less than a third of all stake.
fn is_below_a_third(instance: &Instance, chain: Chain) -> bool {
    let (_, (part, all)) = instance.share_of(chain);
    3 * part < all
}

/// Whether captured chains cannot affect the batches of honest `origin`: together they have less than a third of all
/// stake, or the origin has a third itself.
fn is_safe(instance: &Instance, origin: Chain) -> bool {
    let ((part, all), _) = instance.share_of(origin);
    let captured = instance.captured.iter().map(|captured| captured.chain);
    let captured: Vec<_> = captured.collect();
    let (_, (taken, whole)) = instance.share_of_all(&captured);
    3 * part >= all || 3 * taken < whole
}

/// Whether a captured origin has sent a content only to chains that cannot vouch for it, and yet are a majority with
/// the origin. They must apply it, since all others may be silent; and the others must not, since the message may be
/// false. No rule can distinguish the two. Where stakes move, it is enough that they are a majority at one base and
/// cannot vouch at another one.
fn is_split(instance: &Instance, network: &Network, origin: Chain) -> bool {
    let is_grey = |elector: &Elector, slot: &Slot, content: ContentId| {
        let (mut majority, mut doubtful) = (false, false);
        for weights in elector.all_weights(instance, slot, content) {
            let total: i32 = weights.iter().sum();
            let ballots = slot.ballots.iter();
            let yes =
                ballots.filter(|ballot| [content.branch, UNNAMED].contains(&ballot.content.branch));
            let for_it: i32 = yes.map(|ballot| weights[ballot.voter as usize]).sum();
            majority |= 2 * (for_it + weights[origin as usize]) > total;
            doubtful |= 3 * for_it < total;
        }
        majority && doubtful
    };
    network.live().any(|elector| {
        let mut slots = elector.slots.iter().filter(|slot| slot.origin == origin);
        slots.any(|slot| {
            let mut contents = slot.named().into_iter();
            contents.any(|content| is_grey(elector, slot, content))
        })
    })
}

/// Whether live honest chains hold more than 50% of the stake, each total taken from the most advanced copy.
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

/// Returns the origin whose registration of `key` is the active one in a copy: the lowest chain that registered it.
pub fn key_holder(instance: &Instance, elector: &Elector, key: u8) -> Option<Chain> {
    let registered = |origin: &Chain| {
        let applied = elector.applied[*origin as usize].iter();
        let mut keys = applied.filter_map(|&content| instance.batch(content));
        keys.any(|batch| batch.key == key)
    };
    (0..instance.chains() as Chain).find(registered)
}
