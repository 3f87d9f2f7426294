//! Thread priorities: first producing and indexing blocks, then answering requests, then computations on behalf of callers.
//!
//! Threads that make or index blocks request a higher priority. Where the system does not allow that (Linux requires the
//! capability `CAP_SYS_NICE`), the answering threads lower theirs instead. Except on Linux, priorities apply to the whole
//! process, so nothing is changed.
//!
//! A thread inherits the priority of its creator, and answering threads may start others. So each level is relative to the
//! process's own priority, and requesting it twice changes nothing.

/// Raises the calling thread's priority, where the system allows it.
pub fn favour() {
    system::favour();
}

/// Lowers the calling thread's priority below that of raised threads.
pub fn step_back() {
    system::step_back();
}

/// Lowers the calling thread's priority below that of answering threads.
pub fn come_last() {
    system::come_last();
}

/// Number of threads that accept requests: one less than there are processors, for blocks and their index, and at
/// least one.
pub fn http_threads() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(1, |count| count.get().saturating_sub(1).max(1))
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::OnceLock;

    use rustix::process::{getpid, getpriority_process, setpriority_process};

    /// Distance between two levels: nine times the weight.
    const LEVEL: i32 = 10;

    /// Returns the process's own priority: that of its first thread, on which none of these functions is called.
    fn own() -> i32 {
        static OWN: OnceLock<i32> = OnceLock::new();
        *OWN.get_or_init(|| getpriority_process(Some(getpid())).unwrap_or(0))
    }

    /// Whether priorities may be raised: tried once, on the calling thread, which keeps its priority.
    fn may_favour() -> bool {
        static MAY: OnceLock<bool> = OnceLock::new();
        *MAY.get_or_init(|| {
            // on Linux, a missing process id means the calling thread
            let now = getpriority_process(None).unwrap_or(0);
            let is_done = setpriority_process(None, own() - LEVEL).is_ok();
            let _ = setpriority_process(None, now);
            is_done
        })
    }

    /// Returns the priority of answering threads.
    fn of_answers() -> i32 {
        own() + if may_favour() { 0 } else { LEVEL }
    }

    fn set(priority: i32) {
        if let Err(cause) = setpriority_process(None, priority) {
            tracing::debug!(%cause, "a thread keeps its priority");
        }
    }

    pub fn favour() {
        set(of_answers() - LEVEL);
    }

    pub fn step_back() {
        set(of_answers());
    }

    pub fn come_last() {
        set(of_answers() + LEVEL);
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn priority_after(change: fn()) -> i32 {
            let thread = std::thread::spawn(move || {
                change();
                getpriority_process(None).unwrap_or(i32::MAX)
            });
            thread.join().expect("ends")
        }

        #[test]
        fn making_blocks_precedes_answering_and_computing_comes_last() {
            let levels = [favour, step_back, come_last].map(priority_after);
            let [first, second, last] = levels;
            assert!(second - first >= LEVEL, "{levels:?}");
            // the system's lowest priority is 19
            assert!(
                last > second && last >= (second + LEVEL).min(19),
                "{levels:?}"
            );
            // other threads are unchanged
            let base = priority_after(|| {});
            assert!(first == base || second == base, "{levels:?} {base}");
        }

        /// Threads for blocking work are started by answering threads, and lower their priority themselves.
        #[test]
        fn thread_started_by_a_lowered_thread_is_lowered_once() {
            let twice = priority_after(|| {
                step_back();
                step_back();
            });
            assert_eq!(twice, priority_after(step_back));
            let inherited = std::thread::spawn(|| {
                step_back();
                priority_after(step_back)
            });
            assert_eq!(inherited.join().expect("ends"), twice);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub fn favour() {}
    pub fn step_back() {}
    pub fn come_last() {}
}
