//! What one D'Elector knows under one number.

use crate::batch::{Base, Chain, ContentId, Seqno, UNNAMED};

/// How strong the votes for a content are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// With the origin, more than 50% of all stake; and the origin's own word, or a voucher for it.
    Applicable,
    /// Without the origin, more than 50% of the stake of all others; and vouched for.
    Settled,
}

/// A content that is at hand, with its hash checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The content.
    pub content: ContentId,
    /// The base in its proposal.
    pub base: Base,
    /// It was next in line here, and failed the objective checks.
    pub refused: bool,
}

/// One vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// The content voted for.
    pub content: ContentId,
    /// Who voted.
    pub voter: Chain,
}

/// Somebody's word that the votes for a content are to be counted at a base; this D'Elector's own among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// The content.
    pub content: ContentId,
    /// Who says so.
    pub claimant: Chain,
    /// Where to count.
    pub base: Base,
    /// How often the claimant has claimed anew for this content.
    pub times: u8,
}

/// What a content waits for: a batch that is missing here, and that a base names at which its votes may be counted. Of each base it is the
/// first one that is missing, in the order of the chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wait {
    /// The content that waits.
    pub content: ContentId,
    /// Whose batch is missing.
    pub chain: Chain,
    /// Its number.
    pub seqno: Seqno,
}

/// The best grade that a D'Elector has found for a content. A grade never falls: more votes can only add others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// The content.
    pub content: ContentId,
    /// Its grade.
    pub grade: Grade,
    /// The batch of the origin before it: the grade was counted with what the origin had then, and is void after another.
    pub after: Option<ContentId>,
}

/// All that one D'Elector knows about the batch `seqno` of `origin`. All lists are sorted, so that equal knowledge is
/// an equal value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Whose batch.
    pub origin: Chain,
    /// Its number.
    pub seqno: Seqno,
    /// The first content that came from the origin itself.
    pub proposed: Option<ContentId>,
    /// The contents at hand.
    pub held: Vec<Held>,
    /// The votes, this D'Elector's own among them.
    pub ballots: Vec<Ballot>,
    /// The newest claim of each claimant for each content.
    pub claims: Vec<Claim>,
    /// The grades found.
    pub found: Vec<Found>,
    /// Whom this D'Elector has asked for which content.
    pub asked: Vec<(ContentId, Chain)>,
    /// Once the number is applied: something was said of it since it was last looked at.
    pub is_due: bool,
    /// What its contents wait for.
    pub waits: Vec<Wait>,
}

impl Slot {
    pub(crate) fn new(origin: Chain, seqno: Seqno) -> Self {
        Self {
            origin,
            seqno,
            proposed: None,
            held: Vec::new(),
            ballots: Vec::new(),
            claims: Vec::new(),
            found: Vec::new(),
            asked: Vec::new(),
            is_due: true,
            waits: Vec::new(),
        }
    }

    /// The content `content`, if it is at hand.
    pub fn held(&self, content: ContentId) -> Option<&Held> {
        self.held.iter().find(|held| held.content == content)
    }

    pub(crate) fn held_mut(&mut self, content: ContentId) -> Option<&mut Held> {
        self.held.iter_mut().find(|held| held.content == content)
    }

    pub(crate) fn hold(&mut self, content: ContentId, base: Base) {
        if self.held(content).is_none() {
            self.held.push(Held {
                content,
                base,
                refused: false,
            });
            self.held.sort_unstable();
        }
    }

    /// Whether `voter` voted.
    pub fn has_voted(&self, voter: Chain) -> bool {
        self.ballots.iter().any(|ballot| ballot.voter == voter)
    }

    pub(crate) fn record(&mut self, ballot: Ballot) {
        self.ballots.push(ballot);
        self.ballots.sort_unstable();
    }

    /// Keeps a claim instead of the claimant's last one for the same content; a new content beyond `most` of the
    /// claimant is not kept, nor a base after `anew` others. Returns whether it is kept and new.
    pub(crate) fn claim(&mut self, claim: Claim, most: usize, anew: u8) -> bool {
        let of_claimant = |kept: &&mut Claim| kept.claimant == claim.claimant;
        let mut kept = self.claims.iter_mut().filter(of_claimant);
        if let Some(old) = kept.find(|kept| kept.content == claim.content) {
            if old.base == claim.base || old.times >= anew {
                return false;
            }
            old.base = claim.base;
            old.times += 1;
        } else {
            let of_claimant = |kept: &&Claim| kept.claimant == claim.claimant;
            if self.claims.iter().filter(of_claimant).count() >= most {
                return false;
            }
            self.claims.push(claim);
        }
        self.claims.sort_unstable();
        true
    }

    /// Keeps this D'Elector's own claim instead of its last one for the same content: there is one for a content at most.
    pub(crate) fn claim_own(&mut self, claim: Claim) {
        self.claims
            .retain(|old| (old.claimant, old.content) != (claim.claimant, claim.content));
        self.claims.push(claim);
        self.claims.sort_unstable();
    }

    pub(crate) fn wait_for(&mut self, wait: Wait) {
        if let Err(place) = self.waits.binary_search(&wait) {
            self.waits.insert(place, wait);
        }
    }

    /// The grade of `content` after batch `after` of the origin.
    pub fn grade(&self, content: ContentId, after: Option<ContentId>) -> Option<Grade> {
        let of_content = |found: &&Found| (found.content, found.after) == (content, after);
        self.found.iter().find(of_content).map(|found| found.grade)
    }

    pub(crate) fn find(&mut self, found: Found) {
        self.found.retain(|old| old.content != found.content);
        self.found.push(found);
        self.found.sort_unstable();
    }

    /// The bases at which the votes for `content` may be counted: that of its batch, if it is at hand, and those that somebody claims.
    pub(crate) fn bases(&self, content: ContentId) -> Vec<Base> {
        let claims = self.claims.iter().filter(|claim| claim.content == content);
        let held = self.held(content).map(|held| held.base).into_iter();
        held.chain(claims.map(|claim| claim.base)).collect()
    }

    /// The bases that others than `this` claim for `content`, in the order of the claimants.
    pub(crate) fn claimed_by_others(
        &self,
        content: ContentId,
        this: Chain,
    ) -> impl Iterator<Item = Base> {
        let of_others = move |claim: &&Claim| claim.content == content && claim.claimant != this;
        self.claims.iter().filter(of_others).map(|claim| claim.base)
    }

    /// The base that `claimant` claims for `content`.
    pub fn claimed_by(&self, content: ContentId, claimant: Chain) -> Option<Base> {
        let of_claimant = |claim: &&Claim| (claim.content, claim.claimant) == (content, claimant);
        self.claims.iter().find(of_claimant).map(|claim| claim.base)
    }

    /// Whether `claimant` has claimed another base for `content` before.
    pub(crate) fn has_claimed_anew(&self, content: ContentId, claimant: Chain) -> bool {
        let of_claimant = |claim: &&Claim| (claim.content, claim.claimant) == (content, claimant);
        let claim = self.claims.iter().find(of_claimant);
        claim.is_some_and(|claim| claim.times > 0)
    }

    /// Every content that a vote names or that is at hand, each once.
    pub fn contents(&self) -> Vec<ContentId> {
        let mut contents: Vec<_> = self
            .ballots
            .iter()
            .map(|ballot| ballot.content)
            .chain(self.held.iter().map(|held| held.content))
            .collect();
        contents.retain(|content| content.branch != UNNAMED);
        contents.sort_unstable();
        contents.dedup();
        contents
    }

    /// Whether two contents are known under this number.
    pub fn is_contested(&self) -> bool {
        self.contents().len() > 1
    }
}
