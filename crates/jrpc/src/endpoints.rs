//! Several nodes: which to ask, and which to skip for a while.

use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ddvs_client::ClientError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Blame, NoAnswer};
use crate::http::Http;
use crate::{CallError, Settings};

#[derive(Debug, Clone, Default)]
struct Health {
    failures: u32,
    aside_until: Option<Instant>,
}

#[derive(Debug)]
struct State {
    /// The node to ask first: the last one that answered.
    current: usize,
    health: Vec<Health>,
    /// Whether any node ever answered.
    has_answered: bool,
    next_id: i64,
}

/// Outcome of asking all nodes.
enum Heard {
    Someone,
    Nobody(Vec<(String, CallError)>),
}

/// The nodes of a network.
#[derive(Debug)]
pub(crate) struct Endpoints {
    http: Http,
    urls: Vec<String>,
    set_aside: Duration,
    max_set_aside: Duration,
    outage_patience: Duration,
    poll_interval: Duration,
    state: Mutex<State>,
}

impl Endpoints {
    pub fn new(urls: Vec<String>, settings: &Settings) -> Self {
        let state = State {
            current: 0,
            health: vec![Health::default(); urls.len()],
            has_answered: false,
            next_id: 1,
        };
        Self {
            http: Http::new(settings),
            urls,
            set_aside: settings.set_aside,
            max_set_aside: settings.max_set_aside,
            outage_patience: settings.outage_patience,
            poll_interval: settings.poll_interval,
            state: Mutex::new(state),
        }
    }

    /// Asks one node after another until one answers.
    pub fn call<P: Serialize, T: DeserializeOwned>(
        &self,
        method: &str,
        params: &P,
    ) -> Result<T, ClientError> {
        let mut found = None;
        self.call_each(method, params, |_, answer| {
            found = Some(answer);
            Ok(ControlFlow::Break(()))
        })?;
        found.ok_or_else(|| ClientError::fault(method, NoAnswer(Vec::new())))
    }

    /// Asks one node, once.
    ///
    /// Fails when it does not answer.
    pub fn call_one<P: Serialize, T: DeserializeOwned>(
        &self,
        url: &str,
        method: &str,
        params: &P,
    ) -> Result<T, CallError> {
        self.http.call(url, self.next_id(), method, params)
    }

    /// Asks one node after another until `visit` has enough answers. An answer that `visit` cannot understand counts as a failure
    /// of that node. Nodes that failed recently are asked only when no other one answers.
    ///
    /// Fails only when no node answered within the patience for outages, or when the call itself is refused.
    pub fn call_each<P: Serialize, T: DeserializeOwned>(
        &self,
        method: &str,
        params: &P,
        visit: impl FnMut(&str, T) -> Result<ControlFlow<()>, CallError>,
    ) -> Result<(), ClientError> {
        self.call_each_from(0, method, params, visit)
    }

    /// Like [`Self::call_each`], but begins `skip` nodes after the one that is usually asked first.
    pub fn call_each_from<P: Serialize, T: DeserializeOwned>(
        &self,
        skip: usize,
        method: &str,
        params: &P,
        mut visit: impl FnMut(&str, T) -> Result<ControlFlow<()>, CallError>,
    ) -> Result<(), ClientError> {
        let begin = Instant::now();
        loop {
            let errors = match self.ask(skip, method, params, &mut visit)? {
                Heard::Someone => return Ok(()),
                Heard::Nobody(errors) => errors,
            };
            // Nodes that answered before may be restarting.
            let may_return = self.lock().has_answered
                && errors.iter().any(|(_, error)| error.blame() == Blame::Node);
            if !may_return || begin.elapsed() >= self.outage_patience {
                return Err(ClientError::fault(method, NoAnswer(errors)));
            }
            thread::sleep(self.poll_interval);
        }
    }

    /// Asks each node at most once.
    fn ask<P: Serialize, T: DeserializeOwned>(
        &self,
        skip: usize,
        method: &str,
        params: &P,
        visit: &mut impl FnMut(&str, T) -> Result<ControlFlow<()>, CallError>,
    ) -> Result<Heard, ClientError> {
        let (healthy, aside) = self.order(skip);
        let mut errors = Vec::new();
        for nodes in [healthy, aside] {
            let mut answered = false;
            for node in nodes {
                let url = &self.urls[node];
                let id = self.next_id();
                let visited = self
                    .http
                    .call(url, id, method, params)
                    .and_then(|answer| visit(url, answer));
                match visited {
                    Ok(flow) => {
                        self.succeeded(node, !answered && skip == 0);
                        answered = true;
                        if flow.is_break() {
                            return Ok(Heard::Someone);
                        }
                    }
                    Err(error) => match error.blame() {
                        Blame::Call => return Err(error.into_client(method, url)),
                        Blame::Method => errors.push((url.clone(), error)),
                        Blame::Node => {
                            self.failed(node);
                            errors.push((url.clone(), error));
                        }
                    },
                }
            }
            if answered {
                return Ok(Heard::Someone);
            }
        }
        Ok(Heard::Nobody(errors))
    }

    /// Returns the nodes in the order in which to ask them, and those that failed recently, the earliest first.
    fn order(&self, skip: usize) -> (Vec<usize>, Vec<usize>) {
        let (state, now) = (self.lock(), Instant::now());
        let count = self.urls.len();
        let all = (0..count).map(|step| (state.current + skip + step) % count);
        let is_aside = |node: &usize| {
            state.health[*node]
                .aside_until
                .is_some_and(|until| until > now)
        };
        let (mut aside, healthy): (Vec<_>, Vec<_>) = all.partition(is_aside);
        aside.sort_by_key(|&node| state.health[node].aside_until);
        (healthy, aside)
    }

    fn succeeded(&self, node: usize, is_first: bool) {
        let mut state = self.lock();
        state.health[node] = Health::default();
        state.has_answered = true;
        if is_first {
            state.current = node;
        }
    }

    fn failed(&self, node: usize) {
        let mut state = self.lock();
        let health = &mut state.health[node];
        let factor = 1 << health.failures.min(16);
        let pause = self
            .set_aside
            .saturating_mul(factor)
            .min(self.max_set_aside);
        health.failures = health.failures.saturating_add(1);
        health.aside_until = Some(Instant::now() + pause);
    }

    fn next_id(&self) -> i64 {
        let mut state = self.lock();
        state.next_id = state.next_id.wrapping_add(1).max(1);
        state.next_id
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
