//! Becoming a validator: one step after another, each read from the contracts, so that a repeated command continues.

use anyhow::{Result, bail};
use ddvs_people::standing::Standing;
use ddvs_people::time::Period;
use ddvs_people::validator::{Candidate, Step, Wishes};
use ddvs_people::{Answer, pools};
use ddvs_types::Amount;
use serde_json::json;
use tycho_types::cell::HashBytes;

use super::follow::follow;
use super::words::tell;
use crate::args::ValidatorCreateArgs;
use crate::people::consensus_key;
use crate::people::session::{Session, Signer};
use ddvs_terminal::Stop;

/// Maximum number of messages of becoming a validator: more would mean that a step has no lasting effect.
const MAX_STEPS: usize = 8;

fn nano(amount: Option<Amount>, what: &str) -> Result<Option<u128>> {
    match amount {
        None => Ok(None),
        Some(Amount::Nano(nano)) => Ok(Some(nano)),
        Some(Amount::All) => bail!("ALL is not possible for {what}: write how many coins"),
    }
}

/// Maximum factor by which a period without a unit may exceed the network's own: terms never change, and a value in
/// milliseconds would be a thousand times too long.
const MAX_TIMES: u32 = 100;

/// Parses a period in seconds.
///
/// Fails for a bare number that is implausible as seconds.
fn meant(period: Option<Period>, option: &str, usual: u32) -> Result<Option<u32>> {
    let Some(period) = period else {
        return Ok(None);
    };
    let seconds = period.seconds;
    if period.is_bare && seconds > usual.saturating_mul(MAX_TIMES) {
        bail!(
            "{option} {seconds} s is {} times the network's {usual} s, and a pool's terms never change: if it is meant, write it with its unit, `{option} {seconds}s`",
            seconds / usual.max(1)
        );
    }
    Ok(Some(seconds))
}

/// Returns whether it validates, with all of its stake.
pub fn run(args: &ValidatorCreateArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let chain = args.act.key.chain;
    let params = ddvs_client::handles::params(&session.net.backend, chain)?;
    let wishes = Wishes {
        lock_period: meant(args.lock_period, "--lock-period", params.evidence_window_s)?,
        unlock_period: meant(
            args.unlock_period,
            "--unlock-period",
            params.min_unlock_period_s,
        )?,
        min_stake_nano: nano(args.min_stake, "--min-stake")?,
        nonce: args.nonce,
    };
    let candidate = Candidate::new(
        &session.net.backend,
        session.context(),
        signer.staker.clone(),
        &wishes,
    )?;
    let stake_nano = nano(args.stake, "--stake")?.unwrap_or(params.min_stake_nano.into());
    let root = candidate.root.address().clone();
    // an invalid key is reported before anything else
    let given = args.consensus_key.as_deref();
    given.map(consensus_key::read).transpose()?;
    {
        // messages of an earlier run are part of the plan
        let owner = signer.staker.owner.address().clone();
        let _turn = session.turn(&owner)?;
        session.after_earlier(&owner)?;
    }
    candidate.check_plan(&session.net.backend, session.context(), stake_nano)?;
    let key = {
        let (backend, context) = (&session.net.backend, &session.net.context);
        // a key that another pool has, or that was replaced or removed, cannot be used
        let is_usable = |key: &HashBytes| {
            let holder = pools::holder(backend, context, key, ddvs_client::MASTERCHAIN)?;
            Ok(holder.is_none_or(|holder| {
                holder.root == root && !holder.is_removed && holder.retired_at.is_none()
            }))
        };
        consensus_key::first(&session.home, given, &signer.name, chain, is_usable)?
    };
    candidate.check_key(&session.net.backend, session.context(), &key.key.public)?;
    if key.is_new {
        session.progress.note(&format!(
            "new consensus key {} in {}",
            key.key.public,
            key.path.display()
        ));
    }
    let mut messages = Vec::new();
    let mut synced = false;
    let standing = loop {
        let step = candidate.next_step(
            &session.net.backend,
            session.context(),
            &key.key.pair(),
            stake_nano,
        )?;
        let request = match step {
            Step::Stand(standing) => break standing,
            Step::Sync(_) if synced => {
                let state = candidate.deployed(&session.net.backend)?;
                let context = session.context();
                break ddvs_people::standing::standing(
                    &session.net.backend,
                    context,
                    &root,
                    &state,
                )?;
            }
            Step::Sync(request) => {
                synced = true;
                request
            }
            Step::Send(request) => request,
        };
        if args.act.dry_run {
            session
                .progress
                .note("only the next step can be tried; those after it depend on it");
            return session.dry_run(&request);
        }
        if messages.len() == MAX_STEPS {
            bail!(
                "{MAX_STEPS} messages did not bring the pool {root} further: see `ddvs validator status`"
            );
        }
        let owner = signer.staker.owner.address().clone();
        // the request itself says what is left to do, so its own words find it again
        let words = format!("validator {root} {}", request.about);
        let done = session.carry_out(&owner, &words, !args.act.no_wait, |_| Ok(request))?;
        if let Some(Answer::Refused(_)) = &done.answer {
            return session.report(&done);
        }
        session.book.name_own(&signer.name, &root)?;
        if args.act.no_wait {
            session
                .progress
                .note("the same command again does what comes next, until the pool validates");
            return session.report(&done);
        }
        done.told()?;
        session.progress.note(&format!("{}: done", done.about));
        messages.push(done.hash);
    };
    session.book.name_own(&signer.name, &root)?;
    let standing = settle_in(&mut session, &candidate, &signer, standing)?;
    let steps: Vec<_> = messages.iter().map(ToString::to_string).collect();
    tell(&session, &root, &standing, |object| {
        object["messages"] = json!(steps);
        object["consensus_key"] = key.key.public.to_string().into();
        object["consensus_key_file"] = key.path.display().to_string().into();
    })?;
    Ok(matches!(standing, Standing::Validating { rest: None, .. }))
}

/// Waits until it reaches its final status: in the set, and with all of a large change.
pub fn settle_in(
    session: &mut Session,
    candidate: &Candidate,
    signer: &Signer,
    standing: Standing,
) -> Result<Standing> {
    let standing = await_standing(session, candidate, standing)?;
    if !standing.is_validating() {
        return Ok(standing);
    }
    follow(session, candidate, signer)?;
    let context = session.net.context.clone();
    // the set of the chain is written with the batch, the masterchain's some blocks later
    match candidate.standing(&session.net.backend, &context)? {
        Some(now) => await_standing(session, candidate, now),
        None => Ok(standing),
    }
}

/// Waits while its status progresses by itself.
pub fn await_standing(
    session: &mut Session,
    candidate: &Candidate,
    mut standing: Standing,
) -> Result<Standing> {
    if !standing.passes() {
        return Ok(standing);
    }
    session.progress.doing(&standing.to_string());
    let found = session.wait_for(|session| {
        let context = session.net.context.clone();
        let now = candidate.standing(&session.net.backend, &context)?;
        if let Some(now) = now {
            // the final status is the result
            if now != standing && now.passes() {
                session.progress.doing(&now.to_string());
            }
            standing = now;
        }
        Ok((!standing.passes()).then(|| standing.clone()))
    })?;
    match found {
        Some(found) => Ok(found),
        // the masterchain may be silent: that is no reason to fail
        None if standing.is_validating() => Ok(standing),
        None => Err(Stop::TimedOut(format!(
            "the pool {} is still {standing}; `ddvs validator status` shows when that changes, and the same command again waits on",
            candidate.root.address()
        ))
        .into()),
    }
}
