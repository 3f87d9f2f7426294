//! Submitted evidence, and removed keys.

use anyhow::Result;
use serde_json::{Value, json};

use super::open;
use super::past::{at, text, word};
use crate::args::{QueryEvidenceArgs, QueryListArgs};
use crate::people::output::table;
use crate::people::session::Session;

/// Number of rows in a server's answer.
const PAGE: usize = 100;

/// Prints removed keys. Returns whether it was answered.
pub fn removed(args: &QueryListArgs) -> Result<bool> {
    let session = open(&args.ask)?;
    let (items, is_cut) = list(&session, "/api/v1/removed", args.limit.into())?;
    let object = json!({ "items": items, "is_cut": is_cut });
    session.output.print(&object, || {
        if items.is_empty() {
            return "no key was ever removed".to_owned();
        }
        let mut rows = table(&["pool", "batch", "removed", "key"], &[1]);
        for item in &items {
            rows.add_row(vec![
                session.account(&item["root"]),
                format!("{}.{}", text(&item["origin"]), text(&item["batch"])),
                at(&item["at"]),
                text(&item["key"]),
            ]);
        }
        more(rows.to_string(), is_cut)
    })?;
    Ok(true)
}

/// Prints submitted evidence. Returns whether it was answered.
pub fn evidence(args: &QueryEvidenceArgs) -> Result<bool> {
    let session = open(&args.list.ask)?;
    let mut path = "/api/v1/evidence".to_owned();
    if let Some(chain) = args.chain {
        session.context().check_chain(chain)?;
        path.push_str(&format!("?chain={chain}"));
    }
    let (items, is_cut) = list(&session, &path, args.list.limit.into())?;
    let object = json!({ "items": items, "is_cut": is_cut });
    session.output.print(&object, || {
        if items.is_empty() {
            return "no evidence was brought yet".to_owned();
        }
        let mut rows = table(
            &["brought", "chain", "pool", "votes on", "outcome", "key"],
            &[1],
        );
        for item in &items {
            let outcome = match item["is_accepted"].as_bool() {
                Some(true) => "accepted".to_owned(),
                _ => word(&item["exit_code"]),
            };
            rows.add_row(vec![
                at(&item["at"]),
                text(&item["at"]["chain"]),
                session.account(&item["root"]),
                format!(
                    "{}, height {}",
                    text(&item["votes_chain"]),
                    text(&item["height"])
                ),
                outcome,
                text(&item["key"]),
            ]);
        }
        more(rows.to_string(), is_cut)
    })?;
    Ok(true)
}

fn more(rows: String, is_cut: bool) -> String {
    match is_cut {
        true => format!("{rows}\nand more: --limit shows them"),
        false => rows,
    }
}

/// Returns the first rows of a list, and whether there are more.
fn list(session: &Session, path: &str, limit: usize) -> Result<(Vec<Value>, bool)> {
    let api = session.net.past()?;
    let sign = if path.contains('?') { '&' } else { '?' };
    let mut next = Some(format!("{path}{sign}limit={}", limit.min(PAGE)));
    let mut items = Vec::new();
    while let Some(path) = next.as_ref().filter(|_| items.len() < limit) {
        let page = api.get(path)?;
        items.extend(page["items"].as_array().cloned().unwrap_or_default());
        next = page["next"].as_str().map(str::to_owned);
    }
    let is_cut = next.is_some() || items.len() > limit;
    items.truncate(limit);
    Ok((items, is_cut))
}
