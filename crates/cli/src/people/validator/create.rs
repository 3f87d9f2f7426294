//! Becoming a validator: one step after another, each looked up in the contracts, so that a repeated command goes on.

use anyhow::{Result, bail};
use ddvs_people::standing::Standing;
use ddvs_people::validator::{Candidate, Step, Wishes};
use ddvs_people::{Amount, Answer, pools};
use serde_json::json;
use tycho_types::cell::HashBytes;

use super::words::tell;
use crate::args::ValidatorCreateArgs;
use crate::people::consensus_key;
use crate::people::session::Session;
use crate::people::stop::Stop;

/// Messages that becoming a validator may take: more would mean that a step does not last.
const MAX_STEPS: usize = 8;

fn nano(amount: Option<Amount>, what: &str) -> Result<Option<u128>> {
    match amount {
        None => Ok(None),
        Some(Amount::Nano(nano)) => Ok(Some(nano)),
        Some(Amount::All) => bail!("ALL is not possible for {what}: write how many coins"),
    }
}

/// Returns whether it validates.
pub fn run(args: &ValidatorCreateArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let chain = args.act.key.chain;
    let wishes = Wishes {
        lock_period: args.lock_period,
        unlock_period: args.unlock_period,
        min_stake_nano: nano(args.min_stake, "--min-stake")?,
        nonce: args.nonce,
    };
    let candidate = Candidate::new(
        &session.net.backend,
        session.site(),
        signer.staker.clone(),
        &wishes,
    )?;
    let least = ddvs_client::handles::params(&session.net.backend, chain)?.min_stake_nano;
    let stake_nano = nano(args.stake, "--stake")?.unwrap_or(least.into());
    let root = candidate.root.address().clone();
    let key = {
        let (backend, site) = (&session.net.backend, &session.net.site);
        // a key that another pool has, or that was removed, is of no use
        let is_usable = |key: &HashBytes| {
            let holder = pools::holder(backend, site, key, ddvs_client::MASTERCHAIN)?;
            Ok(holder.is_none_or(|holder| holder.root == root && !holder.is_removed))
        };
        let given = args.consensus_key.as_deref();
        consensus_key::first(&session.home, given, &signer.name, chain, is_usable)?
    };
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
            session.site(),
            &key.key.pair(),
            stake_nano,
        )?;
        let request = match step {
            Step::Stand(standing) => break standing,
            Step::Sync(_) if synced => {
                let state = candidate.deployed(&session.net.backend)?;
                let site = session.site();
                break ddvs_people::standing::standing(&session.net.backend, site, &root, &state)?;
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
        // the request itself says what is left to be done, so its own words find it again
        let words = format!("validator {root} {}", request.about);
        let done = session.carry_out(&owner, &words, !args.act.no_wait, |_| Ok(request))?;
        if let Some(Answer::Refused(_)) = &done.answer {
            return session.report(&done);
        }
        session.progress.note(&format!("{}: done", done.about));
        session.book.name_own(&signer.name, &root)?;
        if args.act.no_wait {
            return session.report(&done);
        }
        messages.push(done.hash);
    };
    session.book.name_own(&signer.name, &root)?;
    let standing = await_standing(&mut session, &candidate, standing)?;
    let steps: Vec<_> = messages.iter().map(ToString::to_string).collect();
    tell(&session, &root, &standing, |object| {
        object["messages"] = json!(steps);
        object["consensus_key"] = key.key.public.to_string().into();
        object["consensus_key_file"] = key.path.display().to_string().into();
    })
}

/// Waits while it waits for what passes by itself.
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
        let site = session.net.site.clone();
        let now = candidate.standing(&session.net.backend, &site)?;
        if let Some(now) = now {
            // where it has got to in the end is the result
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
