//! Leaving the set permanently.

use anyhow::Result;
use ddvs_people::standing::{Leaving, Standing};

use super::follow::follow;
use super::words::tell;
use super::{Sent, candidate, send};
use crate::args::ValidatorPoolArgs;
use crate::people::session::Session;

/// Returns whether it has left.
pub fn run(args: &ValidatorPoolArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let candidate = candidate(&mut session, &signer, args.pool.as_deref())?;
    let root = candidate.root.address().clone();
    if let Some(request) = candidate.close(&session.net.backend, session.context())? {
        let words = format!("validator {root} close");
        let sent = send(&mut session, &args.act, &signer, &words, |_| Ok(request))?;
        match sent {
            Sent::Told(told) => return Ok(told),
            Sent::Done(done) => done.told()?,
        }
    }
    session
        .progress
        .doing("waiting until it counts for nothing");
    follow(&mut session, &candidate, &signer)?;
    let state = candidate.deployed(&session.net.backend)?;
    let standing =
        ddvs_people::standing::standing(&session.net.backend, session.context(), &root, &state)?;
    tell(&session, &root, &standing, |_| {})?;
    Ok(matches!(
        standing,
        Standing::Closed {
            leaving: Leaving::Left,
            ..
        } | Standing::Removed { .. }
    ))
}
