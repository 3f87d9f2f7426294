//! Another consensus key in place of the present one.

use anyhow::Result;
use ddvs_people::pools;
use ddvs_people::validator::Candidate;
use serde_json::json;
use tycho_types::cell::HashBytes;

use super::{Sent, candidate, send};
use crate::args::ValidatorRotateArgs;
use crate::people::consensus_key::{self, ConsensusKey};
use crate::people::session::{Session, Signer};
use crate::people::stop::Stop;

/// Returns whether the chains took the key.
pub fn run(args: &ValidatorRotateArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let candidate = candidate(&mut session, &signer, args.pool.as_deref())?;
    let root = candidate.root.address().clone();
    let key = next_key(&session, &signer, &candidate, args)?;
    let public = key.key.public;
    let (current, next) = candidate.keys(&session.net.backend)?;
    if current != Some(public) && next != Some(public) {
        let backend = &session.net.backend;
        let request = candidate.register(backend, session.site(), &key.key.pair())?;
        let words = format!("validator {root} {}", request.about);
        if let Sent::Told(told) = send(&mut session, &args.act, &signer, &words, request)? {
            return Ok(told);
        }
    }
    session
        .progress
        .doing("waiting until the chains have agreed on the new key");
    let taken = session.wait_for(|session| {
        let (current, next) = candidate.keys(&session.net.backend)?;
        Ok(match (current == Some(public), next == Some(public)) {
            (true, _) => Some(true),
            (false, true) => None,
            // the Root forgets a key that the D'Elector refused
            (false, false) => Some(false),
        })
    })?;
    match taken {
        Some(true) => {}
        Some(false) => {
            let code = candidate.deployed(&session.net.backend)?.last_reason;
            let why = ddvs_people::Why::Reason(code).words();
            return Err(
                Stop::Refused(format!("the new key was refused: {} {}", why.0, why.1)).into(),
            );
        }
        None => {
            return Err(Stop::TimedOut(format!(
                "the key {public} is registered, but the chains have not agreed on it in time; the same command again waits on"
            ))
            .into());
        }
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
    Ok(true)
}

/// The file given, or one that was made for this and is not in force yet, or a new one.
fn next_key(
    session: &Session,
    signer: &Signer,
    candidate: &Candidate,
    args: &ValidatorRotateArgs,
) -> Result<ConsensusKey> {
    let (backend, site) = (&session.net.backend, &session.net.site);
    let (current, next) = candidate.keys(backend)?;
    let is_usable = |key: &HashBytes| {
        if next == Some(*key) {
            return Ok(true);
        }
        let holder = pools::holder(backend, site, key, ddvs_client::MASTERCHAIN)?;
        Ok(current != Some(*key) && holder.is_none())
    };
    let chain = signer.staker.chain();
    let given = args.consensus_key.as_deref();
    consensus_key::first(&session.home, given, &signer.name, chain, is_usable)
}
