//! Counting: how strong the votes for a content are, and where.

use crate::batch::{Base, Chain, ContentId, Seqno};
use crate::elector::Elector;
use crate::instance::Instance;
use crate::rules::CountRule;
use crate::slot::{Found, Grade, Slot};
use crate::stats::Stats;

/// A base at which votes can be counted, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    base: Base,
    source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Proposal,
    Claim,
    Current,
}

impl Elector {
    /// Stake of `chain` after its first `seqno` batches, as this copy has them.
    pub fn total(&self, instance: &Instance, chain: Chain, seqno: Seqno) -> i32 {
        let applied = &self.applied[chain as usize];
        let applied = &applied[..applied.len().min(seqno as usize)];
        let moved: i32 = applied.iter().map(|&content| instance.delta(content)).sum();
        instance.stakes[chain as usize] + moved
    }

    /// The bases at which votes for `content` may be counted, in the order in which they are tried.
    fn bases(&self, instance: &Instance, slot: &Slot, content: ContentId) -> Vec<Candidate> {
        let proposal = slot.held(content).map(|held| held.base).into_iter();
        let proposal = proposal.map(|base| Candidate {
            base,
            source: Source::Proposal,
        });
        let claims = slot.claims.iter().filter(|claim| claim.content == content);
        let claims = claims.map(|claim| Candidate {
            base: claim.base,
            source: Source::Claim,
        });
        let current = std::iter::once(Candidate {
            base: self.current_base(),
            source: Source::Current,
        });
        match instance.rules.count {
            CountRule::ProposalBase => proposal.collect(),
            CountRule::CurrentTotals => current.collect(),
            CountRule::Unannounced => proposal.chain(current).collect(),
            CountRule::OriginRebases { keep } => {
                let mut bases: Vec<_> = proposal.chain(claims).collect();
                let surplus = bases.len().saturating_sub(keep);
                bases.drain(..surplus);
                bases
            }
            CountRule::Claims => proposal.chain(claims).chain(current).collect(),
        }
    }

    /// Stake of every chain at `base`, for a batch `seqno` of `origin`; `None` if this copy does not know it.
    fn weights(
        &self,
        instance: &Instance,
        slot: &Slot,
        candidate: Candidate,
        stats: &mut Stats,
    ) -> Option<Vec<i32>> {
        let mut base = candidate.base;
        if instance.rules.origin_weight_before_batch {
            base[slot.origin as usize] = slot.seqno - 1;
        }
        let mut pruned = false;
        for (chain, (&named, applied)) in base.iter().zip(&self.applied).enumerate() {
            let height = applied.len() as Seqno;
            if named > height {
                // What a frozen origin applied later is void: its total stays.
                let cut = self.frozen[chain]?;
                if named < cut {
                    return None;
                }
            } else if chain != slot.origin as usize || !instance.rules.origin_weight_before_batch {
                let too_old = |depth| height - named >= depth;
                pruned |= instance.rules.history.is_some_and(too_old);
            }
        }
        if pruned && candidate.source != Source::Current {
            stats.pruned_bases += 1;
            match instance.rules.count {
                // Current totals are tried anyway.
                CountRule::Claims | CountRule::Unannounced => return None,
                _ => base = self.current_base(),
            }
        }
        let weight = |chain: usize| self.total(instance, chain as Chain, base[chain]);
        Some((0..instance.chains()).map(weight).collect())
    }

    /// The grade of `content` with stakes `weights`.
    fn grade_at(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
        weights: &[i32],
    ) -> Option<Grade> {
        let total: i32 = weights.iter().sum();
        let of_origin = weights[slot.origin as usize];
        let named = |named: ContentId| named == content || !instance.rules.votes_name_content;
        let yes = slot
            .ballots
            .iter()
            .filter(|ballot| ballot.yes && named(ballot.content));
        let for_it: i32 = yes.map(|ballot| weights[ballot.voter as usize]).sum();
        if 2 * for_it > total - of_origin {
            return Some(Grade::Settled);
        }
        // Its own vote; the origin's own vote is its proposal.
        let own = if slot.origin == self.chain {
            slot.proposed == Some(content)
        } else {
            let mut ballots = slot.ballots.iter();
            ballots.any(|ballot| ballot.voter == self.chain && ballot.content == content)
        };
        let witnessed = for_it > 0 || own || !instance.rules.yes_needs_a_witness;
        (witnessed && 2 * (for_it + of_origin) > total).then_some(Grade::Applicable)
    }

    /// Looks for better grades of the contents in slot `place`. While only one content is known, applicable is enough.
    pub(crate) fn find_grades(&mut self, instance: &Instance, place: usize, stats: &mut Stats) {
        let slot = &self.slots[place];
        let goal = if slot.is_contested() {
            Grade::Settled
        } else {
            Grade::Applicable
        };
        let mut better = Vec::new();
        for content in slot.contents() {
            let known = slot.grade(content);
            let useless = slot.held(content).is_none() && !slot.is_contested();
            if known >= Some(goal) || useless || self.is_refused(instance, content) {
                continue;
            }
            let mut best: Option<(Grade, Candidate)> = None;
            for candidate in self.bases(instance, slot, content) {
                let Some(weights) = self.weights(instance, slot, candidate, stats) else {
                    continue;
                };
                let grade = self.grade_at(instance, slot, content, &weights);
                if let Some(grade) = grade
                    && best.is_none_or(|(best, _)| grade > best)
                {
                    best = Some((grade, candidate));
                    if grade >= goal {
                        break;
                    }
                }
            }
            if let Some((grade, candidate)) = best
                && Some(grade) > known
            {
                better.push((content, grade, candidate));
            }
        }
        for (content, grade, candidate) in better {
            match candidate.source {
                Source::Proposal => stats.found_at_proposal += 1,
                Source::Claim => stats.found_at_claim += 1,
                Source::Current => stats.found_at_current += 1,
            }
            let found = &mut self.slots[place].found;
            found.retain(|found| found.content != content);
            found.push(Found {
                content,
                grade,
                base: candidate.base,
                told: false,
            });
            found.sort_unstable();
        }
    }

    /// Whether `content` fails the objective checks that need nothing but the batch.
    pub(crate) fn is_refused(&self, instance: &Instance, content: ContentId) -> bool {
        let invalid = instance.batch(content).is_some_and(|batch| batch.invalid);
        instance.rules.objective_checks && invalid
    }

    /// Whether `content` as the next batch would take out more stake than its origin has.
    pub(crate) fn is_overdrawn(&self, instance: &Instance, content: ContentId) -> bool {
        let total = self.total(instance, content.origin, Seqno::MAX) + instance.delta(content);
        instance.rules.objective_checks && total < 0
    }
}
