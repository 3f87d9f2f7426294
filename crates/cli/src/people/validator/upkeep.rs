//! Adding own stake, and paying out a pool's surplus.

use anyhow::{Result, bail};
use ddvs_people::{Answer, simulate};
use ddvs_types::{Amount, coins};

use super::create::settle_in;
use super::words::tell;
use super::{Sent, candidate, send};
use crate::args::{ValidatorPoolArgs, ValidatorTopUpArgs};
use crate::people::answered::object;
use crate::people::session::Session;
use ddvs_terminal::Stop;

/// Adds to the owner's stake. Returns whether the validator validates.
pub fn top_up(args: &ValidatorTopUpArgs) -> Result<bool> {
    let Amount::Nano(amount_nano) = args.amount else {
        bail!("ALL is not possible here: write how many coins");
    };
    let mut session = Session::for_act(&args.own.act)?;
    let signer = session.signer(&args.own.act.key)?;
    let candidate = candidate(&mut session, &signer, args.own.pool.as_deref())?;
    let root = candidate.root.address().clone();
    let owner = signer.staker.owner.address().clone();
    let words = format!("validator {root} top-up {amount_nano}");
    let sent = send(&mut session, &args.own.act, &signer, &words, |session| {
        session.make_after(&owner, |session| {
            let (backend, context) = (&session.net.backend, session.context());
            Ok(candidate.top_up(backend, context, amount_nano)?)
        })
    })?;
    let done = match sent {
        Sent::Told(told) => return Ok(told),
        Sent::Done(done) => done,
    };
    let context = session.net.context.clone();
    let Some(standing) = candidate.standing(&session.net.backend, &context)? else {
        bail!("the pool {root} no longer exists");
    };
    let standing = settle_in(&mut session, &candidate, &signer, standing)?;
    let state = candidate.deployed(&session.net.backend)?;
    let is_validating = tell(&session, &root, &standing, |object| {
        object["added_nano"] = amount_nano.to_string().into();
        object["owner_active_nano"] = state.owner_active.to_string().into();
        object["counted_nano"] = state.counted.to_string().into();
    })?;
    done.told()?;
    Ok(is_validating)
}

/// Pays out the pool's surplus. Returns whether it arrived.
pub fn take_surplus(args: &ValidatorPoolArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let candidate = candidate(&mut session, &signer, args.pool.as_deref())?;
    let root = candidate.root.address().clone();
    let owner = signer.staker.owner.address().clone();
    let request = candidate.take_surplus(&session.net.backend)?;
    if args.act.dry_run {
        return session.dry_run(&request);
    }
    let values = request.messages.iter().map(|message| message.value_nano);
    let attached_nano: u128 = values.sum();
    let words = format!("validator {root} take-surplus");
    let done = session.carry_out(&owner, &words, !args.act.no_wait, |session| {
        // only the contract knows whether there is any: it is emulated first, since a refusal costs fees
        let tried = simulate(&session.net.backend, session.context(), &request)?;
        let Some(Answer::Refused(rejection)) = &tried.answer else {
            return Ok(request);
        };
        let (meaning, _) = rejection.reason.words();
        Err(Stop::Refused(format!(
            "{}: {meaning} Nothing was sent; what it keeps can be taken once it is closed and nobody has coins with it",
            request.about
        ))
        .into())
    })?;
    let Some(Answer::Paid { amount_nano }) = done.answer else {
        return session.report(&done);
    };
    let mut object = object(&done);
    object["pool"] = root.to_string().into();
    object["attached_nano"] = attached_nano.to_string().into();
    session.output.print(&object, || {
        format!(
            "{}: {} coins came to {owner}, with what is left of the {} that were attached",
            session.book.show(&root),
            coins(amount_nano),
            coins(attached_nano)
        )
    })?;
    done.told()?;
    Ok(true)
}
