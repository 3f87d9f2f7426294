//! `ddvs poke`: making a D'Elector ask for a batch that it lacks, or where others have counted the votes for one.

use anyhow::Result;
use ddvs_people::lacking::lacking;
use serde_json::json;

use super::output::the_chain;
use super::session::Session;
use crate::args::PokeArgs;

/// Returns whether it was done, or there is nothing to do.
pub fn run(args: &PokeArgs) -> Result<bool> {
    let mut session = Session::for_act(&args.act)?;
    session.context().check_chain(args.copy)?;
    let mut found = lacking(&session.net.backend, session.context(), args.copy)?;
    if let Some(origin) = args.origin {
        session.context().check_chain(origin)?;
        found.retain(|lacks| lacks.origin == origin);
    }
    // those asked least often first, so that a repeated command reaches all of them
    found.sort_by_key(|lacks| lacks.asked.len());
    let Some(lacks) = found.first() else {
        let object = json!({ "outcome": "nothing_lacks", "copy": args.copy });
        session.output.print(&object, || {
            let chain = the_chain(args.copy);
            format!("the D'Elector of {chain} lacks nothing that it could ask for")
        })?;
        return Ok(true);
    };
    let signer = session.signer(&args.act.key)?;
    let payer = signer.staker.owner.clone();
    let request = lacks.poke(&session.net.backend, session.context(), &payer)?;
    if args.act.dry_run {
        return session.dry_run(&request);
    }
    let owner = payer.address().clone();
    let content: String = lacks
        .content
        .0
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let words = format!(
        "poke {} {} {} {content}",
        lacks.copy, lacks.origin, lacks.seqno
    );
    let done = session.carry_out(&owner, &words, !args.act.no_wait, |_| Ok(request))?;
    session.report(&done)
}
