//! More of the own stake, and what a pool has gathered.

use anyhow::{Result, bail};
use ddvs_people::{Amount, Answer, coins, simulate};
use serde_json::json;

use super::create::settle_in;
use super::words::tell;
use super::{Sent, candidate, send};
use crate::args::{ValidatorSurplusArgs, ValidatorTopUpArgs};
use crate::people::answered::answer_object;
use crate::people::session::Session;
use crate::people::stop::Stop;

/// Adds to the own stake. Returns whether the validator validates.
pub fn top_up(args: &ValidatorTopUpArgs) -> Result<bool> {
    let Amount::Nano(amount_nano) = args.amount else {
        bail!("ALL is not possible here: write how many coins");
    };
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let candidate = candidate(&mut session, &signer, args.pool.as_deref())?;
    let root = candidate.root.address().clone();
    let request = candidate.top_up(&session.net.backend, session.site(), amount_nano)?;
    let words = format!("validator {root} top-up {amount_nano}");
    if let Sent::Told(told) = send(&mut session, &args.act, &signer, &words, request)? {
        return Ok(told);
    }
    let site = session.net.site.clone();
    let Some(standing) = candidate.standing(&session.net.backend, &site)? else {
        bail!("the pool {root} has gone");
    };
    let standing = settle_in(&mut session, &candidate, &signer, standing)?;
    let state = candidate.deployed(&session.net.backend)?;
    tell(&session, &root, &standing, |object| {
        object["added_nano"] = amount_nano.to_string().into();
        object["owner_active_nano"] = state.owner_active.to_string().into();
        object["counted_nano"] = state.counted.to_string().into();
    })
}

/// Pays out what the pool has beyond what it must keep. Returns whether it came.
pub fn take_surplus(args: &ValidatorSurplusArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let candidate = candidate(&mut session, &signer, args.pool.as_deref())?;
    let root = candidate.root.address().clone();
    let owner = signer.staker.owner.address().clone();
    let request = candidate.take_surplus(&session.net.backend)?;
    if args.act.dry_run {
        return session.dry_run(&request);
    }
    // only the contract knows whether there is any: it is asked here first, since a refusal costs fees
    let tried = simulate(&session.net.backend, session.site(), &request)?;
    if let Some(Answer::Refused(no)) = &tried.answer {
        let (meaning, _) = no.why.words();
        return Err(Stop::Refused(format!(
            "{}: {meaning} Nothing was sent; what it keeps can be taken once it is closed and nobody has coins with it",
            request.about
        ))
        .into());
    }
    let attached_nano = tried.attached_nano;
    let words = format!("validator {root} take-surplus");
    let done = session.carry_out(&owner, &words, !args.act.no_wait, |_| Ok(request))?;
    let Some(Answer::Paid { amount_nano }) = done.answer else {
        return session.report(&done);
    };
    let mut object = answer_object(done.answer.as_ref());
    object["pool"] = root.to_string().into();
    object["attached_nano"] = attached_nano.to_string().into();
    object["message"] = json!(done.hash.to_string());
    session.output.print(&object, || {
        format!(
            "{}: {} coins came to {owner}, with what is left of the {} that were attached",
            session.book.show(&root),
            coins(amount_nano),
            coins(attached_nano)
        )
    })?;
    Ok(true)
}
