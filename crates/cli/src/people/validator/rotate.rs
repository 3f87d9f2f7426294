//! Replacing the consensus key.

use std::path::{Path, PathBuf};

use anyhow::Result;
use ddvs_people::validator::Candidate;
use ddvs_people::{RejectReason, pools};
use serde_json::json;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::create::await_standing;
use super::{Sent, candidate, send};
use crate::args::ValidatorRotateArgs;
use crate::people::consensus_key::{self, ConsensusKey};
use crate::people::home::{read_json, remove, write_json};
use crate::people::session::{Session, Signer};
use ddvs_terminal::Stop;

/// Returns whether the chains accepted the key.
pub fn run(args: &ValidatorRotateArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.own.act)?;
    let signer = session.signer(&args.own.act.key)?;
    let candidate = candidate(&mut session, &signer, args.own.pool.as_deref())?;
    let root = candidate.root.address().clone();
    let note = Note::of(&session, &root);
    let key = next_key(&session, &signer, &candidate, args, &note)?;
    let public = key.key.public;
    let (current, next) = candidate.keys(&session.net.backend)?;
    let is_in_force = current == Some(public) && next.is_none();
    if is_in_force && note.find()?.is_none() {
        let object = json!({
            "outcome": "nothing_to_do",
            "pool": root.to_string(),
            "key": public.to_string(),
            "key_file": key.path.display().to_string(),
        });
        session.output.print(&object, || {
            let pool = session.book.show(&root);
            format!("{public} is the key of {pool} already: nothing was sent")
        })?;
        return Ok(true);
    }
    if current != Some(public) && next != Some(public) {
        let backend = &session.net.backend;
        candidate.check_rotation(backend, session.context(), &public)?;
        let request = candidate.register(backend, session.context(), &key.key.pair())?;
        let words = format!("validator {root} {}", request.about);
        if !args.own.act.dry_run && !args.own.act.no_wait {
            note.put(&key.path)?;
        }
        let sent = send(&mut session, &args.own.act, &signer, &words, |_| {
            Ok(request)
        })?;
        match sent {
            Sent::Told(told) => {
                note.clear()?;
                return Ok(told);
            }
            Sent::Done(done) => done.told()?,
        }
    }
    await_key(&mut session, &candidate, &public, &note)?;
    if let Some(standing) = candidate.standing(&session.net.backend, &session.net.context)? {
        // the Root has the key some blocks before the set has it
        await_standing(&mut session, &candidate, standing)?;
    }
    let object = json!({
        "outcome": "rotated",
        "pool": root.to_string(),
        "key": public.to_string(),
        "key_file": key.path.display().to_string(),
        "former_key": current.filter(|key| *key != public).map(|key| key.to_string()),
    });
    session.output.print(&object, || {
        format!(
            "the key of {} is {public} now\nits file is {}: give it to the node; the former key can be blamed for the evidence window",
            session.book.show(&root),
            key.path.display()
        )
    })?;
    note.clear()?;
    Ok(true)
}

/// Waits until the Root has the key.
fn await_key(
    session: &mut Session,
    candidate: &Candidate,
    public: &HashBytes,
    note: &Note,
) -> Result<()> {
    session
        .progress
        .doing("waiting until the chains have agreed on the new key");
    let taken = session.wait_for(|session| {
        let (current, next) = candidate.keys(&session.net.backend)?;
        Ok(match (current == Some(*public), next == Some(*public)) {
            (true, _) => Some(true),
            (false, true) => None,
            // the Root forgets a key that the D'Elector refused
            (false, false) => Some(false),
        })
    })?;
    match taken {
        Some(true) => Ok(()),
        Some(false) => {
            note.clear()?;
            let code = candidate.deployed(&session.net.backend)?.last_reason;
            // it forgets a key only with a reason
            let (meaning, advice) = RejectReason::Reason(code.unwrap_or_default()).words();
            Err(Stop::Refused(format!("the new key was refused: {meaning} {advice}")).into())
        }
        None => Err(Stop::TimedOut(format!(
            "the key {public} is registered, but the chains have not agreed on it in time; the same command again waits on"
        ))
        .into()),
    }
}

/// Returns the key to which a pool is changing: an interrupted command continues with it, even if it is in force by
/// then.
struct Note {
    path: PathBuf,
}

impl Note {
    fn of(session: &Session, root: &StdAddr) -> Self {
        let dir = session.home.network(&session.context().network.genesis);
        let name = format!("{}.{}.json", root.address, root.workchain);
        Self {
            path: dir.join("rotations").join(name),
        }
    }

    /// File of the key.
    fn find(&self) -> Result<Option<PathBuf>> {
        read_json(&self.path)
    }

    fn put(&self, key: &Path) -> Result<()> {
        write_json(&self.path, &std::path::absolute(key)?)
    }

    fn clear(&self) -> Result<()> {
        remove(&self.path)
    }
}

/// Returns the file given, or one that was created for this and is not in force yet, or a new one.
fn next_key(
    session: &Session,
    signer: &Signer,
    candidate: &Candidate,
    args: &ValidatorRotateArgs,
    note: &Note,
) -> Result<ConsensusKey> {
    let (backend, context) = (&session.net.backend, &session.net.context);
    let (current, next) = candidate.keys(backend)?;
    let is_usable = |key: &HashBytes| {
        if next == Some(*key) {
            return Ok(true);
        }
        let holder = pools::holder(backend, context, key, ddvs_client::MASTERCHAIN)?;
        Ok(current != Some(*key) && holder.is_none())
    };
    let given = args.consensus_key.as_deref();
    if let Some(path) = note.find()?
        && path.exists()
        && given.is_none_or(|given| std::path::absolute(given).is_ok_and(|given| given == path))
    {
        let key = consensus_key::read(&path)?;
        if current == Some(key.key.public) || is_usable(&key.key.public)? {
            return Ok(key);
        }
    }
    let chain = signer.staker.chain();
    consensus_key::first(&session.home, given, &signer.name, chain, is_usable)
}
