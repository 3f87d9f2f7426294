//! The rules, each of which can be switched off to see what it is for.

/// What a D'Elector may say about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteRule {
    /// Yes or nothing.
    YesOnly,
    /// No when the key is taken in the voter's own view; a batch that can no longer pass is dropped.
    YesOrNo,
}

/// Whose stakes weigh the votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountRule {
    /// Only those at the base in the proposal.
    ProposalBase,
    /// Only the copy's current totals.
    CurrentTotals,
    /// Those at the proposal's base or the copy's current totals; nobody is told at which.
    Unannounced,
    /// Those at the proposal's base or at one that the origin announced later, while its batch was in flight.
    OriginRebases {
        /// Most bases that a copy keeps for a batch, the newest ones.
        keep: usize,
    },
    /// Those at the proposal's base, at the copy's current totals, or at a base that some copy claims to have counted
    /// at. A copy that counts elsewhere than at the proposal's base tells all others where.
    Claims,
}

/// What a copy does with two contents under one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForkRule {
    /// Nothing: the first applied one stays.
    Ignore,
    /// Any vote for another content freezes the origin.
    AnyConflict,
    /// Two applicable contents freeze the origin, for good.
    TwoApplicable,
    /// The content is a function of the votes, and changes with them: see the crate's README.
    VotesDecide,
}

/// One set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What may be said about a batch.
    pub votes: VoteRule,
    /// A vote names the content, not only its number.
    pub votes_name_content: bool,
    /// A second vote of one voter under one number is ignored.
    pub one_vote_each: bool,
    /// A D'Elector votes for, and applies, only what passes the objective checks.
    pub objective_checks: bool,
    /// An origin proposes its next batch only after it has applied the last one.
    pub one_in_flight: bool,
    /// Whose stakes weigh the votes.
    pub count: CountRule,
    /// Bases this many batches of one chain old, or older, are forgotten; `None` keeps all.
    pub history: Option<u8>,
    /// The origin's weight is that of its registry just before the batch, whatever the base says.
    pub origin_weight_before_batch: bool,
    /// What to do with two contents under one number.
    pub forks: ForkRule,
    /// A content that no stake voted for has the origin's yes only in the origin's copy and in those that voted for it.
    pub yes_needs_a_witness: bool,
    /// How many applied batches of an origin stay open to late votes for another content; `None` for all.
    pub fork_memory: Option<u8>,
    /// A copy asks the voters for a content that it lacks.
    pub ask: bool,
    /// A chain that never has stake votes only where it knows two contents: its vote weighs nothing.
    pub weightless_vote_in_disputes: bool,
}

/// The rules of the project.
pub const RULES: Rules = Rules {
    votes: VoteRule::YesOnly,
    votes_name_content: true,
    one_vote_each: true,
    objective_checks: true,
    one_in_flight: true,
    count: CountRule::Claims,
    history: None,
    origin_weight_before_batch: true,
    forks: ForkRule::VotesDecide,
    yes_needs_a_witness: true,
    fork_memory: None,
    ask: true,
    weightless_vote_in_disputes: true,
};

/// An earlier draft that agrees as well while no chain is captured: the origin announces newer bases.
pub const REBASING: Rules = Rules {
    count: CountRule::OriginRebases { keep: usize::MAX },
    forks: ForkRule::Ignore,
    ..RULES
};
