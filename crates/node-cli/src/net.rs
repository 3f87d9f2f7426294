//! `ddvs-node net`: a network of nodes on this machine.

use std::io::Write;

use anyhow::Result;
use ddvs_node::network::{self, Layout, NetworkPlan};
use ddvs_node::processes;
use ddvs_node::status::{ChainStatus, Status};
use ddvs_terminal::report;
use serde::Serialize;

use crate::args::{AddArgs, DirArgs, InitArgs, NetCommand, RunStatusArgs, StatusArgs};

/// Age of the newest block from which a chain is called silent, in ms.
const SILENT_MS: u64 = 10_000;

pub fn run(command: &NetCommand) -> Result<bool> {
    match command {
        NetCommand::Init(args) => init(args),
        NetCommand::Add(args) => add(args),
        NetCommand::Up(args) => up(args),
        NetCommand::Down(args) => down(args),
        NetCommand::Status(args) => status(args),
    }
}

fn init(args: &InitArgs) -> Result<bool> {
    let made = network::init(&NetworkPlan {
        dir: args.dir.clone(),
        workchains: args.workchains,
        validators: args.validators,
        main: args.main,
        block_time_ms: args.block_time_ms,
        base_port: args.base_port,
        host: args.host,
    })?;
    let dir = args.dir.display();
    report::say(&format!(
        "{} chains and {} nodes in {dir}\nnetwork {}\nstart them with `ddvs-node net up --dir {dir}`\n",
        made.chains, made.nodes, made.genesis
    ))?;
    Ok(true)
}

fn add(args: &AddArgs) -> Result<bool> {
    let added = network::add(&args.dir)?;
    report::tell(args.json, &added, |out| {
        let home = added.home.display();
        writeln!(out, "node {} in {home}", added.node)?;
        writeln!(
            out,
            "start it with `ddvs-node net up --dir {}`",
            args.dir.display()
        )?;
        writeln!(
            out,
            "then make it a validator: `ddvs validator create --consensus-key {home}/consensus.json --stake COINS`"
        )?;
        Ok(())
    })?;
    Ok(true)
}

fn up(args: &DirArgs) -> Result<bool> {
    let started = processes::up(&Layout::new(&args.dir))?;
    say_which("started", &started)?;
    Ok(true)
}

fn down(args: &DirArgs) -> Result<bool> {
    let stopped = processes::down(&Layout::new(&args.dir))?;
    say_which("stopped", &stopped)?;
    Ok(true)
}

fn say_which(what: &str, nodes: &[u16]) -> Result<()> {
    let nodes: Vec<_> = nodes.iter().map(u16::to_string).collect();
    match nodes.is_empty() {
        true => report::say(&format!("no node to be {what}\n")),
        false => report::say(&format!("{what}: {}\n", nodes.join(", "))),
    }
}

/// A node and its status, if it answers.
#[derive(Debug, Serialize)]
struct NodeReport {
    node: u16,
    status: Option<Status>,
}

/// Returns whether all nodes answer, and no chain is silent or captured.
fn status(args: &StatusArgs) -> Result<bool> {
    let layout = Layout::new(&args.dir);
    let mut reports = Vec::new();
    for node in layout.nodes()? {
        let status = processes::status(&layout.node(node)).ok();
        reports.push(NodeReport { node, status });
    }
    let is_well = |chain: &ChainStatus| chain.age_ms < SILENT_MS && chain.captured.is_none();
    let is_ok = reports.iter().all(|report| {
        let status = report.status.as_ref();
        status.is_some_and(|status| status.chains.iter().all(is_well))
    });
    report::tell(args.json, &reports, |out| {
        let mut table = report::table(["node", "chain", "block", "age", "validates", "waiting"]);
        for report in &reports {
            let Some(status) = &report.status else {
                table.add_row([&report.node.to_string(), "-", "does not answer", "", "", ""]);
                continue;
            };
            for chain in &status.chains {
                table.add_row(row(report.node, chain));
            }
        }
        writeln!(out, "{table}")?;
        Ok(())
    })?;
    Ok(is_ok)
}

fn row(node: u16, chain: &ChainStatus) -> [String; 6] {
    let validates = match chain.validates {
        true => format!("{} of {}", chain.weight, chain.total_weight),
        false => "follows".to_owned(),
    };
    let age = match &chain.captured {
        Some(reason) => format!("captured: {reason}"),
        None => format!("{:.1} s", chain.age_ms as f64 / 1_000.0),
    };
    [
        node.to_string(),
        chain.chain.to_string(),
        chain.height.to_string(),
        age,
        validates,
        chain.waiting.to_string(),
    ]
}

pub fn node_status(args: &RunStatusArgs) -> Result<bool> {
    let status = processes::status(&args.home)?;
    let is_well = |chain: &ChainStatus| chain.age_ms < SILENT_MS && chain.captured.is_none();
    let is_ok = status.chains.iter().all(is_well);
    report::tell(args.json, &status, |out| {
        writeln!(out, "network {}\nkey     {}", status.genesis, status.key)?;
        writeln!(out, "knows the addresses of {} nodes", status.nodes)?;
        let mut table = report::table(["chain", "block", "age", "validates", "waiting"]);
        for chain in &status.chains {
            let [_, rest @ ..] = row(0, chain);
            table.add_row(rest);
        }
        writeln!(out, "{table}")?;
        Ok(())
    })?;
    Ok(is_ok)
}
