//! What callers let the server compute: get methods, and what a message would cost.
//!
//! It has threads of its own that come after all others, so that it delays neither reads nor sends nor events. Callers
//! take turns: who asks for much waits for himself.

mod budget;
mod queue;

use std::net::IpAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

pub(crate) use self::budget::{Budget, Watch};
use self::queue::{Job, Queue};
use crate::counts::{NoPlace, Open};
use crate::error::ApiError;
use crate::priority;
use crate::settings::Settings;

/// Bytes of a thread's own stack. What runs there keeps its own on the heap; this is room for cells in each other.
const THREAD_STACK: usize = 8 << 20;

/// How long a caller who has too many calls under way waits for the refusal of another one.
const REFUSED_AFTER: Duration = Duration::from_millis(100);

/// The share. Its threads end when it is dropped.
#[derive(Debug)]
pub(crate) struct Getters {
    queue: Arc<Queue>,
    budget: Budget,
    most_each: usize,
}

impl Getters {
    /// Starts the threads. If the system gives none, every call is told that the server is busy.
    pub fn start(settings: &Settings) -> Self {
        let queue = Arc::new(Queue::new(settings));
        let count = settings.getter_threads.max(1);
        for _ in 0..count {
            let queue = queue.clone();
            let thread = thread::Builder::new()
                .name("getter".to_owned())
                .stack_size(THREAD_STACK)
                .spawn(move || {
                    priority::come_last();
                    queue.work();
                });
            if let Err(cause) = thread {
                tracing::error!(%cause, "there is no thread for get methods");
            }
        }
        Self {
            queue,
            budget: Budget::of(settings),
            most_each: settings.max_getters_each,
        }
    }

    /// A place for a call. It must be taken before anything is read for it.
    ///
    /// Fails with `too_many` when the caller has too many calls under way, after a while: who asks again at once must not keep the
    /// server from others' answers. With `busy` when all together have.
    pub async fn place(&self, caller: IpAddr) -> Result<Open, ApiError> {
        match self.queue.place(caller) {
            Ok(place) => Ok(place),
            Err(NoPlace::Full) => Err(ApiError::busy()),
            Err(NoPlace::TooMany) => {
                tokio::time::sleep(REFUSED_AFTER).await;
                Err(ApiError::too_many_getters(self.most_each))
            }
        }
    }

    /// Computes in the caller's turn. Who does not wait for the answer any more ends it.
    pub async fn compute<T: Send + 'static>(
        &self,
        place: Open,
        question: impl FnOnce(&mut Watch<'_>) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (sender, answer) = oneshot::channel();
        let budget = self.budget;
        self.queue.push(Job::new(place, move || {
            if sender.is_closed() {
                return;
            }
            let is_abandoned = || sender.is_closed();
            let result = question(&mut budget.watch(&is_abandoned));
            // who asked may be gone by now
            let _ = sender.send(result);
        }));
        answer
            .await
            .map_err(|_| ApiError::internal("a computation broke off"))?
    }
}

impl Drop for Getters {
    fn drop(&mut self) {
        self.queue.close();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn who_has_too_many_under_way_waits_for_the_refusal() {
        let getters = Getters::start(&Settings {
            max_getters_each: 1,
            ..Settings::default()
        });
        let caller = IpAddr::from([10, 0, 0, 1]);
        let _place = getters.place(caller).await.unwrap();
        let begin = Instant::now();
        assert_eq!(getters.place(caller).await.unwrap_err().code, "too_many");
        assert!(begin.elapsed() >= REFUSED_AFTER);
    }
}
