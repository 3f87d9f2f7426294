//! One phase: connections that send requests for some time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::LoadOptions;
use super::blocks::Listener;
use super::client::{Client, Outcome, Request};
use super::report::{PhaseReport, RequestReport, spread};
use crate::BenchError;

/// How long a message may be refused because the previous one was not executed.
const TOO_EARLY: Duration = Duration::from_secs(20);

/// Connections that send hostile requests.
const HOSTILE: usize = 64;

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Account,
    Getter,
    Send,
}

impl Kind {
    fn method(self) -> &'static str {
        match self {
            Self::Account => "getAddressInformation",
            Self::Getter => "runGetMethod",
            Self::Send => "sendBoc",
        }
    }
}

/// Source of requests.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// In turn, again and again.
    Fixed(Vec<Request>),
    /// By wallet, each once and in order; a wallet's next one some time after the one before.
    Once(Vec<Vec<Request>>),
}

/// A phase.
pub(super) struct Phase<'a> {
    pub name: &'a str,
    pub kinds: Vec<(Kind, Source)>,
    pub options: &'a LoadOptions,
    /// Requests a second of all connections together; without, as many as are answered.
    pub rate_per_s: Option<u32>,
    /// Requests that other connections send all the time, whatever their outcome.
    pub hostile: &'a [Request],
    /// Time after which a wallet's message has been executed for sure.
    pub gap: Duration,
}

/// Observations of one connection and one kind.
#[derive(Debug, Default)]
struct Seen {
    times_ms: Vec<f64>,
    refused: u64,
    held_back: Duration,
}

impl Phase<'_> {
    /// Runs it.
    ///
    /// Fails when an answer is an error.
    pub fn run(&self) -> Result<PhaseReport, BenchError> {
        let listener = Listener::begin(&Client::new(&self.options.url))?;
        let begin = Instant::now();
        let seen: Vec<Mutex<Vec<Seen>>> = self.kinds.iter().map(|_| Mutex::default()).collect();
        let failure = Mutex::new(None);
        let (stop, ticket) = (AtomicBool::new(false), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for number in 0..self.options.connections * self.kinds.len().min(1) {
                let place = number % self.kinds.len();
                let (seen, failure, stop, ticket) = (&seen[place], &failure, &stop, &ticket);
                let (kind, source) = &self.kinds[place];
                scope.spawn(move || {
                    let connection = Connection {
                        phase: self,
                        number: number / self.kinds.len(),
                        of: (self.options.connections - place).div_ceil(self.kinds.len()),
                        begin,
                        stop,
                        ticket,
                    };
                    match connection.run(*kind, source) {
                        Ok(one) => lock(seen).push(one),
                        Err(error) => {
                            stop.store(true, Ordering::Relaxed);
                            lock(failure).get_or_insert(error);
                        }
                    }
                });
            }
            for number in 0..HOSTILE * self.hostile.len().min(1) {
                let (stop, end) = (&stop, begin + self.options.time);
                scope.spawn(move || {
                    let client = Client::new(&self.options.url);
                    for call in self.hostile.iter().cycle().skip(number) {
                        if stop.load(Ordering::Relaxed) || Instant::now() > end {
                            return;
                        }
                        // a request that is refused immediately is repeated immediately
                        drop(client.ask(call));
                    }
                });
            }
            if self.kinds.is_empty() {
                std::thread::sleep(self.options.time);
            }
        });
        let time = begin.elapsed();
        let blocks = listener.end()?;
        if let Some(error) = lock(&failure).take() {
            return Err(error);
        }
        let requests = self.kinds.iter().zip(&seen);
        let requests = requests.map(|((kind, _), seen)| summary(*kind, &lock(seen), time));
        Ok(PhaseReport {
            name: self.name.to_owned(),
            time_ms: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
            requests: requests.collect(),
            executed: None,
            blocks,
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn summary(kind: Kind, seen: &[Seen], time: Duration) -> RequestReport {
    let mut times: Vec<_> = seen
        .iter()
        .flat_map(|one| one.times_ms.iter().copied())
        .collect();
    let (p50_ms, p99_ms, max_ms) = spread(&mut times);
    let held_back: Duration = seen.iter().map(|one| one.held_back).sum();
    RequestReport {
        method: kind.method().to_owned(),
        answered: times.len() as u64,
        per_s: times.len() as f64 / time.as_secs_f64(),
        p50_ms,
        p99_ms,
        max_ms,
        refused: seen.iter().map(|one| one.refused).sum(),
        held_back_ms: u64::try_from(held_back.as_millis()).unwrap_or(u64::MAX),
    }
}

struct Connection<'a> {
    phase: &'a Phase<'a>,
    /// Its number among the connections of its kind, and how many those are.
    number: usize,
    of: usize,
    begin: Instant,
    stop: &'a AtomicBool,
    /// Requests that all connections have taken on, for a rate.
    ticket: &'a AtomicU64,
}

impl Connection<'_> {
    fn run(&self, kind: Kind, source: &Source) -> Result<Seen, BenchError> {
        let client = Client::new(&self.phase.options.url);
        let mut seen = Seen::default();
        match source {
            Source::Fixed(requests) => {
                let mut place = self.number * requests.len() / self.of;
                while let Some(due) = self.due() {
                    let request = &requests[place % requests.len()];
                    Self::ask(&client, kind, request, due, &mut seen)?;
                    place += 1;
                }
            }
            Source::Once(wallets) => self.send(&client, wallets, &mut seen)?,
        }
        Ok(seen)
    }

    /// Sends the messages of its own wallets, round by round.
    fn send(
        &self,
        client: &Client,
        wallets: &[Vec<Request>],
        seen: &mut Seen,
    ) -> Result<(), BenchError> {
        let rounds = wallets.first().map_or(0, Vec::len);
        let own: Vec<_> = wallets.iter().skip(self.number).step_by(self.of).collect();
        let mut sent = vec![None::<Instant>; own.len()];
        for round in 0..rounds {
            for (wallet, sent) in own.iter().zip(&mut sent) {
                let ready = sent.map(|sent| sent + self.phase.gap);
                if let Some(wait) =
                    ready.and_then(|ready| ready.checked_duration_since(Instant::now()))
                {
                    seen.held_back += wait;
                    std::thread::sleep(wait);
                }
                let (Some(due), Some(request)) = (self.due(), wallet.get(round)) else {
                    return Ok(());
                };
                self.send_one(client, request, due, seen)?;
                *sent = Some(Instant::now());
            }
        }
        Ok(())
    }

    /// Sends a message. One that comes before the wallet's last one was executed is refused, which means that blocks
    /// take longer than expected: it is resent.
    fn send_one(
        &self,
        client: &Client,
        request: &Request,
        mut due: Instant,
        seen: &mut Seen,
    ) -> Result<(), BenchError> {
        let begin = Instant::now();
        loop {
            match client.ask(request)? {
                Outcome::Refused if begin.elapsed() < TOO_EARLY => {
                    seen.refused += 1;
                    seen.held_back += self.phase.gap;
                    std::thread::sleep(self.phase.gap);
                    due = Instant::now();
                }
                outcome => return note(Kind::Send, request, outcome, due, seen),
            }
        }
    }

    /// Returns when the next request is due: now, or at its turn by the rate. `None` when the time is over.
    fn due(&self) -> Option<Instant> {
        let end = self.begin + self.phase.options.time;
        let due = match self.phase.rate_per_s {
            None => Instant::now(),
            Some(rate) => {
                let turn = self.ticket.fetch_add(1, Ordering::Relaxed);
                self.begin + Duration::from_secs_f64(turn as f64 / f64::from(rate.max(1)))
            }
        };
        if due >= end || self.stop.load(Ordering::Relaxed) {
            return None;
        }
        if let Some(wait) = due.checked_duration_since(Instant::now()) {
            std::thread::sleep(wait);
        }
        (Instant::now() < end).then_some(due)
    }

    fn ask(
        client: &Client,
        kind: Kind,
        request: &Request,
        due: Instant,
        seen: &mut Seen,
    ) -> Result<(), BenchError> {
        note(kind, request, client.ask(request)?, due, seen)
    }
}

/// Notes an answer; an error is one of the whole measurement.
fn note(
    kind: Kind,
    request: &Request,
    outcome: Outcome,
    due: Instant,
    seen: &mut Seen,
) -> Result<(), BenchError> {
    let words = match outcome {
        Outcome::Answered => {
            seen.times_ms.push(due.elapsed().as_secs_f64() * 1e3);
            return Ok(());
        }
        Outcome::Limited => {
            "the server limits requests: start it with --requests-per-second 0".to_owned()
        }
        Outcome::Refused => "the server refused it (400 or 422)".to_owned(),
        Outcome::Failed(status) => format!("the server answered {status}"),
    };
    Err(BenchError::NotDone(format!(
        "{}: {words}: {}",
        kind.method(),
        request.path
    )))
}
