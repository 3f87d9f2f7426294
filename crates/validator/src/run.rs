//! The loop: round after round, until it is stopped.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ddvs_client::{Backend, ClientError};
use ddvs_jrpc::{JrpcNetwork, Settings};

use crate::act::{Outcome, act};
use crate::changes::{Known, changes};
use crate::decide::{decide, is_synced};
use crate::finding::Finding;
use crate::home::{Home, HomeError};
use crate::memory::Memory;
use crate::observe::{Reading, look, read_chain};
use crate::round::Round;
use crate::view::Observed;

/// Timeout of the contracts' replies.
const REPLY_TIME: Duration = Duration::from_secs(45);
/// How often replies are checked.
const REPLY_POLL: Duration = Duration::from_millis(500);
/// How often a pause checks whether to end.
const STOP_POLL: Duration = Duration::from_millis(50);

fn settings() -> Settings {
    Settings {
        connect_timeout: Duration::from_secs(1),
        call_timeout: Duration::from_secs(5),
        outage_patience: Duration::from_secs(2),
        // a node shows the accounts of one workchain at a time
        read_patience: Duration::from_secs(20),
        ..Settings::default()
    }
}

/// A service beside one node. It stores nothing on disk, and its state in memory only avoids repetitions.
#[derive(Debug)]
pub struct Validator {
    dir: PathBuf,
    home: Home,
    backend: Option<JrpcNetwork>,
    memory: Memory,
    known: Known,
}

impl Validator {
    /// Returns the service for the node of a directory.
    ///
    /// Fails only when the directory cannot be used.
    pub fn open(dir: &Path) -> Result<Self, HomeError> {
        Ok(Self {
            dir: dir.to_owned(),
            home: Home::load(dir)?,
            backend: None,
            memory: Memory::default(),
            known: Known::default(),
        })
    }

    /// Its configuration.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Runs until `stop`, and passes each round to `tell`.
    pub fn run(&mut self, stop: &AtomicBool, tell: &mut dyn FnMut(&Round)) {
        while !stop.load(Ordering::Relaxed) {
            let begin = Instant::now();
            let round = self.round(stop);
            tell(&round);
            let end = begin + Duration::from_secs(self.home.limits.round_s.into());
            while Instant::now() < end && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(STOP_POLL);
            }
        }
    }

    /// Runs one round. Failures in it are findings.
    pub fn round(&mut self, stop: &AtomicBool) -> Round {
        // the node's key may have changed since the last round
        let files = match Home::load(&self.dir) {
            Ok(home) => {
                self.home = home;
                None
            }
            Err(error) => Some(Finding::Files(error.to_string())),
        };
        let mut seen = look(&self.home);
        let reading = self.read(&mut seen);
        let mut decision = decide(&seen, &self.home.limits, &self.memory);
        decision.findings.extend(files);
        let stopped = stop.load(Ordering::Relaxed);
        let outcomes = match reading {
            Some(reading) if !decision.actions.is_empty() && !stopped => {
                match self.act(&reading, &decision.actions, stop) {
                    Ok(outcomes) => outcomes,
                    Err(error) => {
                        let text = format!("nothing could be sent: {error}");
                        decision.findings.push(Finding::NotSent(text));
                        Vec::new()
                    }
                }
            }
            _ => Vec::new(),
        };
        self.memory
            .remember(&seen, &decision.wanted, &decision.actions);
        let changes = changes(&self.known, &seen);
        self.known.update(&seen);
        Round {
            seen,
            decision,
            outcomes,
            changes,
        }
    }

    /// Reads the contracts, if the node is a good source.
    fn read(&mut self, seen: &mut Observed) -> Option<Reading> {
        if !is_synced(seen, &self.home.limits) {
            return None;
        }
        match self.try_read() {
            Ok(reading) => {
                seen.chain = Some(Ok(reading.view.clone()));
                Some(reading)
            }
            Err(error) => {
                self.backend = None;
                seen.chain = Some(Err(error.to_string()));
                None
            }
        }
    }

    fn try_read(&mut self) -> Result<Reading, ClientError> {
        let description = &self.home.description;
        let connected = self.backend.take();
        let connected = connected.filter(|backend| backend.description() == description);
        let backend = match connected {
            Some(backend) => backend,
            None => JrpcNetwork::connect(description.clone(), settings())?,
        };
        let backend = self.backend.insert(backend);
        read_chain(backend, &self.home.identity)
    }

    fn act(
        &mut self,
        reading: &Reading,
        actions: &[crate::Action],
        stop: &AtomicBool,
    ) -> Result<Vec<Outcome>, ClientError> {
        let Some(backend) = &mut self.backend else {
            return Ok(Vec::new());
        };
        let end = Instant::now() + REPLY_TIME;
        let mut wait = |_: &mut dyn Backend| {
            std::thread::sleep(REPLY_POLL);
            Ok(Instant::now() < end && !stop.load(Ordering::Relaxed))
        };
        act(backend, &self.home.identity, reading, actions, &mut wait)
    }
}
