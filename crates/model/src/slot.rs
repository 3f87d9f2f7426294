//! What one D'Elector knows under one number.

use crate::batch::{Base, Chain, ContentId, Seqno, UNNAMED};

/// How strong the votes for a content are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// With the origin's own yes, more than 50% of all stake.
    Applicable,
    /// Without the origin, more than 50% of the stake of all others. Implies [`Grade::Applicable`].
    Settled,
}

/// A content that is at hand, with its hash checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The content.
    pub content: ContentId,
    /// The base in its proposal.
    pub base: Base,
}

/// One vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// The content voted for.
    pub content: ContentId,
    /// Who voted.
    pub voter: Chain,
    /// Always true under yes-only votes.
    pub yes: bool,
}

/// Somebody's word that votes are to be counted at a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// The content.
    pub content: ContentId,
    /// Where to count.
    pub base: Base,
}

/// The best grade this copy has found for a content, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// The content.
    pub content: ContentId,
    /// Its grade.
    pub grade: Grade,
    /// Where the votes were counted.
    pub base: Base,
    /// The others were told.
    pub told: bool,
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
    /// The claims, whoever made them; under origin's rebases, in order of arrival.
    pub claims: Vec<Claim>,
    /// The grades found.
    pub found: Vec<Found>,
    /// Whom this D'Elector has asked for which content.
    pub asked: Vec<(ContentId, Chain)>,
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
        }
    }

    /// The content `content`, if it is at hand.
    pub fn held(&self, content: ContentId) -> Option<&Held> {
        self.held.iter().find(|held| held.content == content)
    }

    pub(crate) fn hold(&mut self, content: ContentId, base: Base) {
        if self.held(content).is_none() {
            self.held.push(Held { content, base });
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

    pub(crate) fn claim(&mut self, claim: Claim) {
        if !self.claims.contains(&claim) {
            self.claims.push(claim);
            self.claims.sort_unstable();
        }
    }

    /// The grade found for `content`.
    pub fn grade(&self, content: ContentId) -> Option<Grade> {
        self.found
            .iter()
            .find(|found| found.content == content)
            .map(|found| found.grade)
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
