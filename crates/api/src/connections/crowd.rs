//! All open connections, to close idle ones when there is no room for others.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{AbortHandle, JoinSet};

use super::activity::Activity;

/// When there is no room, up to one in this many connections is closed, so that the next clients find room without a search.
const SHARE: usize = 16;

/// How long a connection must have been idle to be closed: a request has had time to arrive.
pub(super) const LEAST_REST: Duration = Duration::from_secs(1);

/// All connections that are open.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    tasks: JoinSet<()>,
    known: Vec<(Arc<Activity>, AbortHandle)>,
}

impl Crowd {
    /// Adds a connection and handles it.
    pub fn add(
        &mut self,
        activity: Arc<Activity>,
        talk: impl Future<Output = ()> + Send + 'static,
    ) {
        if self.known.len() > 2 * self.tasks.len() {
            self.forget_ended();
        }
        self.known.push((activity, self.tasks.spawn(talk)));
    }

    /// Waits until one has ended; `None` if there is none.
    pub async fn one_ended(&mut self) -> Option<()> {
        // a panic in one does not affect the others
        self.tasks.join_next().await.map(drop)
    }

    /// Closes some connections that have been idle longest. Their room is free a moment later.
    pub fn make_room(&mut self, now: Instant) {
        self.forget_ended();
        let rested = |activity: &Activity| {
            let since = activity.resting_since()?;
            (now.saturating_duration_since(since) >= LEAST_REST).then_some(since)
        };
        let mut resting: Vec<_> = { self.known.iter() }
            .filter_map(|(activity, task)| Some((rested(activity)?, task)))
            .collect();
        resting.sort_unstable_by_key(|(since, _)| *since);
        let some = self.known.len().div_ceil(SHARE);
        for (_, task) in resting.into_iter().take(some) {
            task.abort();
        }
    }

    fn forget_ended(&mut self) {
        self.known.retain(|(_, task)| !task.is_finished());
    }
}
