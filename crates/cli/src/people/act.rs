//! Sending a request and waiting for its answer. What was interrupted goes on with the same message.

use std::time::Instant;

use anyhow::Result;
use ddvs_client::{Backend, MessageTree};
use ddvs_people::{Answer, PeopleError, Request, Signed, Why, request};
use serde_json::{Value, json};
use tycho_types::cell::HashBytes;

use super::journal::Place;
use super::session::Session;
use super::stop::Stop;
use super::time;
use ddvs_people::coins;

/// How often a request is signed anew when another one of the same key came first.
const MAX_TRIES: usize = 4;

/// What became of a request.
pub struct Done {
    /// What it was for.
    pub about: String,
    /// Hash of its external message.
    pub hash: HashBytes,
    /// The answer; none if it was not waited for.
    pub answer: Option<Answer>,
    /// Whether an earlier run had sent it.
    pub is_continued: bool,
}

impl Done {
    /// Whether the owner's wallet turned it down because its number was used before.
    fn lost_its_number(&self) -> bool {
        const USED: Option<i32> = Some(ddvs_client::owner::exit::SEQNO);
        matches!(&self.answer, Some(Answer::Refused(no)) if matches!(no.why, Why::NotSent(code) if code == USED))
    }
}

impl Session {
    /// Carries a request out. `words` are the command's own: a repeated command has the same, and goes on with the request
    /// of an earlier run that has no answer yet. `make` builds a new one.
    ///
    /// Fails when no answer came in time.
    pub fn carry_out(
        &mut self,
        owner: &tycho_types::models::StdAddr,
        words: &str,
        waits: bool,
        make: impl FnOnce(&mut Self) -> Result<Request>,
    ) -> Result<Done> {
        let place = Place::new(&self.home, &self.net.site, owner, words);
        if let Some((about, signed)) = place.find()? {
            if let Some(done) = self.go_on(&place, about, &signed)? {
                return Ok(done);
            }
            place.clear()?;
        }
        let request = make(self)?;
        request.check(&self.net.site)?;
        self.progress.moving(&request.about);
        let mut tries = 1..=MAX_TRIES;
        loop {
            tries.next();
            let signed = request.sign(&self.net.backend)?;
            if !waits {
                signed.send(&mut self.net.backend)?;
                return Ok(Done {
                    about: request.about,
                    hash: signed.hash(),
                    answer: None,
                    is_continued: false,
                });
            }
            place.put(&request.about, &signed)?;
            if let Err(error) = signed.send(&mut self.net.backend) {
                // what was never taken needs no going on
                if error.is_refusal() {
                    place.clear()?;
                }
                return Err(error.into());
            }
            let done = self.wait(&place, request.about.clone(), &signed, false)?;
            // another request of the same key took its number, so it never runs; with the next number it can
            if !done.lost_its_number() || tries.is_empty() {
                return Ok(done);
            }
        }
    }

    /// Goes on with a request of an earlier run; `None` if it came to nothing and may be made anew.
    fn go_on(&mut self, place: &Place, about: String, signed: &Signed) -> Result<Option<Done>> {
        self.progress.note(&format!(
            "an earlier run was interrupted; going on with it: {about}"
        ));
        let has_run = |seen: &MessageTree| seen.root().transaction().is_some();
        let mut seen = signed.look(&mut self.net.backend)?;
        if !has_run(&seen.tree) {
            match signed.send(&mut self.net.backend) {
                Ok(()) => {}
                Err(error) if request::is_void(&error) => {
                    // it may have run since it was looked for
                    seen = signed.look(&mut self.net.backend)?;
                    if !has_run(&seen.tree) {
                        return Ok(None);
                    }
                }
                Err(error @ PeopleError::Client(_)) if error.is_refusal() => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        self.wait(place, about, signed, true).map(Some)
    }

    fn wait(
        &mut self,
        place: &Place,
        about: String,
        signed: &Signed,
        is_continued: bool,
    ) -> Result<Done> {
        let deadline = self.deadline;
        let followed = signed.wait(&mut self.net.backend, &mut |_| Instant::now() >= deadline)?;
        if followed.answer.is_none() {
            return Err(Stop::TimedOut(format!(
                "{about}: sent as {}, but no answer came in time; repeat the command to go on waiting, or see `ddvs query message`",
                signed.hash()
            ))
            .into());
        }
        place.clear()?;
        Ok(Done {
            about,
            hash: signed.hash(),
            answer: followed.answer,
            is_continued,
        })
    }

    /// Prints what became of a request; whether it was done. A refusal is an error.
    pub fn report(&self, done: &Done) -> Result<bool> {
        let refusal = match &done.answer {
            Some(Answer::Refused(no)) => {
                Some(format!("{}: refused by {}: {no}", done.about, no.by))
            }
            _ => None,
        };
        let object = object(done);
        match refusal {
            Some(words) if self.output.is_json() => {
                self.output.print(&object, String::new)?;
                eprintln!("error: {words}");
                Ok(false)
            }
            Some(words) => Err(Stop::Refused(words).into()),
            None => {
                let now = self.now()?;
                self.output.print(&object, || human(done, now))?;
                Ok(true)
            }
        }
    }
}

/// One word for what became of it.
fn outcome(answer: Option<&Answer>) -> &'static str {
    match answer {
        None => "sent",
        Some(Answer::Locked { .. }) => "locked",
        Some(Answer::Unlocking { .. }) => "unlocking",
        Some(Answer::Released { .. }) => "released",
        Some(Answer::Paid { .. }) => "paid",
        Some(Answer::Taken) => "done",
        Some(Answer::Refused(_)) => "refused",
    }
}

/// An answer as JSON.
pub fn answer_object(answer: Option<&Answer>) -> Value {
    let mut object = json!({ "outcome": outcome(answer) });
    match answer {
        Some(Answer::Locked {
            amount_nano,
            lock_until,
        }) => {
            object["amount_nano"] = amount_nano.to_string().into();
            object["lock_until"] = (*lock_until).into();
        }
        Some(Answer::Unlocking {
            amount_nano,
            release_at,
        }) => {
            object["amount_nano"] = amount_nano.to_string().into();
            object["release_at"] = (*release_at).into();
        }
        Some(Answer::Released { amount_nano } | Answer::Paid { amount_nano }) => {
            object["amount_nano"] = amount_nano.to_string().into();
        }
        Some(Answer::Refused(no)) => {
            let (meaning, advice) = no.why.words();
            object["refusal"] = json!({
                "by": no.by.to_string(),
                "code": no.why.code(),
                "name": no.why.name(),
                "meaning": meaning,
                "advice": advice,
                "until": no.until,
            });
        }
        Some(Answer::Taken) | None => {}
    }
    object
}

fn object(done: &Done) -> Value {
    let mut object = answer_object(done.answer.as_ref());
    object["about"] = done.about.clone().into();
    object["message"] = done.hash.to_string().into();
    object["continued"] = done.is_continued.into();
    object
}

/// An answer for people; `now` in unix seconds.
pub fn words(answer: &Answer, now: u32) -> String {
    match answer {
        Answer::Locked {
            amount_nano,
            lock_until,
        } => format!(
            "locked: {} coins, until {}",
            coins(*amount_nano),
            time::until(*lock_until, now)
        ),
        Answer::Unlocking {
            amount_nano,
            release_at,
        } => format!(
            "unlocking: {} coins; settle from {} on",
            coins(*amount_nano),
            time::until(*release_at, now)
        ),
        Answer::Released { amount_nano: 0 } => "settled; no coins were due for release".to_owned(),
        Answer::Released { amount_nano } => {
            format!("released: {} coins are free now", coins(*amount_nano))
        }
        Answer::Paid { amount_nano } => {
            format!("paid: {} coins arrived", coins(*amount_nano))
        }
        other => other.to_string(),
    }
}

fn human(done: &Done, now: u32) -> String {
    match &done.answer {
        None => format!(
            "sent: {}\nfollow it with `ddvs query message {}`",
            done.about, done.hash
        ),
        Some(answer) => format!("{}\n{}", done.about, words(answer, now)),
    }
}

impl Session {
    /// Lets blocks come until `look` has what it wants, or patience ends; `None` then.
    pub fn wait_for<T>(
        &mut self,
        mut look: impl FnMut(&mut Self) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        loop {
            if let Some(found) = look(self)? {
                return Ok(Some(found));
            }
            if Instant::now() >= self.deadline || self.net.backend.next_block()?.is_none() {
                return Ok(None);
            }
        }
    }
}
