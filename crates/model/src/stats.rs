//! Counters of what happened, outside the state: they show that a search reached what it was meant to reach.

/// How often things happened, over all steps that were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Grades found by counting at the proposal's base.
    pub found_at_proposal: u64,
    /// Grades found by counting at a claimed or re-announced base.
    pub found_at_claim: u64,
    /// Grades found by counting at the copy's current totals.
    pub found_at_current: u64,
    /// Bases that could not be used because the history is too short.
    pub pruned_bases: u64,
    /// Claims and rebases sent.
    pub claims: u64,
    /// Batches undone.
    pub undone: u64,
    /// Origins frozen.
    pub frozen: u64,
    /// Batches dropped, under no-votes.
    pub dropped: u64,
    /// Contents that came from another chain than their origin.
    pub relayed: u64,
    /// Messages sent, one for each receiver.
    pub messages: u64,
}
