//! All connections that are open, to end those that do nothing when others find no place.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{AbortHandle, JoinSet};

use super::activity::Activity;

/// Of so many connections one is ended at a time, so that the next who come find places and not each of them is looked for.
const SHARE: usize = 16;

/// How long a connection has done nothing that may be ended: a request has had its time to come.
const LEAST_REST: Duration = Duration::from_secs(1);

/// All connections that are open.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    tasks: JoinSet<()>,
    known: Vec<(Arc<Activity>, AbortHandle)>,
}

impl Crowd {
    /// Lets a connection talk.
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

    /// Waits until one has ended; none where there is none.
    pub async fn one_ended(&mut self) -> Option<()> {
        // a panic in one is no concern of the others
        self.tasks.join_next().await.map(drop)
    }

    /// Ends some that have done nothing for the longest time. Their places are free a moment later.
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
