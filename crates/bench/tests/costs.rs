//! A change of any figure shows in review: `UPDATE_COSTS=1 cargo test -p ddvs-bench --test costs` rewrites the file.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use common::written;
use ddvs_bench::{CostRow, cost_rows};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/costs.json");

/// The payer of a change pays for what it burns and little more, and on average no D'Elector pays for others.
#[test]
fn costs_are_as_committed_and_near_what_is_burnt() {
    let rows = cost_rows().unwrap();
    if std::env::var_os("UPDATE_COSTS").is_some() {
        std::fs::write(FILE, written(&rows)).unwrap();
    }
    let committed = std::fs::read_to_string(FILE).unwrap();
    assert_eq!(written(&rows), committed);
    for row in &rows {
        assert!((1.0..=1.3).contains(&row.factor()), "{row:?}");
    }
}

/// `docs/benchmarks.md` contains the figures.
#[test]
fn the_documentation_has_these_costs() {
    let doc = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");
    let doc = std::fs::read_to_string(doc).unwrap();
    let rows: Vec<CostRow> = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    for row in &rows {
        let text = format!(
            "| {} | {} | {:.3} | {:.3} | {:.2} | {} |",
            row.load,
            row.workchains,
            row.paid_nano as f64 / 1e9,
            row.burnt_nano as f64 / 1e9,
            row.factor(),
            row.messages
        );
        assert!(doc.contains(&text), "{text}");
    }
}
