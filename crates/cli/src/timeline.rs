//! A report as a timeline, printed from top to bottom.

use std::io::{Result, Write};

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{ContentArrangement, Table};
use console::style;
use ddvs_scenario::{Event, Outcome, Report};

/// Width of the column with time, chain and block.
const MARGIN: usize = 26;

/// Prints the whole report.
pub fn print(out: &mut impl Write, report: &Report) -> Result<()> {
    for step in &report.steps {
        writeln!(out, "\n{}", style(&step.about).bold())?;
        for event in &step.events {
            line(out, event)?;
        }
    }
    writeln!(out, "\n{}", style("Checks").bold())?;
    for check in &report.checks {
        let mark = match check.ok {
            Outcome::Passed => style("ok     ").green(),
            Outcome::Failed => style("FAILED ").red(),
            Outcome::NotApplicable => style("n/a    ").dim(),
        };
        writeln!(out, "  {mark}{}", style(&check.name).bold())?;
        for part in check.detail.split("; ") {
            writeln!(out, "         {part}")?;
        }
    }
    let passed = report
        .checks
        .iter()
        .filter(|check| check.ok == Outcome::Passed)
        .count();
    writeln!(out, "\n{passed} of {} checks ok", report.checks.len())?;
    for (name, value) in &report.figures {
        writeln!(out, "  {}: {value}", name.replace('_', " "))?;
    }
    Ok(())
}

fn line(out: &mut impl Write, event: &Event) -> Result<()> {
    let place = match (event.chain, event.block) {
        (Some(-1), Some(block)) => format!("masterchain #{block}"),
        (Some(chain), Some(block)) => format!("workchain {chain} #{block}"),
        _ => String::new(),
    };
    let margin = format!("{:>7.1}s  {place:<16}", event.at_s);
    writeln!(
        out,
        "{}  {} {}",
        style(format!("{margin:<MARGIN$}")).dim(),
        style(&event.who).cyan(),
        event.what
    )?;
    if let Some((header, rows)) = event.table.split_first() {
        let mut table = Table::new();
        table.load_style(UTF8_BORDERS_ONLY);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(header);
        for row in rows {
            table.add_row(row);
        }
        for text in table.to_string().lines() {
            writeln!(out, "{:MARGIN$}  {text}", "")?;
        }
    }
    Ok(())
}
