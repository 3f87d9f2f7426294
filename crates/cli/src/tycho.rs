//! `ddvs tycho`: a network of stock nodes.

use std::io::Write;

use anyhow::Result;
use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use ddvs_tycho::{Layout, NetworkOptions, NodeStatus, Profile};
use serde_json::json;

use crate::args::{
    TychoBundleArgs, TychoCommand, TychoDirArgs, TychoInitArgs, TychoProfile, TychoStatusArgs,
};

/// Returns whether what was asked for is so.
pub fn run(command: &TychoCommand) -> Result<bool> {
    match command {
        TychoCommand::Init(args) => init(args),
        TychoCommand::Up(args) => up(args),
        TychoCommand::Down(args) => down(args),
        TychoCommand::Status(args) => status(args),
        TychoCommand::NodeBundle(args) => node_bundle(args),
    }
}

fn init(args: &TychoInitArgs) -> Result<bool> {
    let network = ddvs_tycho::init(&NetworkOptions {
        dir: args.dir.clone(),
        nodes: args.nodes,
        validators: args.validators,
        workchains: args.workchains,
        block_time_ms: args.block_time_ms,
        set_interval_s: args.set_interval_s,
        story: args.story,
        profile: match args.profile {
            TychoProfile::Small => Profile::Small,
            TychoProfile::Production => Profile::Production,
        },
        hosts: args.hosts.clone(),
        udp_port: args.udp_port,
        rpc_port: args.rpc_port,
    })?;
    let mut out = std::io::stdout().lock();
    let dir = args.dir.display();
    writeln!(
        out,
        "{} chains and {} nodes in {dir}",
        network.chains.len(),
        network.nodes.len()
    )?;
    for chain in &network.chains {
        writeln!(
            out,
            "  chain {:>2}  D'Elector & Config {}",
            chain.id, chain.delector
        )?;
    }
    writeln!(out, "start them with `ddvs tycho up --dir {dir}`")?;
    Ok(true)
}

fn up(args: &TychoDirArgs) -> Result<bool> {
    let started = ddvs_tycho::up(&Layout::new(&args.dir))?;
    told("started", &started)
}

fn down(args: &TychoDirArgs) -> Result<bool> {
    let stopped = ddvs_tycho::down(&Layout::new(&args.dir))?;
    told("stopped", &stopped)
}

fn node_bundle(args: &TychoBundleArgs) -> Result<bool> {
    ddvs_tycho::node_bundle(&Layout::new(&args.dir), args.node, &args.out)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "node {} in {}: copy it to its host as /var/lib/ddvs-node, and see docs/guide/tycho.md",
        args.node,
        args.out.display()
    )?;
    Ok(true)
}

fn told(what: &str, nodes: &[u16]) -> Result<bool> {
    let mut out = std::io::stdout().lock();
    if nodes.is_empty() {
        writeln!(out, "nothing to be {what}")?;
    } else {
        let numbers: Vec<_> = nodes.iter().map(ToString::to_string).collect();
        writeln!(out, "{what}: node {}", numbers.join(", "))?;
    }
    Ok(true)
}

/// Every node that should run does.
fn status(args: &TychoStatusArgs) -> Result<bool> {
    let nodes = ddvs_tycho::status(&Layout::new(&args.dir))?;
    let mut out = std::io::stdout().lock();
    if args.json {
        let rows: Vec<_> = nodes.iter().map(row).collect();
        serde_json::to_writer_pretty(&mut out, &json!({ "nodes": rows }))?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", table(&nodes))?;
    }
    Ok(nodes.iter().all(|node| node.pid.is_some()))
}

fn row(status: &NodeStatus) -> serde_json::Value {
    json!({
        "node": status.node.index,
        "key": status.node.key,
        "rpc": status.node.rpc,
        "pid": status.pid,
        "cpu_s": status.cpu_s,
        "uptime_s": status.uptime_s,
        "memory_bytes": status.memory_bytes,
        "disk_bytes": status.disk_bytes,
    })
}

fn table(nodes: &[NodeStatus]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    table.set_header(["node", "process", "CPU", "memory", "disk", "RPC"]);
    for status in nodes {
        let share = 100.0 * status.cpu_s / status.uptime_s.max(0.01);
        let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
        table.add_row([
            status.node.index.to_string(),
            status.pid.map_or("down".into(), |pid| pid.to_string()),
            if status.pid.is_some() {
                format!("{share:.1} %")
            } else {
                String::new()
            },
            mib(status.memory_bytes),
            mib(status.disk_bytes),
            status.node.rpc.to_string(),
        ]);
    }
    table
}
