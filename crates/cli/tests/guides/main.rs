//! The guides in `docs/guide`, word by word.
//!
//! Guides are followed in a shell session (`bash -euo pipefail`) that begins in an empty home directory: each alone, and all of
//! them in the order of their table in one sitting, with the keys, variables and files of those before. By the fences of
//! their blocks:
//!
//! - `sh`: run in the session; every command must end with 0.
//! - `sh terminal`: what a reader starts in another terminal and leaves running, such as `ddvs devnet`. It is started beside the
//!   session and waited for until it is well. The next such block, or the session's end, ends it with SIGINT, to which it must
//!   answer with 0.
//! - `text` right after a `sh`: what that printed on stdout. `…` stands for anything in a line, a line of only `…` for any
//!   lines.
//! - any other with a name, such as `js stakes.mjs`: a file that the reader writes.
//! - all others: not run.
//!
//! Two things are not as in the text, since tests run side by side: devnets listen on a free port in place of 8080 (through
//! `DDVS_LISTEN`; commands find it through `DDVS_RPC`), and `127.0.0.1:8080` in a block is replaced by that address.
//!
//! A session sees `ddvs`, a few basic tools, and what the guide itself says it needs. Guides that need more than `ddvs` are ignored
//! by a plain `cargo test`, with what they need as the reason; `.ci/run` executes them too. What is missing then fails the test.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod guide;
mod newcomer;
mod session;

use std::path::{Path, PathBuf};

use guide::Guide;
use session::Session;

/// Tools that may be missing on a machine, and how a guide says that it needs them.
const TOOLS: [(&str, &str); 4] = [
    ("curl", "curl"),
    ("jq", "jq"),
    ("node", "Node.js"),
    ("npm", "npm"),
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Tools of [`TOOLS`] that a guide calls; its line `Needs` must name them, and they must be installed.
fn needed(name: &str, guide: &Guide) -> Vec<&'static str> {
    let needed: Vec<_> = TOOLS
        .iter()
        .filter(|(tool, _)| guide.calls(tool))
        .inspect(|(tool, words)| {
            let is_said = guide.needs.contains(words);
            assert!(
                is_said,
                "{name} calls {tool}; its line `Needs` must name {words}"
            );
        })
        .map(|(tool, _)| *tool)
        .collect();
    for tool in &needed {
        assert!(
            session::find(tool).is_some(),
            "{tool} is missing, which docs/guide/{name} needs"
        );
    }
    needed
}

/// Follows guides one after the other, by one reader in the same terminals.
fn walk(names: &[&str]) {
    let guides: Vec<_> = names
        .iter()
        .map(|name| {
            let guide = Guide::read(&repository().join("docs/guide").join(name));
            assert!(!guide.blocks.is_empty(), "{name} has no block that is run");
            (*name, guide)
        })
        .collect();
    let mut tools: Vec<_> = guides
        .iter()
        .flat_map(|(name, guide)| needed(name, guide))
        .collect();
    tools.sort_unstable();
    tools.dedup();
    let modules = repository().join("clients/ts/node_modules");
    assert!(
        !tools.contains(&"node") || modules.join("@ton/ton").exists(),
        "clients/ts has no packages: `npm ci` there installs them"
    );
    let mut session = Session::begin(&tools);
    if tools.contains(&"node") {
        session.link(&modules, "node_modules");
    }
    for (name, guide) in &guides {
        session.turn_to(name);
        for block in &guide.blocks {
            session.walk(block);
        }
    }
    session.end();
}

#[test]
fn guides_that_need_only_rust_work_in_one_session() {
    walk(&["README.md", "stakers.md", "validators.md"]);
}

#[test]
fn stakers_alone() {
    walk(&["stakers.md"]);
}

#[test]
fn validators_alone() {
    walk(&["validators.md"]);
}

#[test]
#[ignore = "needs curl, jq, Node.js and `npm ci` in clients/ts; `.ci/run test` runs it"]
fn all_guides_work_in_one_session() {
    walk(&[
        "README.md",
        "stakers.md",
        "validators.md",
        "operators.md",
        "tool-authors.md",
    ]);
}

#[test]
#[ignore = "needs curl; `.ci/run test` runs it"]
fn operators_alone() {
    walk(&["operators.md"]);
}

#[test]
#[ignore = "needs curl, jq, Node.js and `npm ci` in clients/ts; `.ci/run test` runs it"]
fn tool_authors_alone() {
    walk(&["tool-authors.md"]);
}
