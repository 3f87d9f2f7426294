//! Leaving the set for good.

use anyhow::Result;
use ddvs_people::standing::Standing;

use super::words::tell;
use super::{Sent, candidate, send};
use crate::args::ValidatorCloseArgs;
use crate::people::session::Session;
use crate::people::stop::Stop;

/// Returns whether it has left.
pub fn run(args: &ValidatorCloseArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let candidate = candidate(&mut session, &signer, args.pool.as_deref())?;
    let root = candidate.root.address().clone();
    if let Some(request) = candidate.close(&session.net.backend)? {
        let words = format!("validator {root} close");
        if let Sent::Told(told) = send(&mut session, &args.act, &signer, &words, request)? {
            return Ok(told);
        }
    }
    session
        .progress
        .doing("waiting until it counts for nothing");
    let mut last = None;
    let left = session.wait_for(|session| {
        let state = candidate.deployed(&session.net.backend)?;
        let site = session.net.site.clone();
        let standing = ddvs_people::standing::standing(&session.net.backend, &site, &root, &state)?;
        let is_over = match standing {
            Standing::Closed { counted_nano: 0 } | Standing::Removed => true,
            // refused, or not all of it left: the last validators keep the least
            _ => state.flight.is_none() && (state.last_reason.is_some() || state.overcounted),
        };
        last = Some(standing.clone());
        Ok(is_over.then_some(standing))
    })?;
    let Some(standing) = left else {
        let stands = last.map_or_else(String::new, |standing| standing.to_string());
        return Err(Stop::TimedOut(format!(
            "the pool {root} is {stands}; the same command again waits on"
        ))
        .into());
    };
    tell(&session, &root, &standing, |_| {})?;
    Ok(matches!(
        standing,
        Standing::Closed { counted_nano: 0 } | Standing::Removed
    ))
}
