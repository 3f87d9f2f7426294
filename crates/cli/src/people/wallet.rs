//! `ddvs wallet`: operations of stakers.

mod exit;
mod sync;
mod view;

pub use view::show;

use anyhow::Result;
use ddvs_people::{Request, pools};
use ddvs_types::{Amount, coins};
use tycho_types::models::StdAddr;

use super::session::{Session, Signer};
use crate::args::{
    ActArgs, WalletAmountArgs, WalletCommand, WalletCreateArgs, WalletPoolAmountArgs,
    WalletPoolArgs, WalletStatusArgs, WalletUnstakeArgs, WalletWithdrawArgs,
};
use ddvs_terminal::Stop;
use view::{in_pools, object};

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

/// Opens the key, and executes or only emulates the request of `make`.
fn act(
    args: &ActArgs,
    mut session: Session,
    signer: &Signer,
    words: &str,
    make: impl Fn(&mut Session) -> Result<Request>,
) -> Result<bool> {
    if args.dry_run {
        let request = make(&mut session)?;
        request.check(session.context())?;
        return session.dry_run(&request);
    }
    let owner = signer.staker.owner.address().clone();
    let words = format!("wallet {words}");
    let done = session.carry_out(&owner, &words, !args.no_wait, |session| {
        session.make_after(&owner, &make)
    })?;
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
        let view = staker.view(&session.net.backend)?;
        let mut object = object(&session, &view, &in_pools(&session, &view)?);
        object["outcome"] = "exists".into();
        session.output.print(&object, || {
            format!(
                "the DePool Wallet of this key exists already: {wallet}\nit has {} free coins",
                coins(view.free_nano)
            )
        })?;
        return Ok(true);
    }
    act(&args.act, session, &signer, "create", |session| {
        let request = staker.create(&session.net.backend, amount_nano)?;
        // it did not exist a moment ago
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
        let (backend, context) = (&session.net.backend, &session.net.context);
        let root = pools::fetch(backend, context, &pool)?;
        let request = staker.stake(backend, context, &root, args.amount)?;
        if let Some(words) = staker.idle_words(backend, &root, args.amount)? {
            session.progress.note(&words);
        }
        Ok(request)
    })
}

fn unstake(args: &WalletUnstakeArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.from.act)?;
    let signer = session.signer(&args.from.act.key)?;
    let staker = signer.staker.clone();
    let pool = own_pool(&mut session, &signer, args.from.pool.as_deref())?;
    let words = format!("unstake {} {pool}", amount_words(args.amount));
    act(&args.from.act, session, &signer, &words, |session| {
        let (backend, context) = (&session.net.backend, &session.net.context);
        Ok(staker.unstake(backend, context, &pool, args.amount)?)
    })
}

fn withdraw(args: &WalletWithdrawArgs) -> Result<bool> {
    let session = Session::for_act(&args.act)?;
    // before the key is opened: a wrong name needs no password
    let to = match &args.to {
        Some(text) => Some(session.account_of(text, args.act.key.chain)?),
        None => None,
    };
    let comment = args.comment.as_deref();
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let mut words = format!("withdraw {}", amount_words(args.amount));
    if let Some(to) = &to {
        words += &format!(" {to} {}", comment.unwrap_or_default());
    }
    act(&args.act, session, &signer, &words, |session| {
        let (backend, context) = (&session.net.backend, &session.net.context);
        Ok(match &to {
            Some(to) => staker.withdraw_to(backend, context, to, args.amount, comment)?,
            None => staker.withdraw(backend, args.amount)?,
        })
    })
}

fn settle(args: &WalletPoolArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker.clone();
    let pool = own_pool(&mut session, &signer, args.pool.as_deref())?;
    let words = format!("settle {pool}");
    act(&args.act, session, &signer, &words, |session| {
        let (backend, context) = (&session.net.backend, &session.net.context);
        Ok(staker.settle(backend, context, &pool)?)
    })
}

/// Returns the named pool, or the only one with which the wallet has coins.
fn own_pool(session: &mut Session, signer: &Signer, named: Option<&str>) -> Result<StdAddr> {
    if let Some(text) = named {
        return session.find_pool(text);
    }
    let view = signer.staker.view(&session.net.backend)?;
    match view.positions.as_slice() {
        [(root, _)] => Ok(root.clone()),
        [] => Err(Stop::Refused(format!(
            "the wallet {} has no coins with any pool: stake first",
            view.address
        ))
        .into()),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|(root, _)| session.book.show(root))
                .collect();
            anyhow::bail!(
                "the wallet has coins with several pools: choose one with --pool: {}",
                names.join(", ")
            )
        }
    }
}

impl Session {
    /// Returns the pool of a name or address.
    pub fn find_pool(&mut self, text: &str) -> Result<StdAddr> {
        self.book.find(&self.net.backend, &self.net.context, text)
    }
}

fn status(args: &WalletStatusArgs) -> Result<bool> {
    let session = Session::open(&args.ask.connect, &args.ask.output, 30)?;
    let viewer = session.viewer(&args.who)?;
    let view = ddvs_people::staker::view(&session.net.backend, &viewer.wallet)?;
    show(&session, &view)?;
    Ok(true)
}
