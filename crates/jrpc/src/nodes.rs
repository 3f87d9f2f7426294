//! The nodes of one network, and what is known of it: what every read and every send works on.

use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ddvs_client::{ChainId, ClientError, MASTERCHAIN};

use crate::endpoints::Endpoints;
use crate::memory::Memory;
use crate::pending::Outbox;
use crate::states::States;
use crate::wire::{Nothing, Timings};
use crate::{CallError, NetworkDescription, Settings};

/// Nodes of a network, with caches and the messages that wait for their transactions.
#[derive(Debug)]
pub(crate) struct Nodes {
    pub description: NetworkDescription,
    pub settings: Settings,
    pub endpoints: Endpoints,
    pub states: States,
    memory: Mutex<Memory>,
    outbox: Mutex<Outbox>,
}

impl Nodes {
    /// Returns the nodes of a network, none of which was asked yet.
    pub fn new(description: NetworkDescription, settings: Settings, states: States) -> Self {
        Self {
            endpoints: Endpoints::new(description.endpoints.clone(), &settings),
            memory: Mutex::new(Memory::new(&settings)),
            outbox: Mutex::default(),
            states,
            description,
            settings,
        }
    }

    /// Never held during a call to a node.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never held during a call to a node.
    pub fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns number and time of the last masterchain block.
    pub fn timings(&self) -> Result<Timings, ClientError> {
        let mut found = None;
        self.endpoints
            .call_each("getTimings", &Nothing {}, |_, answer: Timings| {
                self.is_recent(MASTERCHAIN, answer.last_mc_utime)?;
                found = Some(answer);
                Ok(ControlFlow::Break(()))
            })?;
        let nothing = || ClientError::fault("getTimings", anyhow::anyhow!("no answer"));
        found.ok_or_else(nothing)
    }

    /// Skips a node whose state is much older than another's.
    pub fn is_recent(&self, chain: ChainId, utime: u32) -> Result<(), CallError> {
        let max_lag_s = self.settings.max_lag_s;
        self.memory().newest.state(chain, utime, max_lag_s)
    }
}
