//! The rules. Each can be switched off to show its purpose.

/// Which stakes weigh the votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountRule {
    /// Only those at the base in the proposal.
    ProposalBase,
    /// Only the copy's current totals.
    CurrentTotals,
    /// Those at the proposal's base or the copy's current totals; no other copy learns at which.
    Unannounced,
    /// Those at the proposal's base, at the copy's current totals, or at a base where another copy claims to have
    /// counted. A copy that counted elsewhere than at the proposal's base reports that to any copy that asks.
    Claims,
}

/// Whose votes vouch for a content that the origin itself did not send to this copy. An origin's vote counts only for
/// what it has sent, and others may misreport that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VouchRule {
    /// Those of any chain with stake.
    Anybody,
    /// Those of a third of all stake.
    Third,
    /// Those of more than half of all stake.
    Majority,
    /// Those of a third of all stake; if the origin has that much itself, of more than half.
    ThirdOrMajority,
}

/// Under which numbers of an origin a copy asks the voters for missing contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskRule {
    /// For none.
    Never,
    /// For the next one.
    Next,
    /// For the next one, and for those that it has applied, as far as its memory reaches.
    UpToNext,
}

/// One set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A vote names the content instead of only its number.
    pub votes_name_content: bool,
    /// A second vote of one voter under one number is ignored.
    pub one_vote_each: bool,
    /// A D'Elector votes for, and applies, only contents that pass the objective checks.
    pub objective_checks: bool,
    /// An origin proposes its next batch only after it has applied the last one.
    pub one_in_flight: bool,
    /// Which stakes weigh the votes.
    pub count: CountRule,
    /// A copy that counted at a claimed base claims it too when asked, since the claimant may not tell everyone.
    pub claims_repeated: bool,
    /// The origin's weight is that of its registry just before the batch, whatever the base says.
    pub origin_weight_before_batch: bool,
    /// The applied content is a function of the votes, and changes with them; otherwise the first applied one stays.
    pub votes_decide: bool,
    /// The origin's own copy applies what it proposed and nothing else, and never reverts it.
    pub origin_keeps_its_own: bool,
    /// Whose votes vouch for a content that the origin itself did not send.
    pub vouch: VouchRule,
    /// A copy that applied a content before the origin's own message arrived still votes for it on that arrival.
    pub late_votes: bool,
    /// A grade that was found once is kept, even if stakes move and bases are forgotten.
    pub grades_kept: bool,
    /// Under which numbers a copy asks the voters for missing contents.
    pub ask: AskRule,
    /// A copy decides again on all applied numbers whenever a registry changes; otherwise only after a message about
    /// them, or when a missing batch arrives that a base named.
    pub looks_back: bool,
    /// Without a poke, a copy asks only for a content that is vouched for at its current totals: whoever is asked
    /// gets value for the answer, and attackers would collect it.
    pub asks_for_vouched: bool,
    /// A content that the copy lacks counts only once it was vouched for, when a vote for it came or its number became the next one. Otherwise one vote for something that does not
    /// exist has each copy decide among two contents, which costs far more than the vote brings.
    pub counts_vouched: bool,
    /// When poked, a copy that has asked all voters for a content also asks the other chains.
    pub asks_all: bool,
    /// The masterchain, which has no stake, votes too.
    pub masterchain_votes: bool,
    /// Bases that are this many batches of one chain old, or older, are forgotten.
    pub history: u16,
    /// How many applied batches of an origin stay open to late votes for another content.
    pub memory: u16,
    /// How many numbers beyond the next one of an origin a copy accepts messages for.
    pub window: u16,
}

/// The rules that the contracts implement, with their bounds. `crates/replay` replays traces of the model under these
/// rules on the contracts.
pub const CONTRACTS: Rules = Rules {
    votes_name_content: true,
    one_vote_each: true,
    objective_checks: true,
    one_in_flight: true,
    count: CountRule::Claims,
    claims_repeated: true,
    origin_weight_before_batch: true,
    votes_decide: true,
    origin_keeps_its_own: true,
    vouch: VouchRule::ThirdOrMajority,
    late_votes: true,
    grades_kept: true,
    ask: AskRule::UpToNext,
    looks_back: false,
    asks_for_vouched: true,
    counts_vouched: true,
    asks_all: true,
    masterchain_votes: false,
    history: 1024,
    memory: 8,
    window: 256,
};
