//! `ddvs validator`: becoming a validator, maintaining it, leaving.

mod close;
mod create;
mod follow;
mod list;
mod rotate;
mod upkeep;
mod words;

pub use words::{pool_human, pool_object};

use anyhow::Result;
use ddvs_client::Live;
use ddvs_people::pools::{self, Pool};
use ddvs_people::validator::Candidate;
use ddvs_people::{Answer, PeopleError, Request};
use tycho_types::models::StdAddr;

use super::act::Done;
use super::session::{Session, Signer};
use crate::args::{ActArgs, ValidatorCommand, ValidatorStatusArgs};

/// Returns whether it was done.
pub fn run(command: &ValidatorCommand) -> Result<bool> {
    match command {
        ValidatorCommand::Create(args) => create::run(args),
        ValidatorCommand::Status(args) => status(args),
        ValidatorCommand::List(args) => list::run(args),
        ValidatorCommand::TopUp(args) => upkeep::top_up(args),
        ValidatorCommand::TakeSurplus(args) => upkeep::take_surplus(args),
        ValidatorCommand::RotateKey(args) => rotate::run(args),
        ValidatorCommand::Close(args) => close::run(args),
    }
}

fn status(args: &ValidatorStatusArgs) -> Result<bool> {
    let mut session = Session::open(&args.ask.connect, &args.ask.output, 30)?;
    let address = match &args.pool {
        Some(text) => session.find_pool(text)?,
        None => {
            let viewer = session.viewer(&args.who)?;
            session.pool_of(&viewer.name, &viewer.owner)?
        }
    };
    let pool = Pool::read(&session.net.backend, session.context(), &address)?;
    session.output.print(&pool_object(&session, &pool), || {
        pool_human(&session, &pool)
    })?;
    Ok(pool.standing.is_validating())
}

/// Returns the named pool, or the one that the key owns on its chain.
fn own_pool(session: &mut Session, signer: &Signer, named: Option<&str>) -> Result<StdAddr> {
    if let Some(text) = named {
        return session.find_pool(text);
    }
    session.pool_of(&signer.name, signer.staker.owner.address())
}

/// Returns the pool for its owner.
fn candidate(session: &mut Session, signer: &Signer, named: Option<&str>) -> Result<Candidate> {
    let address = own_pool(session, signer, named)?;
    let (backend, context) = (&session.net.backend, &session.net.context);
    if backend.account(&address)?.data().is_none() {
        return Err(PeopleError::cannot(
            format!("there is no pool at {address}"),
            "make one with `ddvs validator create`, or name yours with --pool",
        )
        .into());
    }
    let root = pools::fetch(backend, context, &address)?;
    let owner = signer.staker.owner.address();
    if root.terms().owner != *owner {
        return Err(PeopleError::cannot(
            format!(
                "the pool {address} belongs to {}, not to {owner}",
                root.terms().owner
            ),
            "use its owner's key and chain",
        )
        .into());
    }
    Ok(Candidate {
        staker: signer.staker.clone(),
        root,
    })
}

/// Sends a request of the pool's owner and waits for its answer, or emulates it. `make` builds it once all earlier
/// messages of the owner have arrived.
fn send(
    session: &mut Session,
    args: &ActArgs,
    signer: &Signer,
    words: &str,
    make: impl FnOnce(&mut Session) -> Result<Request>,
) -> Result<Sent> {
    if args.dry_run {
        let request = make(session)?;
        return session.dry_run(&request).map(Sent::Told);
    }
    let owner = signer.staker.owner.address().clone();
    let done = session.carry_out(&owner, words, !args.no_wait, make)?;
    let is_refused = matches!(done.answer, Some(Answer::Refused(_)));
    if is_refused || args.no_wait {
        return session.report(&done).map(Sent::Told);
    }
    Ok(Sent::Done(done))
}

enum Sent {
    /// Reported to the user: nothing more is to be done.
    Told(bool),
    /// Executed; the command continues.
    Done(Done),
}
