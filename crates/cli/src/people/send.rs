//! `ddvs send`: transfers from a key's account.

use std::time::{Duration, Instant};

use anyhow::Result;
use ddvs_client::{FollowLimits, follow};
use ddvs_people::Answer;
use ddvs_types::{Amount, coins};
use serde_json::json;

use super::answered::object;
use super::session::Session;
use crate::args::SendArgs;

/// How long to wait for returned coins, once all have arrived.
const BACK_PATIENCE: Duration = Duration::from_secs(10);

/// Returns whether the coins arrived.
pub fn run(args: &SendArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    let chain = args.to_chain.unwrap_or(args.act.key.chain);
    // before the key is opened: a wrong name needs no password
    let to = session.account_of(&args.to, chain)?;
    let signer = session.signer(&args.act.key)?;
    let staker = signer.staker;
    let comment = args.comment.as_deref();
    if args.act.dry_run {
        let (backend, context) = (&session.net.backend, session.context());
        let request = staker.send(backend, context, &to, args.amount, comment)?;
        return session.dry_run(&request);
    }
    let owner = staker.owner.address().clone();
    let amount = match args.amount {
        Amount::Nano(nano) => nano.to_string(),
        Amount::All => "ALL".to_owned(),
    };
    let mut words = format!("send {to} {amount}");
    if let Some(text) = comment {
        words += &format!(" {text}");
    }
    let done = session.carry_out(&owner, &words, !args.act.no_wait, |session| {
        let (backend, context) = (&session.net.backend, &session.net.context);
        Ok(staker.send(backend, context, &to, args.amount, comment)?)
    })?;
    let Some(Answer::Paid { amount_nano }) = done.answer else {
        return session.report(&done);
    };
    // a contract may return coins that it does not accept
    let end = Instant::now() + BACK_PATIENCE;
    let back_nano = session.wait_for(|session| {
        let tree = follow(&mut session.net.backend, done.hash, FollowLimits::NO_WAIT)?;
        let back = tree.transactions_of(&owner).filter_map(|transaction| {
            let message = &transaction.in_message;
            (message.source.as_ref() == Some(&to)).then_some(message.value_nano)
        });
        let back_nano = back.sum::<u128>();
        // nodes may never report a distant receiver's own messages
        let is_known = tree.is_settled() || Instant::now() >= end;
        Ok(is_known.then_some(back_nano))
    })?;
    let mut object = object(&done);
    object["to"] = to.to_string().into();
    object["returned_nano"] = json!(back_nano.map(|nano| nano.to_string()));
    session.output.print(&object, || {
        let returned = match back_nano {
            Some(0) | None => String::new(),
            Some(nano) => format!(", and {} came back", coins(nano)),
        };
        format!(
            "{}\npaid: {} coins arrived{returned}",
            done.about,
            coins(amount_nano)
        )
    })?;
    done.told()?;
    Ok(true)
}
