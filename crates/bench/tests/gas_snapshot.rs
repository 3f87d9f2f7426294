//! A change of any figure shows in review: `UPDATE_GAS=1 cargo test -p ddvs-bench` rewrites the file.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use common::written;
use ddvs_bench::{GasRow, gas_rows};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/gas.json");

/// Enough to show that the number does not matter, and quick.
const MANY_STAKERS: u32 = 1_000;

#[test]
fn gas_is_as_committed() {
    let rows = gas_rows(MANY_STAKERS).unwrap();
    if std::env::var_os("UPDATE_GAS").is_some() {
        std::fs::write(FILE, written(&rows)).unwrap();
    }
    let committed: Vec<GasRow> =
        serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert_eq!(written(&rows), written(&committed));
}

#[test]
fn the_number_of_stakers_does_not_matter() {
    let rows: Vec<GasRow> = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let few = |row: &GasRow| {
        rows.iter()
            .find(|other| other.operation == row.operation && other.stakers == 10)
    };
    let many: Vec<_> = rows
        .iter()
        .filter(|row| row.stakers == MANY_STAKERS)
        .collect();
    assert!(!many.is_empty());
    for row in many {
        assert_eq!(
            few(row).map(|few| few.gas),
            Some(row.gas),
            "{}",
            row.operation
        );
    }
}

/// `docs/benchmarks.md` contains the figures.
#[test]
fn the_documentation_has_these_figures() {
    let doc = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");
    let doc = std::fs::read_to_string(doc).unwrap();
    let rows: Vec<GasRow> = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    for row in rows.iter().filter(|row| row.stakers != MANY_STAKERS) {
        let gas = with_commas(row.gas);
        let text = match row.operation.as_str() {
            "stake-change" => format!("| {} | {gas} |", with_commas(row.validators.into())),
            operation if row.stakers > 1 => format!("| {operation} | {gas} |"),
            _ => gas,
        };
        assert!(doc.contains(&text), "{} is not {text}", row.operation);
    }
}

fn with_commas(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", with_commas(number / 1_000), number % 1_000),
    }
}
