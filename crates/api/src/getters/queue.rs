//! Scheduling: callers take turns.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::counts::{Counts, NoPlace, Open};
use crate::settings::Settings;

/// Waiting calls.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
    /// Calls in progress.
    counts: Arc<Counts>,
    /// Maximum number of running calls of one caller: one thread is left to others, if there is more than one.
    most_running: usize,
}

#[derive(Debug, Default)]
struct Inner {
    callers: HashMap<IpAddr, Caller>,
    /// Callers with waiting calls, the next one first.
    turns: VecDeque<IpAddr>,
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Caller {
    waiting: VecDeque<Job>,
    running: usize,
}

/// A call with all its inputs.
pub(super) struct Job {
    place: Open,
    run: Box<dyn FnOnce() + Send>,
}

impl Job {
    pub fn new(place: Open, run: impl FnOnce() + Send + 'static) -> Self {
        let run = Box::new(run);
        Self { place, run }
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").finish_non_exhaustive()
    }
}

impl Queue {
    pub fn new(settings: &Settings) -> Self {
        Self {
            inner: Mutex::default(),
            changed: Condvar::new(),
            counts: Counts::new(settings.max_getters, Some(settings.max_getters_each)),
            most_running: settings.getter_threads.saturating_sub(1).max(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn place(&self, caller: IpAddr) -> Result<Open, NoPlace> {
        self.counts.open(caller)
    }

    pub fn push(&self, job: Job) {
        let mut inner = self.lock();
        let id = job.place.caller();
        let caller = inner.callers.entry(id).or_default();
        caller.waiting.push_back(job);
        if caller.waiting.len() == 1 {
            inner.turns.push_back(id);
        }
        drop(inner);
        self.changed.notify_one();
    }

    /// Ends the threads; they drop what waits.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Processes calls until the queue is closed.
    pub fn work(&self) {
        while let Some(Job { place, run }) = self.next() {
            let caller = place.caller();
            // a defect ends one call, not the thread
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                tracing::error!("a computation panicked");
            }
            drop(place);
            self.lock().ran(caller);
            // others may have waited because of this caller's limit
            self.changed.notify_one();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut inner = self.lock();
        loop {
            if inner.is_closed {
                inner.callers.clear();
                return None;
            }
            if let Some(job) = inner.take(self.most_running) {
                return Some(job);
            }
            inner = self
                .changed
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Inner {
    /// Records that a call of this caller has ended.
    fn ran(&mut self, id: IpAddr) {
        let Some(caller) = self.callers.get_mut(&id) else {
            return;
        };
        caller.running -= 1;
        if caller.running == 0 && caller.waiting.is_empty() {
            self.callers.remove(&id);
        }
    }

    /// Takes the first call of the first caller below its limit of running calls.
    fn take(&mut self, most_running: usize) -> Option<Job> {
        for _ in 0..self.turns.len() {
            let id = self.turns.pop_front()?;
            let Some(caller) = self.callers.get_mut(&id) else {
                continue;
            };
            let may_run = caller.running < most_running;
            let job = may_run.then(|| caller.waiting.pop_front()).flatten();
            if job.is_some() {
                caller.running += 1;
            }
            if !caller.waiting.is_empty() {
                self.turns.push_back(id);
            }
            if job.is_some() {
                return job;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn queue(threads: usize) -> Arc<Queue> {
        Arc::new(Queue::new(&Settings {
            getter_threads: threads,
            max_getters_each: 3,
            max_getters: 5,
            ..Settings::default()
        }))
    }

    fn caller(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[test]
    fn places_of_a_caller_are_limited_and_returned() {
        let queue = queue(1);
        let places: Vec<_> = (0..3).map(|_| queue.place(caller(1)).unwrap()).collect();
        assert_eq!(queue.place(caller(1)).unwrap_err(), NoPlace::TooMany);
        let others: Vec<_> = (0..2).map(|_| queue.place(caller(2)).unwrap()).collect();
        assert_eq!(queue.place(caller(3)).unwrap_err(), NoPlace::Full);
        drop(places);
        assert!(queue.place(caller(1)).is_ok());
        drop(others);
        let all: Vec<_> = (1..6).map(|id| queue.place(caller(id)).unwrap()).collect();
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn callers_take_turns() {
        let queue = queue(1);
        let (told, heard) = mpsc::channel();
        for (id, name) in [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1")] {
            let told = told.clone();
            let place = queue.place(caller(id)).unwrap();
            queue.push(Job::new(place, move || told.send(name).unwrap()));
        }
        let place = queue.place(caller(2)).unwrap();
        let closing = queue.clone();
        queue.push(Job::new(place, move || closing.close()));
        queue.work();
        drop(told);
        let order: Vec<_> = heard.iter().collect();
        assert_eq!(order, ["a1", "b1", "a2"], "the last one was closed first");
        assert!(queue.lock().callers.is_empty());
    }

    #[test]
    fn caller_cannot_occupy_all_threads() {
        let queue = queue(2);
        for id in [1, 1, 2] {
            let place = queue.place(caller(id)).unwrap();
            queue.push(Job::new(place, || ()));
        }
        let mut inner = queue.lock();
        let first = inner.take(queue.most_running).unwrap();
        let second = inner.take(queue.most_running).unwrap();
        assert_eq!(
            (first.place.caller(), second.place.caller()),
            (caller(1), caller(2))
        );
        assert!(inner.take(queue.most_running).is_none());
        drop(inner);
        // the last one waits in the queue
        queue.close();
        assert!(queue.next().is_none());
    }

    #[test]
    fn a_panic_ends_one_call() {
        let queue = queue(1);
        let place = queue.place(caller(1)).unwrap();
        queue.push(Job::new(place, || panic!("on purpose")));
        let (place, closing) = (queue.place(caller(1)).unwrap(), queue.clone());
        queue.push(Job::new(place, move || closing.close()));
        queue.work();
        assert!(queue.lock().callers.is_empty());
    }
}
