//! State of one D'Elector about one number.

use crate::batch::{Base, Chain, ContentId, Seqno, UNNAMED};

/// Grade of a content, by its votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// With the origin, more than 50% of all stake; and sent by the origin itself, or vouched for.
    Applicable,
    /// Without the origin, more than 50% of the stake of all others; and vouched for.
    Settled,
}

/// A content that the copy has, with its hash checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The content.
    pub content: ContentId,
    /// The base in its proposal.
    pub base: Base,
    /// Whether it was next in line here and failed the objective checks.
    pub refused: bool,
}

/// One vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// The content voted for.
    pub content: ContentId,
    /// The voter.
    pub voter: Chain,
}

/// A content's wait: for the first batch, in the order of the chains, that its base names and that is missing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wait {
    /// The content that waits.
    pub content: ContentId,
    /// Chain of the missing batch.
    pub chain: Chain,
    /// Number of the missing batch.
    pub seqno: Seqno,
}

/// The best grade that a D'Elector has found for a content. A grade never falls: more votes can only add others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// The content.
    pub content: ContentId,
    /// Its grade.
    pub grade: Grade,
    /// The origin's previous batch: the grade was counted with the origin's stake after it, and is void after another
    /// one.
    pub after: Option<ContentId>,
    /// Base at which it was found, unless that of the batch: this D'Elector's claim when it is asked.
    pub at: Option<Base>,
}

/// All state of one D'Elector about batch `seqno` of `origin`. All lists are sorted, so that equal knowledge is an
/// equal value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Origin of the batch.
    pub origin: Chain,
    /// Number of the batch.
    pub seqno: Seqno,
    /// The first content that the origin itself sent.
    pub proposed: Option<ContentId>,
    /// The contents that the copy has.
    pub held: Vec<Held>,
    /// The votes, including this D'Elector's own.
    pub ballots: Vec<Ballot>,
    /// Contents that votes name and that were vouched for here: the others do not count as long as the copy lacks them.
    pub vouched: Vec<ContentId>,
    /// The grades found.
    pub found: Vec<Found>,
    /// Chains that this D'Elector has asked, by content.
    pub asked: Vec<(ContentId, Chain)>,
    /// For an applied number: whether a message about it arrived since it was last looked at.
    pub is_due: bool,
    /// Waits of its contents.
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
            vouched: Vec::new(),
            found: Vec::new(),
            asked: Vec::new(),
            is_due: true,
            waits: Vec::new(),
        }
    }

    /// Returns content `content`, if the copy has it.
    pub fn held(&self, content: ContentId) -> Option<&Held> {
        self.held.iter().find(|held| held.content == content)
    }

    pub(crate) fn held_mut(&mut self, content: ContentId) -> Option<&mut Held> {
        self.held.iter_mut().find(|held| held.content == content)
    }

    pub(crate) fn hold(&mut self, content: ContentId, base: Base) {
        if self.held(content).is_none() {
            self.begin_to_count(content);
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

    /// Whether `voter` voted for a content that counts.
    pub fn has_counted_vote(&self, voter: Chain) -> bool {
        let mut own = self.ballots.iter().filter(|ballot| ballot.voter == voter);
        own.any(|ballot| self.counts(ballot.content))
    }

    /// Whether a vote of `voter` for `content` is not its first one: among contents that count, or for one that does not, at all.
    pub fn has_voted_before(&self, voter: Chain, content: ContentId) -> bool {
        match self.counts(content) {
            true => self.has_counted_vote(voter),
            false => self.has_voted(voter),
        }
    }

    /// Returns the voters for `content` without a vote for another content that counts.
    pub(crate) fn vouchers(&self, content: ContentId) -> Vec<Chain> {
        let mut voters = self.votes_of(content);
        voters.retain(|voter| self.counts(content) || !self.has_counted_vote(*voter));
        voters
    }

    /// A content is about to count: votes of chains that voted for another one that counts are dropped.
    fn begin_to_count(&mut self, content: ContentId) {
        if !self.counts(content) {
            let vouchers = self.vouchers(content);
            self.ballots
                .retain(|ballot| ballot.content != content || vouchers.contains(&ballot.voter));
        }
    }

    /// Books a vote. All who voted so far for a content that is lacking were asked before a second round began: who votes now is to be
    /// asked, too.
    pub(crate) fn record(&mut self, ballot: Ballot, this: Chain) {
        let content = ballot.content;
        if self.held(content).is_none() && self.asked.contains(&(content, this)) {
            let voters = self.votes_of(content);
            self.asked.retain(|(asked, _)| *asked != content);
            self.asked
                .extend(voters.into_iter().map(|voter| (content, voter)));
            self.asked.sort_unstable();
        }
        self.ballots.push(ballot);
        self.ballots.sort_unstable();
    }

    /// Returns the voters for `content`.
    pub(crate) fn votes_of(&self, content: ContentId) -> Vec<Chain> {
        let ballots = self.ballots.iter();
        let ballots = ballots.filter(|ballot| ballot.content == content);
        ballots.map(|ballot| ballot.voter).collect()
    }

    pub(crate) fn wait_for(&mut self, wait: Wait) {
        if let Err(place) = self.waits.binary_search(&wait) {
            self.waits.insert(place, wait);
        }
    }

    /// Returns what was found for `content` after batch `after` of the origin.
    pub fn found(&self, content: ContentId, after: Option<ContentId>) -> Option<&Found> {
        let of_content = |found: &&Found| (found.content, found.after) == (content, after);
        self.found.iter().find(of_content)
    }

    /// Returns the grade of `content` after batch `after` of the origin.
    pub fn grade(&self, content: ContentId, after: Option<ContentId>) -> Option<Grade> {
        self.found(content, after).map(|found| found.grade)
    }

    pub(crate) fn find(&mut self, found: Found) {
        self.found.retain(|old| old.content != found.content);
        self.found.push(found);
        self.found.sort_unstable();
    }

    /// Lets a content that the copy lacks count from now on.
    pub(crate) fn admit(&mut self, content: ContentId) {
        self.begin_to_count(content);
        if let Err(place) = self.vouched.binary_search(&content) {
            self.vouched.insert(place, content);
        }
    }

    /// Returns every content that counts, each once: those that the copy has, and those that were vouched for.
    pub fn contents(&self) -> Vec<ContentId> {
        let mut contents = self.named();
        contents.retain(|content| self.counts(*content));
        contents
    }

    /// Whether the copy has a content, or it was vouched for.
    pub(crate) fn counts(&self, content: ContentId) -> bool {
        self.held(content).is_some() || self.vouched.binary_search(&content).is_ok()
    }

    /// Returns every content that a vote names or that the copy has, each once.
    pub fn named(&self) -> Vec<ContentId> {
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

    /// Whether two contents count under this number.
    pub fn is_contested(&self) -> bool {
        self.contents().len() > 1
    }
}
