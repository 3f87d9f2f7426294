//! `ddvs validator`: becoming one, being one, leaving.

use anyhow::{Result, bail};
use ddvs_client::Backend;
use ddvs_people::pools::{self, Pool};
use ddvs_people::standing::{Standing, Wait};
use ddvs_people::validator::{Candidate, Step, Wishes};
use ddvs_people::{Amount, PeopleError, coins};
use serde_json::{Value, json};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::consensus_key::{self, ConsensusKey};
use super::output::{chain_name, fields};
use super::session::{Session, Signer};
use super::stop::Stop;
use super::time;
use crate::args::{
    ActArgs, ValidatorCloseArgs, ValidatorCommand, ValidatorCreateArgs, ValidatorRotateArgs,
    ValidatorStatusArgs,
};

/// Messages that becoming a validator may take: more would mean that a step does not last.
const MAX_STEPS: usize = 8;

/// Returns whether it was done.
pub fn run(command: &ValidatorCommand) -> Result<bool> {
    match command {
        ValidatorCommand::Create(args) => create(args),
        ValidatorCommand::Status(args) => status(args),
        ValidatorCommand::RotateKey(args) => rotate(args),
        ValidatorCommand::Close(args) => close(args),
    }
}

fn nano(amount: Option<Amount>, what: &str) -> Result<Option<u128>> {
    match amount {
        None => Ok(None),
        Some(Amount::Nano(nano)) => Ok(Some(nano)),
        Some(Amount::All) => bail!("ALL is not possible for {what}: write how many coins"),
    }
}

fn create(args: &ValidatorCreateArgs) -> Result<bool> {
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
        if let Some(ddvs_people::Answer::Refused(_)) = &done.answer {
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
fn await_standing(
    session: &mut Session,
    candidate: &Candidate,
    mut standing: Standing,
) -> Result<Standing> {
    let passes = |standing: &Standing| match standing {
        Standing::Waiting(wait) => wait.passes(),
        _ => false,
    };
    if !passes(&standing) {
        return Ok(standing);
    }
    session.progress.doing(&standing.to_string());
    let found = session.wait_for(|session| {
        let site = session.net.site.clone();
        let now = candidate.standing(&session.net.backend, &site)?;
        if let Some(now) = now {
            if now != standing {
                session.progress.doing(&now.to_string());
            }
            standing = now;
        }
        Ok((!passes(&standing)).then(|| standing.clone()))
    })?;
    match found {
        Some(found) => Ok(found),
        None => Err(Stop::TimedOut(format!(
            "the pool {} is still {standing}; `ddvs validator status` shows when that changes, and the same command again waits on",
            candidate.root.address()
        ))
        .into()),
    }
}

/// Prints where a validator stands; whether it validates.
fn tell(
    session: &Session,
    root: &StdAddr,
    standing: &Standing,
    add: impl FnOnce(&mut Value),
) -> Result<bool> {
    let mut object = standing_object(standing);
    object["pool"] = root.to_string().into();
    object["name"] = session.book.name(root).into();
    add(&mut object);
    session.output.print(&object, || {
        format!("{} ({root})\n{standing}", session.book.show(root))
    })?;
    Ok(standing.is_validating())
}

/// Where a validator stands, as JSON.
pub fn standing_object(standing: &Standing) -> Value {
    let mut object = json!({ "standing": standing.name(), "words": standing.to_string() });
    match standing {
        Standing::Validating {
            weight,
            main_weight,
        } => {
            object["weight"] = (*weight).into();
            object["is_main"] = main_weight.is_some().into();
        }
        Standing::Waiting(wait) => {
            object["waits_for"] = wait.name().into();
            if let Wait::Refused(code) = wait {
                object["reason"] = (*code).into();
            }
        }
        Standing::Closed { counted_nano } => {
            object["counted_nano"] = counted_nano.to_string().into();
        }
        Standing::Removed => {}
    }
    object
}

/// The pool named, or the one that the key owns on its chain.
fn own_pool(session: &mut Session, signer: &Signer, named: Option<&str>) -> Result<StdAddr> {
    if let Some(text) = named {
        return session.find_pool(text);
    }
    let owner = signer.staker.owner.address();
    // the latest first
    for address in session.book.own(&signer.name).into_iter().rev() {
        if address.workchain == owner.workchain {
            return Ok(address);
        }
    }
    let wishes = Wishes::default();
    let candidate = Candidate::new(
        &session.net.backend,
        session.site(),
        signer.staker.clone(),
        &wishes,
    )?;
    Ok(candidate.root.address().clone())
}

/// The pool as its owner has it.
fn candidate(session: &mut Session, signer: &Signer, named: Option<&str>) -> Result<Candidate> {
    let address = own_pool(session, signer, named)?;
    let (backend, site) = (&session.net.backend, &session.net.site);
    if backend.account(&address)?.data().is_none() {
        return Err(PeopleError::cannot(
            format!("there is no pool at {address}"),
            "make one with `ddvs validator create`, or name yours with --pool",
        )
        .into());
    }
    let root = pools::fetch(backend, site, &address)?;
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

fn status(args: &ValidatorStatusArgs) -> Result<bool> {
    let mut session = Session::open(&args.connect, &args.output, 30)?;
    let address = match &args.pool {
        Some(text) => session.find_pool(text)?,
        None => {
            let signer = session.signer(&args.key)?;
            own_pool(&mut session, &signer, None)?
        }
    };
    let pool = Pool::read(&session.net.backend, session.site(), &address)?;
    session.output.print(&pool_object(&session, &pool), || {
        pool_human(&session, &pool)
    })?;
    Ok(pool.standing.is_validating())
}

/// A pool as JSON.
pub fn pool_object(session: &Session, pool: &Pool) -> Value {
    let mut object = standing_object(&pool.standing);
    let (terms, state) = (pool.terms(), &pool.state);
    let address = pool.root.address();
    object["pool"] = address.to_string().into();
    object["name"] = session.book.name(address).into();
    object["chain"] = address.workchain.into();
    object["owner"] = terms.owner.to_string().into();
    object["key"] = json!(pool.key.map(|key| key.to_string()));
    object["next_key"] = json!(pool.next_key.map(|key| key.to_string()));
    object["stake_nano"] = pool.active_nano().to_string().into();
    object["counted_nano"] = state.counted.to_string().into();
    object["owner_active_nano"] = state.owner_active.to_string().into();
    object["owner_unlocking_nano"] = state.owner_unlocking.to_string().into();
    object["users_active_nano"] = state.users_active.to_string().into();
    object["users_unlocking_nano"] = state.users_unlocking.to_string().into();
    object["in_flight"] = state.flight.is_some().into();
    object["lock_period_s"] = terms.lock_period.into();
    object["unlock_period_s"] = terms.unlock_period.into();
    object["min_stake_nano"] = terms.min_stake.to_string().into();
    object["nonce"] = terms.nonce.to_string().into();
    object["balance_nano"] = pool.balance_nano.to_string().into();
    object
}

/// A pool for people.
pub fn pool_human(session: &Session, pool: &Pool) -> String {
    let (terms, state) = (pool.terms(), &pool.state);
    let address = pool.root.address();
    let key = |key: Option<HashBytes>| key.map_or("none".to_owned(), |key| key.to_string());
    let mut rows = vec![
        ("pool", session.book.show(address)),
        ("address", address.to_string()),
        ("chain", chain_name(address.workchain)),
        ("owner", terms.owner.to_string()),
        ("standing", pool.standing.to_string()),
        ("consensus key", key(pool.key)),
    ];
    if pool.next_key.is_some() {
        rows.push(("next key", key(pool.next_key)));
    }
    let part = |active: u128, leaving: u128| {
        format!("{} coins, and {} unlocking", coins(active), coins(leaving))
    };
    rows.extend([
        (
            "counted",
            format!(
                "{} of {} coins",
                coins(state.counted.into_inner()),
                coins(pool.active_nano())
            ),
        ),
        (
            "owner's stake",
            part(
                state.owner_active.into_inner(),
                state.owner_unlocking.into_inner(),
            ),
        ),
        (
            "others' stake",
            part(
                state.users_active.into_inner(),
                state.users_unlocking.into_inner(),
            ),
        ),
        ("lock period", time::period(terms.lock_period)),
        ("unlock period", time::period(terms.unlock_period)),
        (
            "least stake",
            format!("{} coins", coins(terms.min_stake.into_inner())),
        ),
    ]);
    fields(&rows)
}

/// Sends a request of the pool's owner and waits for its answer, or tries it; `None` where nothing more is to be waited for.
fn send(
    session: &mut Session,
    args: &ActArgs,
    signer: &Signer,
    words: &str,
    request: ddvs_people::Request,
) -> Result<Sent> {
    if args.dry_run {
        return session.dry_run(&request).map(Sent::Told);
    }
    let owner = signer.staker.owner.address().clone();
    let done = session.carry_out(&owner, words, !args.no_wait, |_| Ok(request))?;
    let is_refused = matches!(done.answer, Some(ddvs_people::Answer::Refused(_)));
    if is_refused || args.no_wait {
        return session.report(&done).map(Sent::Told);
    }
    Ok(Sent::Done)
}

enum Sent {
    /// Told to the user: nothing more is to be done.
    Told(bool),
    /// Carried out; the command goes on.
    Done,
}

fn rotate(args: &ValidatorRotateArgs) -> Result<bool> {
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

fn close(args: &ValidatorCloseArgs) -> Result<bool> {
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
            // refused: the last validators cannot leave
            _ => state.flight.is_none() && state.last_reason != 0,
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
