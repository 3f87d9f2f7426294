//! Tasks of one connection: requests that share it.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::rt::Executor;
use tokio::task::JoinSet;

/// The requests of a connection that are in progress.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    fn lock(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a value that ends all requests when it is dropped: each holds these tasks, so they would not end otherwise.
    pub fn end_with(&self) -> End {
        End(self.clone())
    }
}

impl<F> Executor<F> for Tasks
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, request: F) {
        let mut tasks = self.lock();
        // a connection has few at a time; a panic in one does not affect the others
        while tasks.try_join_next().is_some() {}
        tasks.spawn(request);
    }
}

/// The end of a connection.
#[derive(Debug)]
pub(super) struct End(Tasks);

impl Drop for End {
    fn drop(&mut self) {
        self.0.lock().abort_all();
    }
}
