//! Event counters outside the state: they show that a search reached what it was meant to reach.

/// Number of events, over all steps that were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Grades found by counting at the proposal's base.
    pub found_at_proposal: u64,
    /// Grades found by counting at a claimed base, including this copy's own claims.
    pub found_at_claim: u64,
    /// Grades found by counting at the copy's current totals.
    pub found_at_current: u64,
    /// Bases that could not be used because the history is too short.
    pub pruned_bases: u64,
    /// Claims made, each counted once for all receivers.
    pub claims: u64,
    /// Batches reverted.
    pub undone: u64,
    /// Contents that arrived from another chain than their origin.
    pub relayed: u64,
    /// Messages sent, counted for each receiver.
    pub messages: u64,
}

impl std::ops::AddAssign for Stats {
    fn add_assign(&mut self, other: Self) {
        self.found_at_proposal += other.found_at_proposal;
        self.found_at_claim += other.found_at_claim;
        self.found_at_current += other.found_at_current;
        self.pruned_bases += other.pruned_bases;
        self.claims += other.claims;
        self.undone += other.undone;
        self.relayed += other.relayed;
        self.messages += other.messages;
    }
}
