//! Computations on behalf of callers: get methods, and cost estimates.
//!
//! They have separate threads with the lowest priority, so that they delay neither reads nor sends nor events. Callers take
//! turns: a caller with many computations delays only itself.

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

/// Stack size of a thread in bytes. The VM keeps its stack on the heap; this is room for nested cells.
const THREAD_STACK: usize = 8 << 20;

/// How long a caller with too many calls in progress waits for the refusal of another one.
const REFUSED_AFTER: Duration = Duration::from_millis(100);

/// The thread pool. Its threads end when it is dropped.
#[derive(Debug)]
pub(crate) struct Getters {
    queue: Arc<Queue>,
    budget: Budget,
    most_each: usize,
}

impl Getters {
    /// Starts the threads. If the system provides none, every call is answered with `busy`.
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

    /// Reserves a place for a call, which must be done before anything is read for it.
    ///
    /// Fails with `too_many`, after a delay, when the caller has too many calls in progress: a caller that retries immediately
    /// must not keep the server busy. Fails with `busy` when all callers together have too many.
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

    /// Computes in the caller's turn. The computation ends if the caller no longer waits for the answer.
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
            // the caller may be gone by now
            let _ = sender.send(result);
        }));
        answer
            .await
            .map_err(|_| ApiError::internal("a computation stopped unexpectedly"))?
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
    async fn refusal_of_too_many_get_methods_is_delayed() {
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
