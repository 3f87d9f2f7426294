//! Sending a request and waiting for its answer. An interrupted command continues with the same message.

use std::time::Instant;

use anyhow::{Context, Result};
use ddvs_client::Backend;
use ddvs_people::{Answer, RejectReason, Request, Signed};
use tycho_types::cell::HashBytes;

use super::answered::{human, object};
use super::earlier::{FORGOTTEN, Fate};
use super::journal::{Entry, Place, Turn};
use super::session::Session;
use ddvs_terminal::Stop;

/// Maximum number of new signatures of a request when another one of the same key came first.
const MAX_TRIES: usize = 4;

/// Outcome of a request.
pub struct Done {
    /// Its purpose.
    pub about: String,
    /// Hash of its external message.
    pub hash: HashBytes,
    /// The answer; `None` if it was not waited for.
    pub answer: Option<Answer>,
    /// Whether an earlier run had sent it.
    pub is_continued: bool,
    /// Its place in the journal.
    place: Place,
}

/// Outcome of an equal request that was given before.
enum Earlier {
    /// Nothing more is to be done about it.
    Told(Done),
    /// It has no answer yet.
    Open,
    /// It has ended, and the command means another one.
    Over,
}

impl Done {
    /// Deletes a request that was answered: from now on an equal one is another one. A command calls this once it has
    /// reported the outcome, or earlier where its next step follows from the network's state alone: if it is
    /// interrupted before, the same command continues with the request, and sends nothing twice.
    pub fn told(&self) -> Result<()> {
        match self.answer {
            Some(_) => self.place.clear(),
            None => Ok(()),
        }
    }

    /// Whether the owner's wallet rejected it because its number was used before.
    fn lost_its_number(&self) -> bool {
        const USED: Option<i32> = Some(ddvs_client::owner::exit::SEQNO);
        matches!(&self.answer, Some(Answer::Refused(rejection)) if matches!(rejection.reason, RejectReason::NotSent(code) if code == USED))
    }
}

impl Session {
    /// Executes a request. `words` are the command's own: a repeated command has the same, and continues with the request of an
    /// earlier run whose answer was not reported yet. `make` builds a new one, once all earlier messages of the account have
    /// arrived.
    ///
    /// Fails when no answer arrived in time, or an earlier request of the account has not arrived.
    pub fn carry_out(
        &mut self,
        owner: &tycho_types::models::StdAddr,
        words: &str,
        waits: bool,
        make: impl FnOnce(&mut Self) -> Result<Request>,
    ) -> Result<Done> {
        let place = Place::new(&self.home, &self.net.context, owner, words);
        let mut turn = self.turn(owner)?;
        if let Some(entry) = place.find()? {
            match self.go_on(&place, &entry, waits)? {
                Earlier::Told(done) => return Ok(done),
                Earlier::Open => {
                    drop(turn);
                    return self.wait(&place, entry.about.clone(), &entry.signed, true);
                }
                Earlier::Over => place.clear()?,
            }
        }
        self.after_earlier(owner)?;
        let request = make(self)?;
        request.check(&self.net.context)?;
        self.progress.moving(&request.about);
        let mut tries = 1..=MAX_TRIES;
        loop {
            tries.next();
            let signed = request.sign(&self.net.backend)?;
            place.put(&request.about, &signed, waits)?;
            if let Err(error) = signed.send(&self.net.backend) {
                // a message that was never accepted needs no resumption
                if error.is_refusal() {
                    place.clear()?;
                    return Err(error.into());
                }
                return Err(error).with_context(|| {
                    format!(
                        "{}: whether {} was accepted is not known; the same command again continues it",
                        request.about,
                        signed.hash()
                    )
                });
            }
            drop(turn);
            if !waits {
                return Ok(Done {
                    about: request.about,
                    hash: signed.hash(),
                    answer: None,
                    is_continued: false,
                    place,
                });
            }
            let done = self.wait(&place, request.about.clone(), &signed, false)?;
            // another request of the same key used its number, so it never runs; with the next number it can
            if !done.lost_its_number() || tries.is_empty() {
                return Ok(done);
            }
            turn = self.turn(owner)?;
            self.after_earlier(owner)?;
        }
    }

    /// Waits until no other process numbers this account's requests.
    pub fn turn(&self, owner: &tycho_types::models::StdAddr) -> Result<Turn> {
        Turn::take(&self.home, &self.net.context, owner, self.deadline)
    }

    /// Continues with an equal request that was given before.
    fn go_on(&mut self, place: &Place, entry: &Entry, waits: bool) -> Result<Earlier> {
        let about = &entry.about;
        let answer = match self.fate(entry)? {
            Fate::Waits => None,
            Fate::Ran(followed) => followed.answer,
            Fate::Dropped(reason) => {
                let (meaning, _) = reason.words();
                self.progress.note(&format!(
                    "the same request was given before and dropped: {about} ({}). {meaning} It is created again",
                    entry.signed.hash()
                ));
                return Ok(Earlier::Over);
            }
            Fate::Forgotten => {
                place.clear()?;
                return Err(Stop::Refused(format!(
                    "the same request was given before, as {}: {about}. {FORGOTTEN} Nothing new was sent: check whether it was executed, and repeat the command for another one",
                    entry.signed.hash()
                ))
                .into());
            }
        };
        if entry.waited {
            self.progress.note(&format!(
                "the same command was given before, and its answer was not shown; continuing: {about}"
            ));
        }
        let Some(answer) = answer else {
            if waits {
                if !entry.waited {
                    self.progress.note(&format!(
                        "the same request was given before, as {}, and has no answer yet: this waits for it, and nothing new is sent; repeat the command for another one",
                        entry.signed.hash()
                    ));
                }
                return Ok(Earlier::Open);
            }
            return Ok(Earlier::Told(Done {
                about: about.clone(),
                hash: entry.signed.hash(),
                answer: None,
                is_continued: true,
                place: place.clone(),
            }));
        };
        if !entry.waited {
            if self.is_old(entry)? {
                self.progress.note(&format!(
                    "the same request was given before ({}), and came to its end: {}; this is a new one",
                    entry.signed.hash(),
                    self.earlier_words(&answer)?
                ));
                return Ok(Earlier::Over);
            }
            self.progress.note(&format!(
                "the same request was given before, as {}: this is its answer, and nothing new is sent; repeat the command for another one",
                entry.signed.hash()
            ));
        }
        Ok(Earlier::Told(Done {
            about: about.clone(),
            hash: entry.signed.hash(),
            answer: Some(answer),
            is_continued: true,
            place: place.clone(),
        }))
    }

    fn wait(
        &mut self,
        place: &Place,
        about: String,
        signed: &Signed,
        is_continued: bool,
    ) -> Result<Done> {
        let deadline = self.deadline;
        let followed = signed
            .wait(&mut self.net.backend, &mut |_| Instant::now() >= deadline)
            .with_context(|| {
                format!(
                    "{about}: sent as {}, and the same command again continues it",
                    signed.hash()
                )
            })?;
        if followed.answer.is_none() {
            return Err(Stop::TimedOut(format!(
                "{about}: sent as {}, but no answer came in time; the same command again continues it, or see `ddvs query message`",
                signed.hash()
            ))
            .into());
        }
        Ok(Done {
            about,
            hash: signed.hash(),
            answer: followed.answer,
            is_continued,
            place: place.clone(),
        })
    }

    /// Prints the outcome of a request; returns whether it was executed. A refusal is an error.
    pub fn report(&self, done: &Done) -> Result<bool> {
        let refusal = match &done.answer {
            Some(Answer::Refused(rejection)) => Some(format!(
                "{}: refused by {}: {rejection}",
                done.about, rejection.by
            )),
            _ => None,
        };
        let object = object(done);
        match refusal {
            Some(words) if self.output.is_json() => {
                self.output.print(&object, String::new)?;
                eprintln!("error: {words}");
                done.told()?;
                Ok(false)
            }
            Some(words) => {
                done.told()?;
                Err(Stop::Refused(words).into())
            }
            None => {
                let now = self.now()?;
                self.output.print(&object, || human(done, now))?;
                done.told()?;
                Ok(true)
            }
        }
    }
}

impl Session {
    /// Waits for blocks until `look` returns a result, or the patience ends; then returns `None`.
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
