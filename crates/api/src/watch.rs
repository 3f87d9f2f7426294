//! Monitoring of threads that must not end and must make progress.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time of each thread's last progress, and its timeout.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beats(Arc<Mutex<BTreeMap<&'static str, (Instant, Duration)>>>);

impl Beats {
    /// Records progress of a thread, which promises to report again within `limit`.
    pub fn beat(&self, thread: &'static str, limit: Duration) {
        let mut beats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        beats.insert(thread, (Instant::now(), limit));
    }

    /// Returns the stalled thread, if there is one.
    pub fn standstill(&self) -> Option<String> {
        let beats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut late = beats
            .iter()
            .filter(|(_, (last, limit))| last.elapsed() > *limit);
        let (thread, (last, _)) = late.next()?;
        let seconds = last.elapsed().as_secs();
        Some(format!(
            "the thread `{thread}` has stood still for {seconds} s: the disk or the machine may be stuck"
        ))
    }
}

/// Does a thread's work; a panic becomes an error with its location.
pub(crate) fn caught(
    thread: &str,
    work: impl FnOnce() -> Result<(), anyhow::Error>,
) -> Result<(), String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            let words = words.unwrap_or("no reason given");
            Err(format!(
                "the thread `{thread}` panicked: {words}. This is a defect: please report it with the log"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stalled_thread_is_reported() {
        let beats = Beats::default();
        assert_eq!(beats.standstill(), None);
        beats.beat("quick", Duration::from_secs(3_600));
        assert_eq!(beats.standstill(), None);
        beats.beat("stuck", Duration::ZERO);
        std::thread::sleep(Duration::from_millis(2));
        let said = beats.standstill().expect("is told");
        assert!(said.contains("`stuck`"), "{said}");
        beats.beat("stuck", Duration::from_secs(3_600));
        assert_eq!(beats.standstill(), None);
    }
}
