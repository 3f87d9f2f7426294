//! `ddvs-lab gas`: gas of all operations.

use std::io::Write;

use anyhow::{Context, Result};
use ddvs_bench::GasRow;

use crate::args::GasArgs;
use ddvs_terminal::report;

/// Returns whether they were measured.
pub fn run(args: &GasArgs) -> Result<bool> {
    let rows = ddvs_bench::gas_rows(args.many_stakers).context("measuring gas")?;
    report::tell(args.json, &rows, |out| print(out, &rows))?;
    Ok(true)
}

fn print(out: &mut impl Write, rows: &[GasRow]) -> Result<()> {
    let mut table = report::table(["operation", "validators", "stakers", "gas"]);
    for row in rows {
        table.add_row([
            row.operation.clone(),
            row.validators.to_string(),
            row.stakers.to_string(),
            row.gas.to_string(),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(())
}
