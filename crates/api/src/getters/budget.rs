//! Limits of one computation.

use std::time::Duration;

use ddvs_memory::held_bytes;

use crate::error::ApiError;
use crate::settings::Settings;

/// Number of steps between two checks of the clock. A step takes at most some milliseconds.
const STEPS: u32 = 16;

/// Limits of one computation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub gas: u64,
    time: Duration,
    stack: usize,
    memory_bytes: usize,
}

/// Reason why a computation was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Time,
    Stack,
    Memory,
    Abandoned,
}

impl Budget {
    pub fn of(settings: &Settings) -> Self {
        Self {
            gas: settings.getter_gas,
            time: settings.getter_time,
            stack: settings.getter_stack,
            memory_bytes: settings.getter_memory_bytes,
        }
    }

    /// Starts counting, on the computing thread.
    pub fn watch(self, is_abandoned: &dyn Fn() -> bool) -> Watch<'_> {
        Watch {
            budget: self,
            is_abandoned,
            begin: processor_time(),
            held_before: held_bytes(),
            steps: 0,
            stopped: None,
        }
    }
}

/// Monitors a running computation, on its thread.
pub(crate) struct Watch<'a> {
    budget: Budget,
    is_abandoned: &'a dyn Fn() -> bool,
    begin: Duration,
    held_before: i64,
    steps: u32,
    stopped: Option<Stop>,
}

impl Watch<'_> {
    /// Returns its gas limit.
    pub fn gas(&self) -> u64 {
        self.budget.gas
    }

    /// Whether it may continue, with that many values on its stack.
    pub fn goes_on(&mut self, stack: usize) -> bool {
        let held = held_bytes().wrapping_sub(self.held_before);
        if stack > self.budget.stack {
            self.stopped = Some(Stop::Stack);
        } else if usize::try_from(held).is_ok_and(|held| held > self.budget.memory_bytes) {
            self.stopped = Some(Stop::Memory);
        } else if self.steps == 0 {
            if (self.is_abandoned)() {
                self.stopped = Some(Stop::Abandoned);
            } else if processor_time().saturating_sub(self.begin) > self.budget.time {
                self.stopped = Some(Stop::Time);
            }
        }
        self.steps = (self.steps + 1) % STEPS;
        self.stopped.is_none()
    }

    /// Returns the reason for stopping it, for the caller.
    pub fn reason(&self) -> ApiError {
        let Budget {
            time,
            stack,
            memory_bytes,
            ..
        } = self.budget;
        match self.stopped {
            Some(Stop::Time) => ApiError::over_budget(&format!(
                "takes more than {} ms of a processor",
                time.as_millis()
            )),
            Some(Stop::Stack) => {
                ApiError::over_budget(&format!("has more than {stack} values on its stack"))
            }
            Some(Stop::Memory) => ApiError::over_budget(&format!(
                "holds more than {} KiB of memory",
                memory_bytes >> 10
            )),
            Some(Stop::Abandoned) | None => ApiError::busy(),
        }
    }
}

/// Returns the processor time of this thread, without that of threads with a higher priority. Where the system does
/// not provide it, returns the clock's time.
fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        Budget {
            gas: 1_000,
            time: Duration::from_millis(20),
            stack: 10,
            memory_bytes: 1 << 20,
        }
    }

    fn why(watch: &Watch<'_>) -> String {
        watch.reason().message
    }

    #[test]
    fn each_limit_of_a_budget_ends_the_run() {
        let here = || false;
        let mut watch = budget().watch(&here);
        assert!(watch.goes_on(10));
        assert!(!watch.goes_on(11));
        assert!(why(&watch).contains("more than 10 values"));

        let mut watch = budget().watch(&here);
        let held = vec![0u8; 1 << 19];
        assert!(watch.goes_on(0));
        let more = vec![0u8; (1 << 19) + 1];
        assert!(!watch.goes_on(0), "{}", held.len() + more.len());
        assert!(why(&watch).contains("1024 KiB"));

        let mut watch = budget().watch(&here);
        // sleeping takes no processor time
        std::thread::sleep(Duration::from_millis(60));
        assert!(watch.goes_on(0));
        while watch.goes_on(0) {}
        assert!(why(&watch).contains("20 ms"));

        let gone = || true;
        assert!(!budget().watch(&gone).goes_on(0));
    }
}
