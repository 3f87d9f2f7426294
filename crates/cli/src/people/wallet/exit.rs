//! `ddvs wallet exit`: releases what may leave pools, and pays it out with the free coins.

use anyhow::{Result, bail};
use ddvs_contracts::storage::{Position, times};
use ddvs_people::staker::WalletView;
use ddvs_people::{Answer, Request};
use ddvs_types::{Amount, coins};
use serde_json::json;
use tycho_types::models::StdAddr;

use super::super::act::Done;
use super::super::answered::object;
use super::super::output::fields;
use super::super::session::Session;
use super::super::time;
use crate::args::WalletExitArgs;
use ddvs_terminal::{Stop, is_refusal};

/// Returns whether the coins arrived.
pub fn run(args: &WalletExitArgs) -> Result<bool> {
    if args.act.no_wait {
        bail!(
            "--no-wait is not possible here: what is freed has to be there before it is paid out"
        );
    }
    let mut session = Session::for_act(&args.act)?;
    let only = match &args.pool {
        Some(text) => Some(session.find_pool(text)?),
        None => None,
    };
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker;
    let owner = staker.owner.address().clone();
    let now = session.now()?;
    let view = staker.view(&session.net.backend)?;
    let positions = view.positions.iter();
    let named = positions.filter(|(root, _)| only.as_ref().is_none_or(|only| only == root));
    let mut due = Vec::new();
    let mut held = None;
    for (root, _) in named.filter(|(_, position)| is_due(position, now)) {
        // an obstacle in one pool does not affect the coins of the others
        match staker.settle(&session.net.backend, session.context(), root) {
            Ok(_) => due.push(root.clone()),
            Err(error) if error.is_refusal() => {
                let words = format!("{}: {error}", session.book.show(root));
                session.progress.note(&words);
                held.get_or_insert(words);
            }
            Err(error) => return Err(error.into()),
        }
    }
    if due.is_empty() && view.free_nano == 0 {
        let words = held.unwrap_or_else(|| nothing(&view, only.as_ref(), now));
        return Err(Stop::Refused(words).into());
    }
    let mut settled = Vec::new();
    for root in due {
        let words = format!("wallet settle {root}");
        if args.act.dry_run {
            session
                .progress
                .note("only the first step can be tried; those after it depend on it");
            let request = staker.settle(&session.net.backend, session.context(), &root)?;
            return session.dry_run(&request);
        }
        let (done, freed_nano) = step(&mut session, &owner, &words, |session| {
            let (backend, context) = (&session.net.backend, &session.net.context);
            Ok(staker.settle(backend, context, &root)?)
        })?;
        match freed_nano {
            Some(nano) => settled.push((root, nano)),
            None => return session.report(&done),
        }
    }
    if args.act.dry_run {
        let request = staker.withdraw(&session.net.backend, Amount::All)?;
        return session.dry_run(&request);
    }
    let (done, paid_nano) = step(&mut session, &owner, "wallet withdraw ALL", |session| {
        Ok(staker.withdraw(&session.net.backend, Amount::All)?)
    })?;
    let Some(paid_nano) = paid_nano else {
        return session.report(&done);
    };
    let mut object = object(&done);
    object["amount_nano"] = paid_nano.to_string().into();
    let rows: Vec<_> = settled
        .iter()
        .map(|(root, nano)| json!({ "pool": root.to_string(), "released_nano": nano.to_string() }))
        .collect();
    object["settled"] = rows.into();
    let left = staker.view(&session.net.backend)?;
    object["held_nano"] = left.held_nano.to_string().into();
    session.output.print(&object, || {
        let mut rows: Vec<_> = settled
            .iter()
            .map(|(root, nano)| {
                let pool = session.book.show(root);
                ("released", format!("{} coins from {pool}", coins(*nano)))
            })
            .collect();
        rows.push((
            "paid out",
            format!("{} coins came to {owner}", coins(paid_nano)),
        ));
        if left.held_nano > 0 {
            rows.push(("left", format!("{} coins in pools", coins(left.held_nano))));
        }
        fields(&rows)
    })?;
    Ok(true)
}

/// Executes a step, and repeats it where an earlier command had sent it, since more may have become free. Returns the
/// coins that it moved in total; `None` if it was refused.
fn step(
    session: &mut Session,
    owner: &StdAddr,
    words: &str,
    make: impl Fn(&mut Session) -> Result<Request>,
) -> Result<(Done, Option<u128>)> {
    let mut moved_nano = 0;
    let mut done = session.carry_out(owner, words, true, &make)?;
    loop {
        let Some(Answer::Released { amount_nano, .. } | Answer::Paid { amount_nano }) = done.answer
        else {
            return Ok((done, None));
        };
        done.told()?;
        moved_nano += amount_nano;
        if !done.is_continued {
            return Ok((done, Some(moved_nano)));
        }
        done = match session.carry_out(owner, words, true, &make) {
            Ok(next) => next,
            // nothing became free since
            Err(error) if is_refusal(&error) => return Ok((done, Some(moved_nano))),
            Err(error) => return Err(error),
        };
    }
}

/// Whether coins of a position may leave by now.
fn is_due(position: &Position, now: u32) -> bool {
    times(&position.unlocking).any(|(at, _)| at <= now)
}

/// Describes why nothing can leave, and when something will.
fn nothing(view: &WalletView, only: Option<&StdAddr>, now: u32) -> String {
    let next = view
        .positions
        .iter()
        .filter(|(root, _)| only.is_none_or(|only| only == root))
        .flat_map(|(_, position)| times(&position.unlocking))
        .min();
    match next {
        Some((at, nano)) => format!(
            "no coins can leave yet: the next are {} from {} on",
            coins(nano),
            time::until(at, now)
        ),
        None if view.held_nano > 0 => format!(
            "no coins can leave: {} are in pools, and none unlocks; take them back first with `ddvs wallet unstake`",
            coins(view.held_nano)
        ),
        None => format!("the wallet {} has no coins that can leave", view.address),
    }
}
