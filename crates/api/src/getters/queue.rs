//! Who computes next: callers take turns.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::ApiError;
use crate::settings::Settings;

/// Calls that wait, and places of those under way.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
    /// Calls of one caller that are under way.
    most_each: usize,
    /// Calls of all callers that are under way.
    most: usize,
    /// Calls of one caller that run: one thread is left to others, if there is more than one.
    most_running: usize,
}

#[derive(Debug, Default)]
struct Inner {
    callers: HashMap<IpAddr, Caller>,
    /// Callers of whom something waits, the next one first.
    turns: VecDeque<IpAddr>,
    under_way: usize,
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Caller {
    waiting: VecDeque<Job>,
    running: usize,
    under_way: usize,
}

/// One call under way.
#[derive(Debug)]
pub(crate) struct Place {
    queue: Arc<Queue>,
    caller: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inner = self.queue.lock();
        inner.under_way -= 1;
        if let Some(caller) = inner.callers.get_mut(&self.caller) {
            caller.under_way -= 1;
            if caller.under_way == 0 {
                inner.callers.remove(&self.caller);
            }
        }
    }
}

/// A call that has what it needs.
pub(super) struct Job {
    place: Place,
    run: Box<dyn FnOnce() + Send>,
}

impl Job {
    pub fn new(place: Place, run: impl FnOnce() + Send + 'static) -> Self {
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
            most_each: settings.max_getters_each,
            most: settings.max_getters,
            most_running: settings.getter_threads.saturating_sub(1).max(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn place(self: &Arc<Self>, caller: IpAddr) -> Result<Place, ApiError> {
        let mut inner = self.lock();
        if inner.under_way >= self.most {
            return Err(ApiError::busy());
        }
        let own = inner.callers.entry(caller).or_default();
        if own.under_way >= self.most_each {
            return Err(ApiError::too_many_getters(self.most_each));
        }
        own.under_way += 1;
        inner.under_way += 1;
        Ok(Place {
            queue: self.clone(),
            caller,
        })
    }

    pub fn push(&self, job: Job) {
        let mut inner = self.lock();
        let id = job.place.caller;
        let caller = inner.callers.entry(id).or_default();
        caller.waiting.push_back(job);
        if caller.waiting.len() == 1 {
            inner.turns.push_back(id);
        }
        drop(inner);
        self.changed.notify_one();
    }

    /// Ends the threads; what waits is dropped by them.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Works on what comes, until it is closed.
    pub fn work(&self) {
        while let Some(Job { place, run }) = self.next() {
            let caller = place.caller;
            // a defect ends one call, not the thread
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                tracing::error!("a computation panicked");
            }
            if let Some(own) = self.lock().callers.get_mut(&caller) {
                own.running -= 1;
            }
            drop(place);
            // it may have been this caller's number that others waited for
            self.changed.notify_one();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut inner = self.lock();
        loop {
            if inner.is_closed {
                let waiting: Vec<_> = inner
                    .callers
                    .values_mut()
                    .flat_map(|caller| caller.waiting.drain(..))
                    .collect();
                // their places need the lock
                drop(inner);
                drop(waiting);
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
    /// The first call of the first caller who does not have too many running already.
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
    fn one_caller_leaves_places_to_others_and_gets_them_back() {
        let queue = queue(1);
        let places: Vec<_> = (0..3).map(|_| queue.place(caller(1)).unwrap()).collect();
        assert_eq!(queue.place(caller(1)).unwrap_err().code, "too_many");
        let others: Vec<_> = (0..2).map(|_| queue.place(caller(2)).unwrap()).collect();
        assert_eq!(queue.place(caller(3)).unwrap_err().code, "busy");
        drop(places);
        assert!(queue.place(caller(1)).is_ok());
        drop(others);
        assert!(queue.lock().callers.is_empty());
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
    fn one_caller_leaves_a_thread_to_others() {
        let queue = queue(2);
        for id in [1, 1, 2] {
            let place = queue.place(caller(id)).unwrap();
            queue.push(Job::new(place, || ()));
        }
        let mut inner = queue.lock();
        let first = inner.take(queue.most_running).unwrap();
        let second = inner.take(queue.most_running).unwrap();
        assert_eq!(
            (first.place.caller, second.place.caller),
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
