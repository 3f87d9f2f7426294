//! The network's clock: it never goes backwards, and follows a step of the machine's clock slowly.
//!
//! Block times must grow, and contracts rely on periods that pass at the pace of real time. So the network's time runs with a
//! steady clock from the last block on, and approaches the machine's clock a tenth faster or slower than real time: no lock
//! ends an hour early because the clock was set.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Divisor of the passing time by which the network's time may be faster or slower.
const SLEW: u32 = 10;
/// Difference above which a warning is logged.
const WARN_FROM: Duration = Duration::from_secs(2);
/// Difference below which the warning is revoked.
const CALM_BELOW: Duration = Duration::from_secs(1);

/// The network's time.
#[derive(Debug)]
pub(crate) struct Clock {
    begin: Instant,
    follower: Follower,
}

impl Clock {
    /// Returns a clock that continues from the last block, at `last_ms`. It starts at the machine's time if that is
    /// later, since time passed while the network did not run.
    pub fn from(last_ms: u64) -> Self {
        Self {
            begin: Instant::now(),
            follower: Follower::new(Duration::from_millis(last_ms), wall()),
        }
    }

    /// Returns the network's time in ms since 1970, at least that of the last call.
    pub fn now_ms(&mut self) -> u64 {
        let time = self.follower.read(self.begin.elapsed(), wall());
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Returns the machine's time.
fn wall() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or(Duration::ZERO)
}

/// The rule, independent of any clock.
#[derive(Debug)]
struct Follower {
    time: Duration,
    /// The steady clock at the last reading.
    steady: Duration,
    is_apart: bool,
}

impl Follower {
    fn new(last: Duration, wall: Duration) -> Self {
        let mut follower = Self {
            time: last.max(wall),
            steady: Duration::ZERO,
            is_apart: false,
        };
        follower.tell(wall);
        follower
    }

    fn read(&mut self, steady: Duration, wall: Duration) -> Duration {
        let passed = steady.saturating_sub(self.steady);
        self.steady = steady.max(self.steady);
        let (slow, fast) = (passed - passed / SLEW, passed + passed / SLEW);
        self.time = wall.clamp(self.time + slow, self.time + fast);
        self.tell(wall);
        self.time
    }

    /// Logs once that the clocks differ, and once that they no longer do.
    fn tell(&mut self, wall: Duration) {
        let apart = self.time.abs_diff(wall);
        let apart_s = apart.as_secs();
        if !self.is_apart && apart >= WARN_FROM {
            self.is_apart = true;
            let side = if wall < self.time {
                "behind"
            } else {
                "ahead of"
            };
            tracing::warn!(
                apart_s,
                "the machine's clock is {side} the network's time, which never goes back and follows it a tenth faster or slower"
            );
        } else if self.is_apart && apart < CALM_BELOW {
            self.is_apart = false;
            tracing::info!("the network's time is the machine's again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_800_000_000);
    const TICK: Duration = Duration::from_millis(50);
    const HOUR: Duration = Duration::from_secs(3_600);

    /// Readings every 50 ms; `wall` maps the true elapsed time to the machine's clock.
    fn readings(count: u32, wall: impl Fn(Duration) -> Duration) -> (Vec<Duration>, Follower) {
        let mut follower = Follower::new(START, wall(Duration::ZERO));
        let mut times = vec![follower.time];
        for tick in 1..=count {
            let passed = TICK * tick;
            times.push(follower.read(passed, wall(passed)));
        }
        (times, follower)
    }

    fn assert_steady(times: &[Duration]) {
        for pair in times.windows(2) {
            let passed = pair[1].checked_sub(pair[0]).expect("never goes back");
            let (least, most) = (TICK - TICK / SLEW, TICK + TICK / SLEW);
            assert!(passed >= least && passed <= most, "{passed:?} in 50 ms");
        }
    }

    #[test]
    fn network_time_equals_the_machines_time() {
        let (times, follower) = readings(100, |passed| START + passed);
        assert_eq!(times.last(), Some(&(START + TICK * 100)));
        assert!(!follower.is_apart);
    }

    #[test]
    fn a_step_is_followed_slowly_in_both_directions() {
        for is_back in [true, false] {
            let step = |passed: Duration| match passed < TICK * 10 {
                true => START + passed,
                false if is_back => START + passed - HOUR,
                false => START + passed + HOUR,
            };
            let (times, follower) = readings(1_000, step);
            assert_steady(&times);
            assert!(follower.is_apart, "it warns");
            // after ten hours they agree: an hour at a tenth
            let (times, follower) = readings(20 * 36_100, step);
            assert_steady(&times);
            assert!(!follower.is_apart);
            let wall = step(TICK * 20 * 36_100);
            assert_eq!(*times.last().expect("is there"), wall);
        }
    }

    #[test]
    fn machine_clock_set_back_between_runs_does_not_stop_time() {
        let (times, follower) = readings(100, |passed| START - HOUR + passed);
        assert_eq!(times[0], START);
        assert_steady(&times);
        assert!(follower.is_apart);
    }

    #[test]
    fn time_passes_between_runs() {
        let (times, follower) = readings(1, |passed| START + HOUR + passed);
        assert_eq!(times[0], START + HOUR);
        assert!(!follower.is_apart);
    }
}
