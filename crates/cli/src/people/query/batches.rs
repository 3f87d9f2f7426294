//! Batches with their votes, from a devnet or a gateway.

use anyhow::Result;
use serde_json::Value;

use super::open;
use super::past::{amount, at, text};
use crate::args::QueryBatchesArgs;
use crate::people::output::table;

/// Returns whether it was answered.
pub fn run(args: &QueryBatchesArgs) -> Result<bool> {
    let session = open(&args.ask)?;
    let mut path = format!("/api/v1/batches?limit={}", args.limit);
    if let Some(origin) = args.origin {
        session.context().check_chain(origin)?;
        path.push_str(&format!("&origin={origin}"));
    }
    let page = session.net.past()?.get(&path)?;
    session.output.print(&page, || {
        let mut rows = table(
            &[
                "batch", "changes", "yes", "share", "applied", "outcome", "proposed",
            ],
            &[],
        )
        .list(1);
        let items = page["items"].as_array().cloned().unwrap_or_default();
        for item in &items {
            let list = |name: &str, of: &dyn Fn(&Value) -> String| {
                let all = item[name].as_array().cloned().unwrap_or_default();
                all.iter().map(of).collect::<Vec<_>>().join(", ")
            };
            let nano = |name: &str| -> f64 {
                item[name]
                    .as_str()
                    .and_then(|nano| nano.parse().ok())
                    .unwrap_or(0.0)
            };
            let share = 100.0 * nano("yes_nano") / nano("all_nano").max(1.0);
            rows.add_row(vec![
                format!("{}.{}", text(&item["origin"]), text(&item["number"])),
                list("entries", &|entry| {
                    let root = session.account(&entry["root"]);
                    match entry["change"].as_str() {
                        Some("set_stake") => format!("{root}: {}", amount(&entry["stake_nano"])),
                        other => format!("{root}: {}", other.unwrap_or("-")),
                    }
                }),
                list("votes", &|vote| text(&vote["voter"])),
                format!("{share:.1} %"),
                list("applied", &|applied| text(&applied["at"]["chain"])),
                text(&item["outcome"]),
                at(&item["proposed"]),
            ]);
        }
        rows.to_string()
    })?;
    Ok(true)
}
