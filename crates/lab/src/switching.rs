//! `ddvs-lab switching`: a drill of set changes.

use std::io::Write;

use anyhow::{Context, Result};
use ddvs_drill::{
    Change, Kills, LoadOptions, SwitchReport, SwitchingOptions, SwitchingReport, switching,
};
use ddvs_tycho::Layout;

use crate::args::{SwitchingArgs, SwitchingChange, SwitchingKills};
use crate::seed;
use ddvs_terminal::report;

/// Every n-th message of a wallet is a stake.
const STAKE_EVERY: u32 = 4;

/// Returns whether nothing went wrong.
pub fn run(args: &SwitchingArgs) -> Result<bool> {
    let seed = seed(args.seed)?;
    let options = SwitchingOptions {
        switches: args.switches,
        change: match args.change {
            SwitchingChange::Member => Change::Member,
            SwitchingChange::Pair => Change::Pair,
            SwitchingChange::Weights => Change::Weights,
        },
        cold: args.cold,
        kills: match args.kills {
            SwitchingKills::None => Kills::None,
            SwitchingKills::Each => Kills::Each,
            SwitchingKills::All => Kills::All,
        },
        pause_s: args.pause_s,
        restart_after_s: args.restart_after_s,
        load: (args.load_per_s > 0.0).then_some(LoadOptions {
            wallets: args.load_wallets,
            rate_per_s: args.load_per_s,
            stake_every: STAKE_EVERY,
            seed,
        }),
    };
    let mut progress = |switch: &SwitchReport| eprintln!("{}", line(switch));
    let report = switching(&Layout::new(&args.dir), &options, &mut progress)
        .context("drilling changes of the set")?;
    report::tell(args.json, &report, |out| print(out, &report))?;
    Ok(report.is_clean(args.max_halt_s))
}

fn line(switch: &SwitchReport) -> String {
    let mut line = format!(
        "set {:>3} written after {:>5.1} s, longest halt {:>5.1} s",
        switch.number, switch.written_s, switch.halt_s
    );
    for (what, nodes) in [
        ("in", &switch.joined),
        ("out", &switch.left),
        ("ended", &switch.ended),
        ("killed", &switch.killed),
        ("started again", &switch.started_again),
    ] {
        if !nodes.is_empty() {
            line += &format!(", {what}: node {nodes:?}");
        }
    }
    for (kind, count) in &switch.complaints {
        line += &format!(", {kind}: {count}");
    }
    line
}

fn print(out: &mut impl Write, report: &SwitchingReport) -> Result<()> {
    let block = report.block_time_s;
    writeln!(
        out,
        "{} sets at least {} s apart, {} sessions; halted: {}; longest time without a block {:.1} s",
        report.switches.len(),
        report.interval_s,
        report.sessions,
        report.halted,
        report.longest_halt_s
    )?;
    writeln!(
        out,
        "block time {:.1} s, p99 {:.1} s, longest {:.1} s; a set is in force {} blocks after it was written at most",
        block.median, block.p99, block.max, report.blocks_until_in_force
    )?;
    writeln!(
        out,
        "all nodes together: {}; every change in force: {}",
        report.is_together, report.all_in_force
    )?;
    if report.restarts > 0 {
        writeln!(
            out,
            "all nodes were started again {} times, since the network stood",
            report.restarts
        )?;
    }
    if let Some(load) = &report.load {
        writeln!(
            out,
            "load: {} sent, {} executed, {} of them stakes, {} sent again, {} lost; all exactly once: {}",
            load.sent,
            load.executed,
            load.stakes,
            load.sent_again,
            load.lost,
            load.is_exact()
        )?;
    }
    Ok(())
}
