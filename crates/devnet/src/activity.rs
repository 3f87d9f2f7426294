//! Simulated users, who generate activity.
//!
//! Users stake with validators of any chain, unstake and withdraw; validators join and leave; occasionally one signs twice
//! (by hand, since a devnet has no nodes that vote), another user submits the evidence, and the validator is removed and
//! slashed. They are clients like all others. Their next action follows from the state of the chain, so they continue after a
//! restart, and nothing about them is stored.
//!
//! No resource runs out: whoever leaves returns the coins to the faucet, removed validators are replaced, and nobody
//! misbehaves on a chain that has no validator to spare. So a network reaches a steady state: as many validators as it began
//! with, and a few guests. Events that occur every minute or two at first become less frequent over time, since some of their
//! traces stay in the contracts permanently.

mod names;
mod people;
mod users;
mod validators;
mod watcher;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use ddvs_client::ClientError;
use ddvs_embedded::EmbeddedLive;

use crate::DevnetOptions;
use people::{People, Person};

pub use names::names;

/// Time between two checks for actions.
const TICK_MS: u64 = 500;
/// How often the stop flag is checked.
const NAP: Duration = Duration::from_millis(25);

/// The simulated users.
#[derive(Debug)]
pub struct Activity {
    options: DevnetOptions,
}

impl Activity {
    /// Returns the users of a network with these options. Their identities follow from its seed; their actions depend
    /// on time too.
    pub fn new(options: DevnetOptions) -> Self {
        Self { options }
    }

    /// Acts until the stop flag is set.
    ///
    /// Fails only when the network cannot be read.
    pub(super) fn run(self, live: &EmbeddedLive, stop: &AtomicBool) -> Result<()> {
        let mut people = People::new(&self.options, &*live.read())?;
        while !stop.load(Ordering::Relaxed) {
            if let Err(error) = people.tick(live) {
                // others may have changed the basis of the decision; the next check sees that
                tracing::debug!(error = format!("{error:#}"), "somebody could not act");
            }
            let mut left = Duration::from_millis(TICK_MS);
            while !left.is_zero() && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(NAP);
                left = left.saturating_sub(NAP);
            }
        }
        Ok(())
    }
}

impl People {
    /// Lets one user and one validator act, if there is anything to do.
    fn tick(&mut self, live: &EmbeddedLive) -> Result<()> {
        self.tick += 1;
        let user = self.random.below(self.users.len());
        self.user(live, user).context("a user")?;
        self.validators(live).context("validators")
    }

    /// Sends messages of a user whose last request has been processed.
    fn send(
        &mut self,
        live: &EmbeddedLive,
        person: &Person,
        what: &str,
        messages: &[ddvs_client::Outgoing],
    ) -> Result<(), ClientError> {
        person.wallet.send(live, messages)?;
        tracing::info!(who = person.name, "{what}");
        self.busy
            .insert(person.name.clone(), self.tick + self.patience);
        Ok(())
    }
}
