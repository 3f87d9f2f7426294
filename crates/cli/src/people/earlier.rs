//! Earlier messages of an account. Its requests have numbers, and only the next one is accepted: so each waits until
//! the previous one has run, and the outcome of unattended ones is reported.

use std::time::Instant;

use anyhow::Result;
use ddvs_client::{Backend, Live, NodeStatus, getter::unix_time};
use ddvs_people::request::Followed;
use ddvs_people::{Answer, PeopleError, RejectReason, Request, request};
use tycho_types::models::StdAddr;

use super::answered::words;
use super::journal::{self, Entry};
use super::session::Session;
use ddvs_terminal::{Stop, is_refusal};

/// Number of blocks for which the transaction of a used number is searched: the list of transactions may lag behind
/// the accounts.
const LOOKS: usize = 3;

/// Seconds for which an unattended request is kept after its expiry, to report its outcome.
const KEPT_S: u32 = 86_400;

/// Reason why the outcome of a request is unknown.
pub const FORGOTTEN: &str =
    "Its number was used, and the network does not keep that past any more: it may have been done.";

/// State of a request.
pub enum Fate {
    /// It waits for its turn, and can still run.
    Waits,
    /// It ran.
    Ran(Followed),
    /// It will never run.
    Dropped(RejectReason),
    /// Its number was used, and the network does not keep that history any more: it may have run.
    Forgotten,
}

impl Session {
    /// Returns the state of an earlier request. One that can still run is resent: a node may have lost it.
    pub fn fate(&mut self, entry: &Entry) -> Result<Fate> {
        for _ in 0..LOOKS {
            let followed = entry.signed.look(&mut self.net.backend)?;
            if followed.tree.root().transaction().is_some() {
                return Ok(Fate::Ran(followed));
            }
            if let NodeStatus::Dropped(dropped) = &followed.tree.root().status {
                return Ok(Fate::Dropped(RejectReason::NotSent(dropped.exit_code)));
            }
            let account = self.net.backend.account(&entry.signed.owner)?;
            let next = ddvs_client::owner::next_request_seqno(&account);
            if entry.signed.seqno().is_none_or(|seqno| next <= seqno) {
                return self.send_again(entry);
            }
            self.net.backend.next_block()?;
        }
        let used = Some(ddvs_client::owner::exit::SEQNO);
        Ok(match entry.signed.is_outrun(&self.net.backend)? {
            true => Fate::Dropped(RejectReason::NotSent(used)),
            false => Fate::Forgotten,
        })
    }

    fn send_again(&mut self, entry: &Entry) -> Result<Fate> {
        let now = unix_time(self.net.backend.now_ms()?);
        if now > entry.signed.valid_until {
            let expired = Some(ddvs_client::owner::exit::EXPIRED);
            return Ok(Fate::Dropped(RejectReason::NotSent(expired)));
        }
        match entry.signed.send(&self.net.backend) {
            Ok(()) => Ok(Fate::Waits),
            // it may have run since the check
            Err(error) if request::is_void(&error) => Ok(Fate::Waits),
            Err(PeopleError::Client(error)) if error.refusal().is_some() => {
                Ok(Fate::Dropped(RejectReason::NotSent(error.exit_code())))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until everything that an account has sent before has run and reached its receivers.
    ///
    /// Fails when one does not in time.
    pub fn after_earlier(&mut self, owner: &StdAddr) -> Result<()> {
        let entries = journal::of_account(&self.home, &self.net.context, owner)?;
        let now = unix_time(self.net.backend.now_ms()?);
        for entry in entries {
            // it has expired, so it delays nothing; the same command reports its outcome when repeated
            if entry.waited && now > entry.signed.valid_until {
                continue;
            }
            if now > entry.signed.valid_until.saturating_add(KEPT_S) {
                entry.clear()?;
                continue;
            }
            let mut has_told = false;
            loop {
                let fate = self.fate(&entry)?;
                if self.is_through(&entry, &fate)? {
                    break;
                }
                if !has_told {
                    has_told = true;
                    let about = &entry.about;
                    self.progress
                        .doing(&format!("an earlier request must arrive first: {about}"));
                }
                if Instant::now() >= self.deadline || self.net.backend.next_block()?.is_none() {
                    return Err(Stop::TimedOut(format!(
                        "an earlier request of this account must arrive first: {}, sent as {}; give this command again when it has",
                        entry.about,
                        entry.signed.hash()
                    ))
                    .into());
                }
            }
        }
        Ok(())
    }

    /// Whether a request does not delay others. The outcome of an unattended one is reported if it was not executed.
    fn is_through(&self, entry: &Entry, fate: &Fate) -> Result<bool> {
        let followed = match fate {
            Fate::Waits => return Ok(false),
            Fate::Dropped(reason) => {
                // the same command makes it again when repeated
                if !entry.waited {
                    entry.clear()?;
                    let (meaning, _) = reason.words();
                    self.progress.note(&format!(
                        "an earlier request was dropped: {} ({}). {meaning}",
                        entry.about,
                        entry.signed.hash()
                    ));
                }
                return Ok(true);
            }
            Fate::Forgotten => {
                if !entry.waited {
                    entry.clear()?;
                    self.progress.note(&format!(
                        "what became of an earlier request is not known: {} ({}). {FORGOTTEN}",
                        entry.about,
                        entry.signed.hash()
                    ));
                }
                return Ok(true);
            }
            Fate::Ran(followed) => followed,
        };
        if !entry.waited {
            match &followed.answer {
                Some(Answer::Refused(rejection)) => {
                    entry.clear()?;
                    self.progress.note(&format!(
                        "an earlier request was refused by {}: {}: {rejection}",
                        rejection.by, entry.about
                    ));
                    return Ok(true);
                }
                // an equal one would be another one by now
                Some(_) if self.is_old(entry)? => entry.clear()?,
                _ => {}
            }
        }
        // messages that are still in flight then may be so for long
        if self.is_old(entry)? {
            return Ok(true);
        }
        let tree = &followed.tree;
        let mut sent = tree.root().children.iter();
        Ok(sent.all(|child| tree.nodes[*child].status.is_final()))
    }

    /// Whether an equal request is another one: the first one has expired.
    pub fn is_old(&self, entry: &Entry) -> Result<bool> {
        Ok(unix_time(self.net.backend.now_ms()?) > entry.signed.valid_until)
    }

    /// Makes a request by the network's current state. If that does not allow it while earlier requests of the
    /// account have no answer yet, it waits for them, since they may be what is missing.
    pub fn make_after(
        &mut self,
        owner: &StdAddr,
        make: impl Fn(&mut Self) -> Result<Request>,
    ) -> Result<Request> {
        loop {
            let error = match make(self) {
                Ok(request) => return Ok(request),
                Err(error) => error,
            };
            if !is_refusal(&error)
                || !self.are_unanswered(owner)?
                || Instant::now() >= self.deadline
            {
                return Err(error);
            }
            if self.net.backend.next_block()?.is_none() {
                return Err(error);
            }
        }
    }

    fn are_unanswered(&mut self, owner: &StdAddr) -> Result<bool> {
        for entry in journal::of_account(&self.home, &self.net.context, owner)? {
            if self.is_old(&entry)? {
                continue;
            }
            match self.fate(&entry)? {
                Fate::Ran(followed) if followed.answer.is_none() => return Ok(true),
                Fate::Waits => return Ok(true),
                _ => {}
            }
        }
        Ok(false)
    }

    /// Describes an answer that was there before the command was given.
    pub fn earlier_words(&self, answer: &Answer) -> Result<String> {
        Ok(words(answer, self.now()?))
    }
}
