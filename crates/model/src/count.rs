//! Counting: the weight of the votes for a content, and the bases at which it is computed.

use crate::batch::{Base, Chain, ContentId, Seqno};
use crate::elector::Elector;
use crate::instance::Instance;
use crate::rules::{CountRule, VouchRule};
use crate::slot::{Grade, Slot};
use crate::stats::Stats;

/// A base at which votes can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The base in the proposal.
    Proposal(Base),
    /// The batches that this copy has applied.
    Current(Base),
}

impl Place {
    fn base(self) -> Base {
        match self {
            Self::Proposal(base) | Self::Current(base) => base,
        }
    }
}

/// Weight of the votes for a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// Stake of the voters, without the origin.
    pub for_it: i32,
    /// Stake of the origin just before the batch.
    pub of_origin: i32,
    /// Total stake, including the origin's.
    pub total: i32,
}

impl Weighed {
    /// Returns the grade of a content; `told` says whether the origin itself sent it to this copy.
    pub fn grade(self, rule: VouchRule, told: bool) -> Option<Grade> {
        let vouched = is_vouched(rule, self.for_it, self.of_origin, self.total);
        if vouched && 2 * self.for_it > self.total - self.of_origin {
            return Some(Grade::Settled);
        }
        ((told || vouched) && 2 * (self.for_it + self.of_origin) > self.total)
            .then_some(Grade::Applicable)
    }

    /// Returns how much stake must move before the same votes can have a better grade than `grade` at the stakes of
    /// that time: the sum of all changes of totals, including those of chains that did not vote. Copies need not look
    /// again before. Never less than 1.
    ///
    /// A coin that moves changes `3 * for_it - total` by at most two, and the number compared with half of all stake
    /// by one. That an origin with a third of its own needs more than a third to vouch for it is ignored, since it
    /// may lose that third.
    pub fn stake_to_move(self, told: bool, grade: Option<Grade>) -> i32 {
        let to_vouch = self.stake_to_vouch();
        let of_all = self.total - 2 * (self.for_it + self.of_origin) + 1;
        let of_others = self.total - self.of_origin - 2 * self.for_it + 1;
        match grade {
            None if told => of_all.max(1),
            None => to_vouch.max(of_all),
            Some(_) => to_vouch.max(of_others),
        }
    }

    /// Returns how much stake must move before the same votes can vouch for a content. Never less than 1.
    pub fn stake_to_vouch(self) -> i32 {
        (self.total - 3 * self.for_it + 1).div_euclid(2).max(1)
    }
}

impl Elector {
    /// Returns the stake of `chain` after its first `seqno` batches, as this copy has them.
    pub fn total(&self, instance: &Instance, chain: Chain, seqno: Seqno) -> i32 {
        let applied = &self.applied[chain as usize];
        let applied = &applied[..applied.len().min(seqno as usize)];
        let moved: i32 = applied.iter().map(|&content| instance.delta(content)).sum();
        instance.stakes[chain as usize] + moved
    }

    /// Returns the bases at which votes for `content` are counted unprompted, in the order in which they are tried.
    fn places(&self, instance: &Instance, slot: &Slot, content: ContentId) -> Vec<Place> {
        let proposal = slot.held(content).map(|held| Place::Proposal(held.base));
        let current = Place::Current(self.current_base());
        match instance.rules.count {
            CountRule::ProposalBase => proposal.into_iter().collect(),
            CountRule::CurrentTotals => vec![current],
            CountRule::Unannounced | CountRule::Claims => {
                proposal.into_iter().chain([current]).collect()
            }
        }
    }

    /// Returns the stake of every chain at `base`, for a batch `seqno` of `origin`; `None` if this copy does not know
    /// it.
    fn weights(
        &self,
        instance: &Instance,
        slot: &Slot,
        mut base: Base,
        stats: &mut Stats,
    ) -> Option<Vec<i32>> {
        if instance.rules.origin_weight_before_batch {
            base[slot.origin as usize] = slot.seqno - 1;
        }
        for (chain, (&named, applied)) in base.iter().zip(&self.applied).enumerate() {
            let height = applied.len() as Seqno;
            if named > height {
                return None;
            }
            let is_origin = chain == slot.origin as usize;
            let exempt = is_origin && instance.rules.origin_weight_before_batch;
            if !exempt && u16::from(height - named) >= instance.rules.history {
                stats.pruned_bases += 1;
                return None;
            }
        }
        let weight = |chain: usize| self.total(instance, chain as Chain, base[chain]);
        Some((0..instance.chains()).map(weight).collect())
    }

    /// Returns the stakes at every base at which votes for `content` are or were counted here.
    pub(crate) fn all_weights(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
    ) -> Vec<Vec<i32>> {
        let mut stats = Stats::default();
        let places = self.places(instance, slot, content).into_iter();
        let found = slot.found(content, self.before(slot));
        let bases = places
            .map(Place::base)
            .chain(found.and_then(|found| found.at));
        let weights = bases.map(|base| self.weights(instance, slot, base, &mut stats));
        weights.flatten().collect()
    }

    /// Returns the grade of `content` with stakes `weights`.
    ///
    /// If the origin itself did not send it to this copy, a content must be vouched for by so much stake that not all
    /// of it can be captured. That is a third of all stake. An origin with a third of its own is then honest, so its
    /// content reaches everyone, and only a majority can vouch for another one.
    fn grade_at(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
        weights: &[i32],
    ) -> Option<Grade> {
        let rules = &instance.rules;
        let total: i32 = weights.iter().sum();
        let of_origin = weights[slot.origin as usize];
        let named = |named: ContentId| named == content || !rules.votes_name_content;
        let yes = slot.ballots.iter().filter(|ballot| named(ballot.content));
        let for_it: i32 = yes.map(|ballot| weights[ballot.voter as usize]).sum();
        let told = slot.proposed == Some(content) && self.continues(instance, slot, content);
        let weighed = Weighed {
            for_it,
            of_origin,
            total,
        };
        weighed.grade(rules.vouch, told)
    }

    /// Returns the grade of `content` at a base; `None` if it cannot be weighed there.
    pub(crate) fn grade_at_base(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
        base: Base,
    ) -> Option<Grade> {
        let weights = self.weights(instance, slot, base, &mut Stats::default())?;
        self.grade_at(instance, slot, content, &weights)
    }

    /// Whether `content` is vouched for at current totals.
    pub(crate) fn is_vouched_now(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
    ) -> bool {
        let weights = self.weights(instance, slot, self.current_base(), &mut Stats::default());
        weights.is_some_and(|weights| {
            let vouchers = slot.vouchers(content).into_iter();
            let for_it = vouchers.map(|voter| weights[voter as usize]).sum();
            let of_origin = weights[slot.origin as usize];
            is_vouched(
                instance.rules.vouch,
                for_it,
                of_origin,
                weights.iter().sum(),
            )
        })
    }

    /// Returns the grade that ends the count: while only one content is known under the number, applicable is enough.
    pub(crate) fn goal(slot: &Slot) -> Grade {
        match slot.is_contested() {
            true => Grade::Settled,
            false => Grade::Applicable,
        }
    }

    /// Returns a better grade of `content` than `known`, and the first base at which it has it.
    pub(crate) fn better_grade(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
        known: Option<Grade>,
        stats: &mut Stats,
    ) -> Option<(Grade, Place)> {
        let goal = Self::goal(slot);
        if known >= Some(goal) {
            return None;
        }
        let mut best: Option<(Grade, Place)> = None;
        for place in self.places(instance, slot, content) {
            let Some(weights) = self.weights(instance, slot, place.base(), stats) else {
                continue;
            };
            let grade = self.grade_at(instance, slot, content, &weights);
            if let Some(grade) = grade
                && known.is_none_or(|known| grade > known)
                && best.is_none_or(|(best, _)| grade > best)
            {
                best = Some((grade, place));
                if grade >= goal {
                    break;
                }
            }
        }
        best
    }
}

/// Whether others with stake `for_it` of `total` vouch for a content whose origin has `of_origin`.
fn is_vouched(rule: VouchRule, for_it: i32, of_origin: i32, total: i32) -> bool {
    match rule {
        VouchRule::Anybody => for_it > 0,
        VouchRule::Third => 3 * for_it >= total,
        VouchRule::Majority => 2 * for_it > total,
        VouchRule::ThirdOrMajority if 3 * of_origin < total => 3 * for_it >= total,
        VouchRule::ThirdOrMajority => 2 * for_it > total,
    }
}
