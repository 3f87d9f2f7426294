//! A large change of a stake, followed to its end.

use std::time::{Duration, Instant};

use anyhow::Result;
use ddvs_client::Backend;
use ddvs_people::spread::{Follower, Progress, Rest};
use ddvs_people::validator::Candidate;
use ddvs_people::{Answer, coins};

use crate::people::session::{Session, Signer};
use crate::people::stop::Stop;

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The network counts all that it shall.
    Done,
    /// It counts no more than this, and asking again brings nothing.
    Held,
}

/// How fast batches come: the time between two looks at which something had changed.
struct Pace {
    begun: Instant,
    first: Option<u32>,
}

impl Pace {
    /// What is left, and how long that takes by what was seen so far.
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
            "{} coins count, and {} shall: {more} more{time}",
            coins(rest.counted_nano),
            coins(rest.desired_nano)
        )
    }
}

/// Waits until the network counts what it shall, and pays for more batches where the value for them has run out.
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
        let site = session.net.site.clone();
        let rest = match follower.look(&session.net.backend, &site)? {
            Progress::Done => return Ok(End::Done),
            Progress::Held(_) => return Ok(End::Held),
            Progress::Spreading(rest) => rest,
            Progress::Ask(rest, request) => {
                tell(session, &mut pace, &mut last, &rest);
                let owner = signer.staker.owner.address().clone();
                let words = format!("validator {root} {} {}", request.about, rest.counted_nano);
                let done = session.carry_out(&owner, &words, true, |_| Ok(*request))?;
                // somebody else may have asked meanwhile: the next look shows it
                if let Some(Answer::Refused(no)) = &done.answer {
                    session.progress.note(&format!("{}: {no}", done.about));
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

/// Tells what has changed. A change that goes on may take longer than any single answer.
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
