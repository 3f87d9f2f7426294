//! `ddvs-lab api`: a server's API under load.

use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use ddvs_bench::{LoadOptions, LoadReport};
use ddvs_devnet::Keys;

use crate::args::ApiFiguresArgs;
use ddvs_terminal::report;

/// Returns whether all messages were executed exactly once.
pub fn run(args: &ApiFiguresArgs) -> Result<bool> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let options = LoadOptions {
        url: args.url.clone(),
        faucet: Keys::from_seed(args.seed, 0).faucet,
        time: Duration::from_secs(args.phase_s),
        connections: args.connections.into(),
        wallets: args.wallets.into(),
        messages_each: args.messages_each,
        rate_per_s: args.rate,
        // a wallet of an earlier measurement is not used again
        seed: u64::try_from(now.as_millis())?,
    };
    let mut progress = |what: &str| eprintln!("{what}");
    let report = ddvs_bench::load(&options, &mut progress).context("measuring the API")?;
    report::tell(args.json, &report, |out| print(out, &report))?;
    Ok(report.is_exact())
}

fn print(out: &mut impl Write, report: &LoadReport) -> Result<()> {
    let mut table = report::table([
        "phase",
        "request",
        "a second",
        "median",
        "p99",
        "longest",
        "block time",
        "p99",
        "to make one",
    ]);
    let ms = |value: f64| format!("{value:.1} ms");
    for phase in &report.phases {
        let blocks = [
            ms(phase.blocks.mean_ms),
            ms(phase.blocks.p99_ms),
            ms(phase.blocks.make_ms),
        ];
        let nothing = || ["-"; 5].map(str::to_owned);
        let mut rows: Vec<_> = phase
            .requests
            .iter()
            .map(|request| {
                [
                    request.method.clone(),
                    format!("{:.0}", request.per_s),
                    ms(request.p50_ms),
                    ms(request.p99_ms),
                    ms(request.max_ms),
                ]
            })
            .collect();
        if rows.is_empty() {
            rows.push(nothing());
        }
        for row in rows {
            table.add_row(
                [phase.name.clone()]
                    .into_iter()
                    .chain(row)
                    .chain(blocks.clone()),
            );
        }
    }
    writeln!(out, "{table}")?;
    writeln!(
        out,
        "{} connections, {} wallets, {} processors; the block time under load is at most {:+.1} % that at rest",
        report.connections,
        report.wallets,
        report.processors,
        report.block_time_rise_percent()
    )?;
    for phase in report
        .phases
        .iter()
        .filter(|phase| phase.executed.is_some())
    {
        let executed = phase.executed.unwrap_or(0);
        writeln!(
            out,
            "{}: {executed} of {} messages executed",
            phase.name,
            phase.accepted()
        )?;
    }
    Ok(())
}
