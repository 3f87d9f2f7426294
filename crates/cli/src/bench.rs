//! `ddvs bench`: what things cost.

use std::io::Write;

use anyhow::{Context, Result};
use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;

use crate::args::GasArgs;

/// Gas of all operations. Returns whether they were measured.
pub fn gas(args: &GasArgs) -> Result<bool> {
    let rows = ddvs_bench::gas_rows(args.many_stakers).context("measuring gas")?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &rows)?;
        writeln!(out)?;
        return Ok(true);
    }
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    table.set_header(["operation", "validators", "stakers", "gas"]);
    for row in rows {
        table.add_row([
            row.operation,
            row.validators.to_string(),
            row.stakers.to_string(),
            row.gas.to_string(),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(true)
}
