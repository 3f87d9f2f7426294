//! Activity of a connection, to close idle ones.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::counts::{Counts, NoPlace, Open};
use crate::settings::Settings;

/// Activity of a connection.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Number of requests whose answer is not written yet.
    under_way: usize,
    /// Time at which the last of them was written, or the connection began.
    idle_since: Instant,
    /// Time at which the head of the next one began to arrive.
    head_since: Option<Instant>,
    /// Time since which the client has read nothing of what is to be written.
    stuck_since: Option<Instant>,
    /// Whether requests share the connection (HTTP/2). Then what arrives between them need not begin another one.
    is_shared: bool,
    /// Answers with something that the client has not asked for yet, by number, and since when. As many as requests.
    offered: BTreeMap<u64, Instant>,
    /// Number of the next request.
    next: u64,
    /// Places of requests beside the first one.
    more: Vec<Open>,
}

impl Activity {
    pub fn new(now: Instant) -> Self {
        Self(Mutex::new(State {
            under_way: 0,
            idle_since: now,
            head_since: None,
            stuck_since: None,
            is_shared: false,
            offered: BTreeMap::new(),
            next: 0,
            more: Vec::new(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a request's head is complete; its answer is written when the returned value is dropped.
    ///
    /// A request beside others of the same connection takes a place of its own from `more`, and fails only when there is
    /// none for its caller.
    pub fn request(
        self: &Arc<Self>,
        more: Option<(&Arc<Counts>, &Open)>,
    ) -> (UnderWay, Result<(), NoPlace>) {
        let mut state = self.lock();
        let mut outcome = Ok(());
        if let Some((counts, first)) = more
            && state.under_way > state.more.len()
        {
            match counts.open(first.caller()) {
                Ok(place) => state.more.push(place),
                Err(why) => outcome = Err(why),
            }
        }
        state.under_way += 1;
        state.head_since = None;
        let number = state.next;
        state.next += 1;
        drop(state);
        let activity = self.clone();
        (UnderWay { activity, number }, outcome)
    }

    /// Records that something has arrived.
    pub fn read(&self) {
        let mut state = self.lock();
        if state.under_way == 0 && !state.is_shared {
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    /// Records that the client wants requests to share the connection.
    pub fn is_shared(&self) {
        let mut state = self.lock();
        state.is_shared = true;
        state.head_since = None;
        state.idle_since = Instant::now();
    }

    /// Records whether the client takes what is written.
    pub fn wrote(&self, is_taken: bool) {
        let mut state = self.lock();
        match is_taken {
            true => state.stuck_since = None,
            false => {
                state.stuck_since.get_or_insert_with(Instant::now);
            }
        }
    }

    /// Returns the time since which the connection is idle: no request is in progress, or nothing is read of what is
    /// sent.
    pub fn resting_since(&self) -> Option<Instant> {
        let state = self.lock();
        match state.under_way {
            0 => Some(state.idle_since),
            _ => state.stuck_since,
        }
    }

    /// Whether the connection has been idle for too long.
    pub fn is_over(&self, settings: &Settings, now: Instant) -> bool {
        let state = self.lock();
        let longer = |since: Option<Instant>, limit| {
            since.is_some_and(|since| now.saturating_duration_since(since) > limit)
        };
        let is_idle = state.under_way == 0;
        let idle_since = Some(state.idle_since).filter(|_| state.head_since.is_none());
        longer(state.stuck_since, settings.idle_timeout)
            || longer(state.offered.values().min().copied(), settings.idle_timeout)
            || is_idle && longer(state.head_since, settings.header_timeout)
            || is_idle && longer(idle_since, settings.idle_timeout)
    }
}

/// A request whose answer is not written yet.
#[derive(Debug)]
pub(super) struct UnderWay {
    activity: Arc<Activity>,
    number: u64,
}

impl UnderWay {
    /// Records that there is more of the answer, if the client takes it.
    pub fn offers(&self) {
        let mut state = self.activity.lock();
        state.offered.insert(self.number, Instant::now());
    }

    /// Records that there is no more of the answer yet.
    pub fn waits(&self) {
        self.activity.lock().offered.remove(&self.number);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.activity.lock();
        state.under_way -= 1;
        state.idle_since = Instant::now();
        state.offered.remove(&self.number);
        // one needs no place but the connection's
        while state.more.len() > state.under_way.saturating_sub(1) {
            state.more.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_kind_of_inactivity_has_its_timeout() {
        let settings = Settings {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            ..Settings::default()
        };
        let begin = Instant::now();
        let activity = Arc::new(Activity::new(begin));
        let is_over = |after_s| activity.is_over(&settings, begin + Duration::from_secs(after_s));
        assert!(!is_over(59) && is_over(62), "nothing came");
        activity.lock().head_since = Some(begin + Duration::from_secs(50));
        assert!(!is_over(59) && is_over(62), "half of a head came");
        let (request, _) = activity.request(None);
        assert!(!is_over(3_600), "a stream goes on for hours");
        activity.lock().stuck_since = Some(begin + Duration::from_secs(100));
        assert!(!is_over(159) && is_over(162), "nobody takes it");
        activity.lock().stuck_since = None;
        activity
            .lock()
            .offered
            .insert(0, begin + Duration::from_secs(200));
        assert!(!is_over(259) && is_over(262), "an answer is not taken");
        request.waits();
        assert!(!is_over(3_600), "there is no more of it yet");
        drop(request);
        assert!(!is_over(59) && is_over(62), "nothing comes any more");
    }
    #[test]
    fn bytes_on_a_shared_connection_begin_no_request() {
        let activity = Arc::new(Activity::new(Instant::now()));
        activity.read();
        assert!(activity.lock().head_since.is_some());
        activity.is_shared();
        activity.read();
        assert!(activity.lock().head_since.is_none());
    }

    #[test]
    fn concurrent_requests_take_a_place_each() {
        let caller = std::net::IpAddr::from([10, 0, 0, 1]);
        let counts = Counts::new(100, Some(3));
        let first = counts.open(caller).unwrap();
        let activity = Arc::new(Activity::new(Instant::now()));
        let ask = || activity.request(Some((&counts, &first)));
        let free = || {
            let open: Vec<_> = std::iter::from_fn(|| counts.open(caller).ok()).collect();
            open.len()
        };
        let (one, outcome) = ask();
        assert!(outcome.is_ok() && free() == 2, "the connection's own");
        let (two, _) = ask();
        let (_three, outcome) = ask();
        assert!(outcome.is_ok() && free() == 0);
        let (refused, outcome) = ask();
        assert_eq!(outcome.unwrap_err(), NoPlace::TooMany);
        drop(refused);
        assert_eq!(free(), 0, "the refused one had none");
        drop(one);
        assert_eq!(free(), 1);
        drop(two);
        assert_eq!(free(), 2, "the last one has the connection's");
    }
}
