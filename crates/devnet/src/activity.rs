//! Simulated people, so that there is something to see.
//!
//! Users stake with validators of any chain, take their stakes back and withdraw; validators come and go; now and then one
//! signs twice (by hand: a devnet has no nodes that vote), somebody brings the evidence, and it is removed and slashed. They are clients like all others. What
//! somebody does next follows from what the chain says about them, so they go on after a restart, and nothing about
//! them is kept.
//!
//! Nobody runs out: whoever leaves gives the coins back to the faucet, somebody else comes in the place of whoever is removed,
//! and nobody misbehaves on a chain that has no validator to spare. So a network reaches a steady state and stays there: as
//! many validators as it began with, and a few guests. What happens every minute or two at first happens less often as
//! it adds up, since some of it stays in the contracts for good.

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
use ddvs_api::EmbeddedLive;
use ddvs_client::{Backend, ClientError};

use crate::DevnetOptions;
use crate::inside::Inside;
use people::{People, Person};

pub use names::names;

/// Time between two looks at what to do.
const TICK_MS: u64 = 500;
/// How often it is noticed that it shall stop.
const NAP: Duration = Duration::from_millis(25);

/// Simulated people.
#[derive(Debug)]
pub struct Activity {
    options: DevnetOptions,
}

impl Activity {
    /// The people of a network with these options. Who they are follows from its seed; what they do, from time too.
    pub fn new(options: DevnetOptions) -> Self {
        Self { options }
    }

    /// Acts until it shall stop.
    ///
    /// Fails only when the network cannot be read.
    pub(super) fn run(self, live: &EmbeddedLive, stop: &AtomicBool) -> Result<()> {
        let mut inside = Inside::new(live.clone())?;
        let mut people = People::new(&self.options, &inside)?;
        while !stop.load(Ordering::Relaxed) {
            if let Err(error) = people.tick(&mut inside) {
                // others may have changed what was decided on; the next look sees that
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
    /// Lets one user and one validator do something, if they have something to do.
    fn tick(&mut self, backend: &mut Inside) -> Result<()> {
        self.tick += 1;
        let user = self.random.below(self.users.len());
        self.user(backend, user).context("a user")?;
        self.validators(backend).context("validators")
    }

    /// Sends messages of somebody whose last request has been worked on.
    fn send(
        &mut self,
        backend: &mut dyn Backend,
        person: &Person,
        what: &str,
        messages: &[ddvs_client::Outgoing],
    ) -> Result<(), ClientError> {
        person.wallet.send(backend, messages)?;
        tracing::info!(who = person.name, "{what}");
        self.busy
            .insert(person.name.clone(), self.tick + self.patience);
        Ok(())
    }
}
