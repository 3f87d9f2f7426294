//! `ddvs evidence`: verifying and submitting evidence.

mod make;

use std::path::Path;

use anyhow::{Context, Result, bail};
use ddvs_people::{Answer, Evidence, pools};
use serde_json::{Value, json};

use super::output::{Output, fields, the_chain};
use super::session::Session;
use crate::args::{EvidenceCommand, EvidenceSubmitArgs, EvidenceVerifyArgs};
use ddvs_terminal::Stop;

/// Maximum size of a file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 16;

/// Returns whether it was done.
pub fn run(command: &EvidenceCommand) -> Result<bool> {
    match command {
        EvidenceCommand::Make(args) => make::run(args),
        EvidenceCommand::Verify(args) => verify(args),
        EvidenceCommand::Submit(args) => submit(args),
    }
}

/// Reads a file.
///
/// Fails when it is too large for evidence, or cannot be read.
fn read_file(path: &Path) -> Result<String> {
    let size = std::fs::metadata(path)
        .with_context(|| format!("reading {}", path.display()))?
        .len();
    if size > MAX_FILE_BYTES {
        bail!("{} is too large for evidence", path.display());
    }
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

fn read(path: &Path) -> Result<Evidence> {
    let text = read_file(path)?;
    serde_json::from_str(&text).with_context(|| {
        format!(
            "{} is not evidence: it needs network, key, chain, height, round, vote_type and two votes, each with value_hash and signature",
            path.display()
        )
    })
}

fn object(evidence: &Evidence) -> Value {
    json!({
        "network": evidence.network.to_string(),
        "key": evidence.key.to_string(),
        "chain": evidence.chain,
        "height": evidence.height,
        "round": evidence.round,
        "vote_type": evidence.vote_type,
    })
}

fn verify(args: &EvidenceVerifyArgs) -> Result<bool> {
    let evidence = read(&args.file)?;
    let flaw = evidence.verify().err();
    let mut object = object(&evidence);
    object["holds"] = flaw.is_none().into();
    object["flaw"] = json!(flaw.map(|flaw| flaw.to_string()));
    Output::new(&args.output).print(&object, || {
        let verdict = match flaw {
            None => "it holds: the key signed two different values".to_owned(),
            Some(flaw) => format!("it proves nothing: {flaw}"),
        };
        fields(&[
            ("evidence", verdict),
            ("key", evidence.key.to_string()),
            ("network", evidence.network.to_string()),
            (
                "votes",
                format!(
                    "on {}, height {}, round {}, type {}",
                    the_chain(evidence.chain),
                    evidence.height,
                    evidence.round,
                    evidence.vote_type
                ),
            ),
        ])
    })?;
    Ok(flaw.is_none())
}

fn submit(args: &EvidenceSubmitArgs) -> Result<bool> {
    let evidence = read(&args.file)?;
    let mut session = Session::for_act(&args.act)?;
    let signer = session.signer(&args.act.key)?;
    let payer = signer.staker.owner.clone();
    let request = evidence.submit(&session.net.backend, session.context(), &payer)?;
    let is_new = request.is_some();
    let mut message = None;
    if let Some(request) = request {
        if args.act.dry_run {
            return session.dry_run(&request);
        }
        let owner = payer.address().clone();
        let words = format!("evidence {}", evidence.key);
        let done = session.carry_out(&owner, &words, !args.act.no_wait, |_| Ok(request))?;
        if args.act.no_wait || matches!(done.answer, Some(Answer::Refused(_))) {
            return session.report(&done);
        }
        done.told()?;
        message = Some(done.hash.to_string());
    }
    session
        .progress
        .doing("waiting until every chain has removed the key");
    let mut keep = Vec::new();
    let removed = session.wait_for(|session| {
        let context = session.net.context.clone();
        keep =
            ddvs_people::evidence::copies_that_keep(&session.net.backend, &context, &evidence.key)?;
        Ok(keep.is_empty().then_some(()))
    })?;
    if removed.is_none() {
        let chains: Vec<_> = keep.iter().map(ToString::to_string).collect();
        return Err(Stop::TimedOut(format!(
            "the evidence was taken, but chains {} have not removed the key yet; the same command again waits on",
            chains.join(", ")
        ))
        .into());
    }
    let main = ddvs_client::MASTERCHAIN;
    let holder = pools::holder(&session.net.backend, session.context(), &evidence.key, main)?;
    let root = holder.map(|holder| holder.root);
    let mut object = object(&evidence);
    object["outcome"] = if is_new { "removed" } else { "removed_before" }.into();
    object["pool"] = json!(root.as_ref().map(ToString::to_string));
    object["message"] = json!(message);
    session.output.print(&object, || {
        let pool = root.map_or_else(String::new, |root| {
            format!(" of {}", session.book.show(&root))
        });
        match is_new {
            true => format!(
                "removed: the key {}{pool}, on every chain, for good",
                evidence.key
            ),
            false => format!("the key {}{pool} was removed before", evidence.key),
        }
    })?;
    Ok(true)
}
