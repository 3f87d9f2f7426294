//! Past and new events.

use anyhow::{Result, bail};
use serde_json::Value;

use super::open;
use super::past::{amount, at, text, word};
use crate::args::QueryEventsArgs;
use crate::people::connect::need_address;
use crate::people::output::offer_line;
use crate::people::session::Session;

/// Advice when a stream ends.
const AGAIN: &str = "start the server if it has stopped, and repeat the command";

/// Returns whether it was answered.
pub fn run(args: &QueryEventsArgs) -> Result<bool> {
    let account = args.account.as_deref().map(need_address).transpose()?;
    let session = open(&args.ask)?;
    let api = session.net.past()?.clone();
    let mut filter = String::new();
    if let Some(kinds) = &args.kinds {
        filter.push_str(&format!("&kinds={}", plain(kinds)));
    }
    if let Some(account) = account {
        filter.push_str(&format!("&account={account}"));
    }
    let page = api.get(&format!("/api/v1/events?limit={}{filter}", args.limit))?;
    let mut items = page["items"].as_array().cloned().unwrap_or_default();
    // the newest come first; people read downwards
    items.reverse();
    if !args.follow {
        return session
            .output
            .print(&page, || {
                let lines: Vec<_> = items.iter().map(|item| line(&session, item)).collect();
                match lines.is_empty() {
                    true => "nothing has happened yet".to_owned(),
                    false => lines.join("\n"),
                }
            })
            .map(|()| true);
    }
    let mut last = 0;
    for item in &items {
        last = item["id"].as_u64().unwrap_or(last);
        if !tell(&session, item)? {
            return Ok(true);
        }
    }
    if items.is_empty() {
        last = page["last"].as_u64().unwrap_or(last);
    }
    session.progress.doing("listening; Ctrl-C ends it");
    let path = match last {
        0 => format!("/api/v1/events/stream?{}", filter.trim_start_matches('&')),
        last => format!("/api/v1/events/stream?after={last}{filter}"),
    };
    let mut is_read = true;
    let ended = api.listen(&path, &mut |event| {
        if event["id"].as_u64().is_some() {
            is_read = tell(&session, event)?;
        }
        Ok(is_read)
    });
    match ended {
        // the reader has closed the output
        Ok(()) if !is_read => Ok(true),
        Ok(()) => bail!("the server has ended the stream: {AGAIN}"),
        Err(error) => Err(error.context(format!("the stream of events has ended: {AGAIN}"))),
    }
}

/// Only the characters of a list of kinds.
fn plain(kinds: &str) -> String {
    let fits = |sign: &char| sign.is_ascii_alphanumeric() || matches!(sign, ',' | '_' | '-');
    kinds.chars().filter(fits).collect()
}

/// Prints an event; returns whether someone still reads.
fn tell(session: &Session, event: &Value) -> Result<bool> {
    match session.output.is_json() {
        true => offer_line(&event.to_string()),
        false => offer_line(&line(session, event)),
    }
}

/// Whether an event of this kind is about a pool.
fn is_pools_own(kind: &str) -> bool {
    const KINDS: [&str; 6] = [
        "pool_opened",
        "key_registered",
        "pool_closed",
        "counted",
        "update_rejected",
        "slashed",
    ];
    KINDS.contains(&kind)
}

fn line(session: &Session, event: &Value) -> String {
    let place = &event["at"];
    let mut parts = vec![format!(
        "{}  chain {:>2}  block {:<6} {:<14}",
        at(place),
        text(&place["chain"]),
        text(&place["block"]),
        text(&event["kind"])
    )];
    let mut add = |name: &str, value: String| parts.push(format!("{name} {value}"));
    if event["amount_nano"].is_string() {
        add("coins", amount(&event["amount_nano"]));
    }
    // some kinds are about the pool itself
    let pool = match event["root"].is_string() {
        true => &event["root"],
        false if is_pools_own(&text(&event["kind"])) => &event["account"],
        false => &Value::Null,
    };
    if pool.is_string() {
        add("pool", session.account(pool));
    }
    if event["owner"].is_string() {
        add("owner", session.account(&event["owner"]));
    }
    if event["batch"].is_number() {
        add(
            "batch",
            format!("{}.{}", text(&event["origin"]), text(&event["batch"])),
        );
    }
    if event["voter"].is_number() {
        add("yes of chain", text(&event["voter"]));
    }
    for name in ["members", "joined", "left"] {
        if event[name].is_number() {
            add(name, text(&event[name]));
        }
    }
    for (name, field) in [("reason", "reason"), ("exit", "exit_code")] {
        if event[field].is_object() {
            add(name, word(&event[field]));
        }
    }
    if event["note"].is_string() {
        add("note", text(&event["note"]));
    }
    parts.join("  ").trim_end().to_owned()
}
