//! A change of any figure shows in review: `UPDATE_GAS=1 cargo test -p ddvs-bench` writes the file anew.
#![allow(clippy::unwrap_used)]

use ddvs_bench::{GasRow, gas_rows};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/gas.json");

/// One row a line, so that a difference reads well.
fn written(rows: &[GasRow]) -> String {
    let lines: Vec<_> = rows
        .iter()
        .map(|row| serde_json::to_string(row).unwrap())
        .collect();
    format!("[\n  {}\n]\n", lines.join(",\n  "))
}

#[test]
fn gas_is_as_committed() {
    let rows = gas_rows().unwrap();
    if std::env::var_os("UPDATE_GAS").is_some() {
        std::fs::write(FILE, written(&rows)).unwrap();
    }
    let committed: Vec<GasRow> =
        serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert_eq!(written(&rows), written(&committed));
}
