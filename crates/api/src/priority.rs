//! Who has the processor first when there is more to do than it can: blocks and their index, then answers, then what callers let
//! the server compute.
//!
//! Threads that make blocks or index them ask to be favoured. Where the system does not let a program do that (Linux wants the
//! capability `CAP_SYS_NICE`), those that answer step back instead. Elsewhere than on Linux priorities are the whole process's, so nothing is changed.
//!
//! A thread begins with the priority of the one that started it, and one that answers may start others. So each level is told from
//! the process's own priority, and to ask for it twice changes nothing.

/// Favours the calling thread, where the system lets it.
pub fn favour() {
    system::favour();
}

/// Lets threads that asked for it be favoured over the calling one.
pub fn step_back() {
    system::step_back();
}

/// Lets those that answer go before the calling thread, too.
pub fn come_last() {
    system::come_last();
}

/// Threads that take requests: one processor less than there are, for blocks and their index, and at least one.
pub fn http_threads() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(1, |count| count.get().saturating_sub(1).max(1))
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::OnceLock;

    use rustix::process::{getpid, getpriority_process, setpriority_process};

    /// From one level to the next: nine times the weight.
    const LEVEL: i32 = 10;

    /// The process's own priority: that of its first thread, which none of these functions is called on.
    fn own() -> i32 {
        static OWN: OnceLock<i32> = OnceLock::new();
        *OWN.get_or_init(|| getpriority_process(Some(getpid())).unwrap_or(0))
    }

    /// Whether threads may be favoured: tried once, on the calling one, which stays as it was.
    fn may_favour() -> bool {
        static MAY: OnceLock<bool> = OnceLock::new();
        *MAY.get_or_init(|| {
            // without a process's id Linux means the calling thread
            let now = getpriority_process(None).unwrap_or(0);
            let is_done = setpriority_process(None, own() - LEVEL).is_ok();
            let _ = setpriority_process(None, now);
            is_done
        })
    }

    /// What those who answer have.
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
        fn who_makes_blocks_is_before_who_answers_and_who_computes_is_last() {
            let levels = [favour, step_back, come_last].map(priority_after);
            let [first, second, last] = levels;
            assert!(second - first >= LEVEL, "{levels:?}");
            // the system knows no more than 19
            assert!(
                last > second && last >= (second + LEVEL).min(19),
                "{levels:?}"
            );
            // other threads are as they were
            let base = priority_after(|| {});
            assert!(first == base || second == base, "{levels:?} {base}");
        }

        /// Threads that may block are started by those that answer, and step back themselves.
        #[test]
        fn who_is_started_by_one_that_stepped_back_is_like_that_one() {
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
