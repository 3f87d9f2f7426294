//! `ddvs-lab pages`: times of the API's pages on a large network.

use std::io::Write;

use anyhow::{Context, Result};
use ddvs_bench::{PagesOptions, PagesReport};

use crate::args::PagesArgs;
use ddvs_terminal::report;

/// Returns whether they were measured.
pub fn run(args: &PagesArgs) -> Result<bool> {
    let options = PagesOptions {
        accounts: args.accounts,
        validators: args.validators,
        stakes: args.stakes,
        rounds: args.rounds,
    };
    let mut progress = |what: &str| eprintln!("{what}");
    let report = ddvs_bench::pages(&options, &mut progress).context("measuring the pages")?;
    report::tell(args.json, &report, |out| print(out, &report))?;
    Ok(true)
}

fn print(out: &mut impl Write, report: &PagesReport) -> Result<()> {
    let mut table = report::table(["page", "bytes", "first", "median", "p99"]);
    for page in &report.pages {
        table.add_row([
            page.path.clone(),
            page.bytes.to_string(),
            format!("{:.1} ms", page.first_ms),
            format!("{:.1} ms", page.p50_ms),
            format!("{:.1} ms", page.p99_ms),
        ]);
    }
    writeln!(out, "{table}")?;
    writeln!(
        out,
        "{} accounts, {} validators, {} transactions, {} events; accounts taken in within {:.0} ms, blocks within {:.0} ms",
        report.accounts,
        report.validators,
        report.transactions,
        report.events,
        report.seed_ms,
        report.take_ms
    )?;
    Ok(())
}
