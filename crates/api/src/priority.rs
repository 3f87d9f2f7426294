//! Who has the processor first when there is more to do than it can: blocks and their index, then answers.
//!
//! Threads that make blocks or index them ask to be favoured. Where the system does not let a program do that (Linux wants the
//! capability `CAP_SYS_NICE`), those that answer step back instead. Elsewhere than on Linux priorities are the whole process's, so nothing is changed.

/// Favours the calling thread, where the system lets it.
pub fn favour() {
    system::favour();
}

/// Lets threads that asked for it be favoured over the calling one.
pub fn step_back() {
    system::step_back();
}

/// Threads that take requests: one processor less than there are, for blocks and their index, and at least one.
pub fn http_threads() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(1, |count| count.get().saturating_sub(1).max(1))
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::OnceLock;

    use rustix::process::{getpriority_process, setpriority_process};

    /// Nine times the weight of a thread with the usual priority.
    const FAVOURED: i32 = -10;
    /// A ninth of it.
    const BACK: i32 = 10;

    /// Whether threads may be favoured: tried once, on the calling one, which stays as it was.
    fn may_favour() -> bool {
        static MAY: OnceLock<bool> = OnceLock::new();
        *MAY.get_or_init(|| {
            let now = getpriority_process(None).unwrap_or(0);
            // without a process's id Linux means the calling thread
            let is_done = setpriority_process(None, now + FAVOURED).is_ok();
            let _ = setpriority_process(None, now);
            is_done
        })
    }

    fn shift(by: i32) {
        let now = getpriority_process(None).unwrap_or(0);
        if let Err(cause) = setpriority_process(None, now + by) {
            tracing::debug!(%cause, "a thread keeps its priority");
        }
    }

    pub fn favour() {
        if may_favour() {
            shift(FAVOURED);
        }
    }

    pub fn step_back() {
        if !may_favour() {
            shift(BACK);
        }
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
        fn who_makes_blocks_is_before_who_answers() {
            let (first, second) = (priority_after(favour), priority_after(step_back));
            assert!(second - first >= FAVOURED.abs(), "{first} {second}");
            // other threads are as they were
            let base = priority_after(|| {});
            assert!(first == base || second == base, "{first} {second} {base}");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub fn favour() {}
    pub fn step_back() {}
}
