//! `ddvs wallet sync`: makes a pool request again what does not count yet.

use anyhow::Result;
use ddvs_people::Answer;
use ddvs_people::counting::Counting;
use ddvs_people::pools;
use ddvs_people::upkeep::{Counted, counted, sync};
use ddvs_types::coins;
use serde_json::json;
use tycho_types::models::StdAddr;

use super::super::session::Session;
use super::own_pool;
use crate::args::WalletPoolArgs;
use ddvs_terminal::Stop;

/// Returns whether all of the pool's stake counts.
pub fn run(args: &WalletPoolArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let (address, mut signer) = match &args.pool {
        Some(text) => (session.find_pool(text)?, None),
        None => {
            let signer = session.signer(&args.act.key)?;
            (own_pool(&mut session, &signer, None)?, Some(signer))
        }
    };
    let root = pools::fetch(&session.net.backend, session.context(), &address)?;
    let pool = Counting::read(&session.net.backend, &root)?;
    match counted(&pool) {
        Some(Counted::Whole) => return tell(&session, &address, &pool, "nothing_to_do"),
        Some(Counted::Asking) => {}
        None => {
            // a named pool that needs nothing takes no key
            let signer = match signer.take() {
                Some(signer) => signer,
                None => session.signer(&args.act.key)?,
            };
            let payer = signer.staker.owner;
            if args.act.dry_run {
                let request = sync(&session.net.backend, session.context(), &payer, &root)?;
                return session.dry_run(&request);
            }
            let owner = payer.address().clone();
            let words = format!("wallet sync {address}");
            let done = session.carry_out(&owner, &words, !args.act.no_wait, |session| {
                Ok(sync(
                    &session.net.backend,
                    session.context(),
                    &payer,
                    &root,
                )?)
            })?;
            if args.act.no_wait || matches!(done.answer, Some(Answer::Refused(_))) {
                return session.report(&done);
            }
            done.told()?;
        }
    }
    session
        .progress
        .doing("waiting until the chains have answered the pool");
    let settled = session.wait_for(|session| {
        let pool = Counting::read(&session.net.backend, &root)?;
        Ok(pool.flight_nano().is_none().then_some(pool))
    })?;
    let Some(pool) = settled else {
        return Err(Stop::TimedOut(format!(
            "the pool {address} has asked, and the chains have not answered it in time; the same command again waits on"
        ))
        .into());
    };
    tell(&session, &address, &pool, "synced")
}

fn tell(session: &Session, address: &StdAddr, pool: &Counting, outcome: &str) -> Result<bool> {
    let (counts, has) = (pool.counted_nano(), pool.active_nano());
    let is_whole = counted(pool) == Some(Counted::Whole) && (counts == has || pool.state.closed);
    let object = json!({
        "outcome": outcome,
        "pool": address.to_string(),
        "counted_nano": counts.to_string(),
        "stake_nano": has.to_string(),
        "is_whole": is_whole,
    });
    session.output.print(&object, || {
        let name = session.book.show(address);
        match (is_whole, pool.state.closed) {
            (true, true) => format!("{name} is closed, and counts for nothing any more"),
            (true, false) => format!("all {} coins with {name} count", coins(has)),
            (false, true) => format!(
                "{name} is closed, and {} coins of it still count: a large change goes in parts, and the last validators stay until others come; the same command again asks on",
                coins(counts)
            ),
            (false, false) if pool.desired_nano() == counts => {
                let why = pool.idle_words(has);
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                format!(
                    "{} of {} coins with {name} count, and asking brings no more{why}",
                    coins(counts),
                    coins(has)
                )
            }
            (false, false) => format!(
                "{} of {} coins with {name} count: a large change goes in parts; the same command again asks on",
                coins(counts),
                coins(has)
            ),
        }
    })?;
    Ok(is_whole)
}
