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
use crate::node_view::{self, NodeView};

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

/// Returns whether all nodes run and answer.
fn status(args: &TychoStatusArgs) -> Result<bool> {
    let layout = Layout::new(&args.dir);
    let nodes = ddvs_tycho::status(&layout)?;
    let network = ddvs_tycho::open(&layout)?;
    let nodes: Vec<_> = nodes
        .into_iter()
        .map(|node| {
            let view = node.pid.and_then(|_| {
                let asked = node_view::ask(network.global_id, &node.node);
                // a node that starts does not answer yet; why another one does not is for stderr
                asked
                    .inspect_err(|error| eprintln!("node {}: {error:#}", node.node.index))
                    .ok()
            });
            (node, view)
        })
        .collect();
    let mut out = std::io::stdout().lock();
    if args.json {
        let rows: Vec<_> = nodes.iter().map(row).collect();
        serde_json::to_writer_pretty(&mut out, &json!({ "nodes": rows }))?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", table(&nodes))?;
    }
    Ok(nodes.iter().all(|(_, view)| view.is_some()))
}

fn row((status, view): &(NodeStatus, Option<NodeView>)) -> serde_json::Value {
    json!({
        "node": status.node.index,
        "key": status.node.key,
        "rpc": status.node.rpc,
        "pid": status.pid,
        "answers": view.is_some(),
        "mc_seqno": view.as_ref().map(|view| view.mc_seqno),
        "lag_s": view.as_ref().map(|view| view.lag_s),
        "validates": view.as_ref().map(|view| view.validates),
        "cpu_s": status.cpu_s,
        "uptime_s": status.uptime_s,
        "memory_bytes": status.memory_bytes,
        "disk_bytes": status.disk_bytes,
    })
}

fn table(nodes: &[(NodeStatus, Option<NodeView>)]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    table.set_header([
        "node", "process", "block", "lag", "set", "CPU", "memory", "disk", "RPC",
    ]);
    for (status, view) in nodes {
        let share = 100.0 * status.cpu_s / status.uptime_s.max(0.01);
        let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
        let running = |text: String| {
            if status.pid.is_some() {
                text
            } else {
                String::new()
            }
        };
        let (blocks, lag, set) = match view {
            Some(view) => {
                let set = if view.validates {
                    "validates"
                } else {
                    "follows"
                };
                (
                    view.mc_seqno.to_string(),
                    format!("{:.1} s", view.lag_s),
                    set,
                )
            }
            None => (running("does not answer yet".into()), String::new(), ""),
        };
        table.add_row([
            status.node.index.to_string(),
            status.pid.map_or("down".into(), |pid| pid.to_string()),
            blocks,
            lag,
            set.into(),
            running(format!("{share:.1} %")),
            running(mib(status.memory_bytes)),
            mib(status.disk_bytes),
            status.node.rpc.to_string(),
        ]);
    }
    table
}
