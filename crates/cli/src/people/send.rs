//! `ddvs send`: coins leave a key's account.

use anyhow::Result;
use ddvs_people::Amount;

use super::session::Session;
use crate::args::SendArgs;

/// Returns whether the coins arrived.
pub fn run(args: &SendArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let chain = args.to_chain.unwrap_or(args.act.key.chain);
    // before the key is opened: a wrong name needs no password
    let to = session.account_of(&args.to, chain)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker;
    if args.act.dry_run {
        let request = staker.send(&session.net.backend, session.site(), &to, args.amount)?;
        return session.dry_run(&request);
    }
    let owner = staker.owner.address().clone();
    let amount = match args.amount {
        Amount::Nano(nano) => nano.to_string(),
        Amount::All => "ALL".to_owned(),
    };
    let words = format!("send {to} {amount}");
    let done = session.carry_out(&owner, &words, !args.act.no_wait, |session| {
        let (backend, site) = (&session.net.backend, &session.net.site);
        Ok(staker.send(backend, site, &to, args.amount)?)
    })?;
    session.report(&done)
}
