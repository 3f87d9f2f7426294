//! Events that a run has reached.

/// Events that a run has reached: a walk that never reaches these proves little.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// Roots slashed.
    pub slashes: u32,
    /// Removals applied at their origin.
    pub removals: u32,
    /// Changes spread over several batches.
    pub spreads: u32,
    /// Updates that a D'Elector rejected.
    pub rejected: u32,
    /// Transactions in which a copy claimed a base.
    pub claims: u32,
    /// Reverted batches of a captured chain.
    pub taken_back: u32,
    /// Messages that came back to a wallet or a Root.
    pub bounces: u32,
    /// Batches that waited because the live chains held no majority.
    pub held: u32,
    /// Batches applied at their origin.
    pub batches: u32,
    /// Releases.
    pub releases: u32,
    /// Refused attempts at forgery.
    pub forgeries: u32,
    /// Keys forgotten.
    pub purges: u32,
    /// Plain transfers sent.
    pub transfers: u32,
    /// Days without any action.
    pub idle_days: u32,
    /// Times that a copy was further behind an origin than copies remember.
    pub lags: u32,
    /// Sets of another chain that a copy computed.
    pub agreed_sets: u32,
}

impl Reached {
    /// Adds what another run has come across.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.slashes, other.slashes),
            (&mut self.removals, other.removals),
            (&mut self.spreads, other.spreads),
            (&mut self.rejected, other.rejected),
            (&mut self.claims, other.claims),
            (&mut self.taken_back, other.taken_back),
            (&mut self.bounces, other.bounces),
            (&mut self.held, other.held),
            (&mut self.batches, other.batches),
            (&mut self.releases, other.releases),
            (&mut self.forgeries, other.forgeries),
            (&mut self.purges, other.purges),
            (&mut self.transfers, other.transfers),
            (&mut self.idle_days, other.idle_days),
            (&mut self.lags, other.lags),
            (&mut self.agreed_sets, other.agreed_sets),
        ] {
            *mine += theirs;
        }
    }
}
