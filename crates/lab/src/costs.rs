//! `ddvs-lab costs`: the cost of stake changes for their users.

use std::io::Write;

use anyhow::{Context, Result};
use ddvs_bench::CostRow;

use crate::args::CostsArgs;
use ddvs_terminal::report;

/// Returns whether they were measured.
pub fn run(args: &CostsArgs) -> Result<bool> {
    let rows = ddvs_bench::cost_rows().context("measuring costs")?;
    report::tell(args.json, &rows, |out| print(out, &rows))?;
    Ok(true)
}

fn print(out: &mut impl Write, rows: &[CostRow]) -> Result<()> {
    let mut table = report::table([
        "who changes stakes",
        "workchains",
        "paid, coins",
        "burnt, coins",
        "paid/burnt",
        "gas of D'Electors",
        "messages",
    ]);
    let coins = |nano: u64| format!("{:.3}", nano as f64 / 1e9);
    for row in rows {
        table.add_row([
            row.load.clone(),
            row.workchains.to_string(),
            coins(row.paid_nano),
            coins(row.burnt_nano),
            format!("{:.2}", row.factor()),
            row.delector_gas.to_string(),
            row.messages.to_string(),
        ]);
    }
    writeln!(out, "{table}")?;
    writeln!(
        out,
        "Each row is for one change; messages are those of all changes together."
    )?;
    Ok(())
}
