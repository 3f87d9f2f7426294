//! Following a large change of a stake to its end.

use std::time::{Duration, Instant};

use anyhow::Result;
use ddvs_client::Backend;
use ddvs_people::Answer;
use ddvs_people::spread::{Follower, Progress, Rest};
use ddvs_people::validator::Candidate;
use ddvs_types::coins;

use crate::people::session::{Session, Signer};
use ddvs_terminal::Stop;

/// End of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything that should count does.
    Done,
    /// No more than this counts, and another request has no effect.
    Held,
}

/// Interval of batches: the time between two checks at which something had changed.
struct Pace {
    begun: Instant,
    first: Option<u32>,
}

impl Pace {
    /// Describes the rest, and its estimated duration.
    fn words(&mut self, rest: &Rest) -> String {
        let first = *self.first.get_or_insert(rest.batches);
        let done = first.saturating_sub(rest.batches);
        let more = match rest.batches {
            1 => "one batch".to_owned(),
            batches => format!("some {batches} batches"),
        };
        let time = match done {
            0 => String::new(),
            done => {
                let left = self.begun.elapsed() * rest.batches / done;
                format!(", about {} s", left.max(Duration::from_secs(1)).as_secs())
            }
        };
        format!(
            "{} coins count, and {} should: {more} more{time}",
            coins(rest.counted_nano),
            coins(rest.desired_nano)
        )
    }
}

/// Waits until everything that should count does, and pays for more batches where the value for them has run out.
///
/// Fails when nothing has changed for as long as the command may wait.
pub fn follow(session: &mut Session, candidate: &Candidate, signer: &Signer) -> Result<End> {
    let root = candidate.root.address().clone();
    let mut follower = Follower::new(candidate);
    let mut pace = Pace {
        begun: Instant::now(),
        first: None,
    };
    let mut last = None;
    loop {
        let context = session.net.context.clone();
        let rest = match follower.look(&session.net.backend, &context)? {
            Progress::Done => return Ok(End::Done),
            Progress::Held(_) => return Ok(End::Held),
            Progress::Spreading(rest) => rest,
            Progress::Ask(rest, request) => {
                tell(session, &mut pace, &mut last, &rest);
                let owner = signer.staker.owner.address().clone();
                let words = format!("validator {root} {} {}", request.about, rest.counted_nano);
                let done = session.carry_out(&owner, &words, true, |_| Ok(*request))?;
                // another user may have requested it meanwhile: the next check shows it
                if let Some(Answer::Refused(rejection)) = &done.answer {
                    session
                        .progress
                        .note(&format!("{}: {rejection}", done.about));
                }
                done.told()?;
                continue;
            }
        };
        tell(session, &mut pace, &mut last, &rest);
        if Instant::now() >= session.deadline || session.net.backend.next_block()?.is_none() {
            return Err(Stop::TimedOut(format!(
                "the pool {root}: {}; the same command again waits on",
                pace.words(&rest)
            ))
            .into());
        }
    }
}

/// Reports what has changed. A change in progress may take longer than any single answer.
fn tell(session: &mut Session, pace: &mut Pace, last: &mut Option<Rest>, rest: &Rest) {
    if *last == Some(*rest) {
        return;
    }
    let words = pace.words(rest);
    // one batch is no large change
    if last.is_some() || rest.batches > 1 {
        session.progress.doing(&words);
    }
    *last = Some(*rest);
    session.deadline = Instant::now() + session.patience;
}
