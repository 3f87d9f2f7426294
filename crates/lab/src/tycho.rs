//! `ddvs-lab tycho`: measurements of a network of nodes.

use std::io::Write;

use anyhow::{Context, Result};
use ddvs_drill::{BurstReport, FiguresOptions, FiguresReport, Spread, figures};
use ddvs_tycho::Layout;

use crate::args::TychoFiguresArgs;
use crate::seed;
use ddvs_terminal::report;

/// Returns whether all messages were executed exactly once.
pub fn run(args: &TychoFiguresArgs) -> Result<bool> {
    let options = FiguresOptions {
        samples: args.samples,
        burst_s: args.burst_s,
        wallets: args.wallets,
        seed: seed(args.seed)?,
    };
    let mut progress = |what: &str| eprintln!("{what}");
    let report = figures(&Layout::new(&args.dir), &options, &mut progress)
        .context("measuring the network")?;
    report::tell(args.json, &report, |out| print(out, &report))?;
    Ok(report.payments.load.is_exact() && report.stakes.load.is_exact())
}

fn print(out: &mut impl Write, report: &FiguresReport) -> Result<()> {
    let mut table = report::table(["from a signed stake", "median", "p99", "longest"]);
    let rows = [
        ("to the Root's answer", report.stake_to_answer_s),
        ("to the set in the config", report.stake_to_config_s),
        ("to the set in force", report.stake_to_in_force_s),
    ];
    for (what, spread) in rows {
        let Spread {
            median, p99, max, ..
        } = spread;
        table.add_row([what.to_owned(), seconds(median), seconds(p99), seconds(max)]);
    }
    writeln!(out, "{table}")?;
    writeln!(out, "an election's cycle: {} s", report.election_cycle_s)?;
    burst(out, "payments", &report.payments)?;
    burst(out, "stakes", &report.stakes)
}

fn seconds(value: f64) -> String {
    format!("{value:.1} s")
}

fn burst(out: &mut impl Write, what: &str, report: &BurstReport) -> Result<()> {
    writeln!(
        out,
        "{what}: {:.1} a second, {} executed, {} sent again, {} lost; block time {:.1} s, p99 {:.1} s",
        report.per_s,
        report.load.executed,
        report.load.sent_again,
        report.load.lost,
        report.block_time_s.median,
        report.block_time_s.p99
    )?;
    for node in &report.nodes {
        writeln!(
            out,
            "  node {}: {:.0} % of a core, {} MiB, disk +{} KiB",
            node.node,
            node.cpu_share * 100.0,
            node.memory_bytes >> 20,
            node.disk_growth_bytes >> 10
        )?;
    }
    Ok(())
}
