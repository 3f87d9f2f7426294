//! `ddvs wallet`: what a staker does.

mod exit;
mod sync;

use anyhow::Result;
use ddvs_contracts::storage::times;
use ddvs_people::staker::WalletSight;
use ddvs_people::{Request, coins, pools};
use serde_json::{Value, json};
use tycho_types::models::StdAddr;

use super::output::{fields, table};
use super::session::{Session, Signer};
use super::stop::Stop;
use super::time;
use crate::args::{
    ActArgs, WalletAmountArgs, WalletCommand, WalletCreateArgs, WalletPoolAmountArgs,
    WalletSettleArgs, WalletStatusArgs, WalletUnstakeArgs,
};
use ddvs_people::Amount;

/// Returns whether it was done.
pub fn run(command: &WalletCommand) -> Result<bool> {
    match command {
        WalletCommand::Create(args) => create(args),
        WalletCommand::Deposit(args) => deposit(args),
        WalletCommand::Stake(args) => stake(args),
        WalletCommand::Unstake(args) => unstake(args),
        WalletCommand::Withdraw(args) => withdraw(args),
        WalletCommand::Settle(args) => settle(args),
        WalletCommand::Exit(args) => exit::run(args),
        WalletCommand::Sync(args) => sync::run(args),
        WalletCommand::Status(args) => status(args),
    }
}

fn amount_words(amount: Amount) -> String {
    match amount {
        Amount::Nano(nano) => nano.to_string(),
        Amount::All => "ALL".to_owned(),
    }
}

/// Opens the key, and does or only tries what `make` asks for.
fn act(
    args: &ActArgs,
    mut session: Session,
    signer: &Signer,
    words: &str,
    make: impl FnOnce(&mut Session) -> Result<Request>,
) -> Result<bool> {
    if args.dry_run {
        let request = make(&mut session)?;
        request.check(session.site())?;
        return session.dry_run(&request);
    }
    let owner = signer.staker.owner.address().clone();
    let words = format!("wallet {words}");
    let done = session.carry_out(&owner, &words, !args.no_wait, make)?;
    session.report(&done)
}

fn create(args: &WalletCreateArgs) -> Result<bool> {
    let Amount::Nano(amount_nano) = args.amount else {
        anyhow::bail!("ALL is not possible here: write how many coins the wallet begins with");
    };
    let session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let wallet = staker.wallet.address().clone();
    if staker.create(&session.net.backend, amount_nano)?.is_none() {
        let sight = staker.sight(&session.net.backend)?;
        let mut object = object(&session, &sight);
        object["outcome"] = "exists".into();
        session.output.print(&object, || {
            format!(
                "the DePool Wallet of this key exists already: {wallet}\nit has {} free coins",
                coins(sight.free_nano)
            )
        })?;
        return Ok(true);
    }
    act(&args.act, session, &signer, "create", |session| {
        let request = staker.create(&session.net.backend, amount_nano)?;
        // it was not there a moment ago
        request.ok_or_else(|| {
            Stop::Refused(
                "the wallet has just come into being: see `ddvs wallet status`".to_owned(),
            )
            .into()
        })
    })
}

fn deposit(args: &WalletAmountArgs) -> Result<bool> {
    let session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let words = format!("deposit {}", amount_words(args.amount));
    act(&args.act, session, &signer, &words, |session| {
        Ok(staker.deposit(&session.net.backend, args.amount)?)
    })
}

fn stake(args: &WalletPoolAmountArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let pool = session.find_pool(&args.pool)?;
    let words = format!("stake {} {pool}", amount_words(args.amount));
    act(&args.act, session, &signer, &words, |session| {
        let backend = &session.net.backend;
        let root = pools::fetch(backend, &session.net.site, &pool)?;
        Ok(staker.stake(backend, &root, args.amount)?)
    })
}

fn unstake(args: &WalletUnstakeArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let pool = own_pool(&mut session, &signer, args.pool.as_deref())?;
    let words = format!("unstake {} {pool}", amount_words(args.amount));
    act(&args.act, session, &signer, &words, |session| {
        Ok(staker.unstake(&session.net.backend, &pool, args.amount)?)
    })
}

fn withdraw(args: &WalletAmountArgs) -> Result<bool> {
    let session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let words = format!("withdraw {}", amount_words(args.amount));
    act(&args.act, session, &signer, &words, |session| {
        Ok(staker.withdraw(&session.net.backend, args.amount)?)
    })
}

fn settle(args: &WalletSettleArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let pool = own_pool(&mut session, &signer, args.pool.as_deref())?;
    let words = format!("settle {pool}");
    act(&args.act, session, &signer, &words, |session| {
        Ok(staker.settle(&session.net.backend, &pool)?)
    })
}

/// The pool named, or the only one that the wallet has coins with.
fn own_pool(session: &mut Session, signer: &Signer, named: Option<&str>) -> Result<StdAddr> {
    if let Some(text) = named {
        return session.find_pool(text);
    }
    let sight = signer.staker.sight(&session.net.backend)?;
    match sight.positions.as_slice() {
        [(root, _)] => Ok(root.clone()),
        [] => Err(Stop::Refused(format!(
            "the wallet {} has no coins with any pool: stake first",
            sight.address
        ))
        .into()),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|(root, _)| session.book.show(root))
                .collect();
            anyhow::bail!(
                "the wallet has coins with several pools: choose one with --pool, {}",
                names.join(", ")
            )
        }
    }
}

impl Session {
    /// The pool that somebody means.
    pub fn find_pool(&mut self, text: &str) -> Result<StdAddr> {
        self.book.find(&self.net.backend, &self.net.site, text)
    }
}

fn status(args: &WalletStatusArgs) -> Result<bool> {
    let session = Session::open(&args.ask.connect, &args.ask.output, 30)?;
    let viewer = session.viewer(&args.who)?;
    let sight = ddvs_people::staker::sight(&session.net.backend, &viewer.wallet)?;
    show(&session, &sight)?;
    Ok(true)
}

/// Prints a wallet.
pub fn show(session: &Session, sight: &WalletSight) -> Result<()> {
    let now = session.now()?;
    session
        .output
        .print(&object(session, sight), || human(session, sight, now))
}

/// A wallet as JSON.
fn object(session: &Session, sight: &WalletSight) -> Value {
    let positions: Vec<_> = sight
        .positions
        .iter()
        .map(|(root, position)| {
            let parts: Vec<_> = times(&position.unlocking)
                .map(|(at, nano)| json!({ "release_at": at, "amount_nano": nano.to_string() }))
                .collect();
            let locks: Vec<_> = times(&position.locks)
                .map(|(until, nano)| json!({ "until": until, "amount_nano": nano.to_string() }))
                .collect();
            json!({
                "pool": root.to_string(),
                "name": session.book.name(root),
                "pending_nano": position.pending.to_string(),
                "staked_nano": position.staked_nano().to_string(),
                "locks": locks,
                "leaving_nano": position.leaving_nano().to_string(),
                "releasing_nano": position.releasing.to_string(),
                "unlocking": parts,
                "is_settled": position.settled,
            })
        })
        .collect();
    json!({
        "wallet": sight.address.to_string(),
        "owner": sight.owner.to_string(),
        "owner_balance_nano": sight.owner_balance_nano.to_string(),
        "exists": sight.exists,
        "balance_nano": sight.balance_nano.to_string(),
        "free_nano": sight.free_nano.to_string(),
        "stakable_nano": sight.stakable_nano.to_string(),
        "held_nano": sight.held_nano.to_string(),
        "positions": positions,
    })
}

fn human(session: &Session, sight: &WalletSight, now: u32) -> String {
    let head = fields(&[
        ("owner's account", sight.owner.to_string()),
        ("  coins", coins(sight.owner_balance_nano)),
        ("DePool Wallet", sight.address.to_string()),
        (
            "  coins",
            match sight.exists {
                true => format!(
                    "{}: {} free, {} in pools",
                    coins(sight.balance_nano),
                    coins(sight.free_nano),
                    coins(sight.held_nano)
                ),
                false => "it does not exist yet: open it with `ddvs wallet create`".to_owned(),
            },
        ),
    ]);
    if sight.positions.is_empty() {
        return head;
    }
    let mut rows = table(
        &["pool", "staked", "locks", "on the way", "unlocking"],
        &[1, 3],
    );
    for (root, position) in &sight.positions {
        let on_the_way = position.pending.into_inner()
            + position.leaving_nano()
            + position.releasing.into_inner();
        let parts: Vec<_> = times(&position.unlocking)
            .map(|(at, nano)| format!("{} from {}", coins(nano), time::until(at, now)))
            .collect();
        let locks: Vec<_> = times(&position.locks)
            .map(|(until, nano)| match until > now {
                true => format!("{} until {}", coins(nano), time::until(until, now)),
                false => format!("{} may leave", coins(nano)),
            })
            .collect();
        rows.add_row(vec![
            session.book.show(root),
            coins(position.staked_nano()),
            locks.join("\n"),
            coins(on_the_way),
            parts.join("\n"),
        ]);
    }
    format!("{head}\n{rows}")
}
