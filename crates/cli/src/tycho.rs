//! `ddvs tycho`: a network of stock nodes.

use std::time::Duration;

use anyhow::Result;
use ddvs_tycho::{Layout, NetworkOptions, Profile};

use crate::args::{TychoBundleArgs, TychoCommand, TychoDirArgs, TychoInitArgs, TychoProfile};
use crate::{node_status, run_validator};
use ddvs_terminal::report;

/// Timeout from the nodes' start until all chains are shown.
const SHOWN_WITHIN: Duration = Duration::from_secs(90);

/// Returns whether the requested state holds.
pub fn run(command: &TychoCommand) -> Result<bool> {
    match command {
        TychoCommand::Init(args) => init(args),
        TychoCommand::Up(args) => up(args),
        TychoCommand::Down(args) => down(args),
        TychoCommand::Status(args) => node_status::run(args),
        TychoCommand::NodeBundle(args) => node_bundle(args),
        TychoCommand::RunValidator(args) => run_validator::run(args),
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
        set_size: args.set_size,
        candidates: args.candidates,
        restarts_consensus: !args.keep_consensus,
        story: args.story,
        profile: match args.profile {
            TychoProfile::Small => Profile::Small,
            TychoProfile::Production => Profile::Production,
        },
        hosts: args.hosts.clone(),
        udp_port: args.udp_port,
        rpc_port: args.rpc_port,
    })?;
    let dir = args.dir.display();
    let chains: String = network
        .chains
        .iter()
        .map(|chain| {
            format!(
                "  chain {:>2}  D'Elector & Config {}\n",
                chain.id, chain.delector
            )
        })
        .collect();
    report::say(&format!(
        "{} chains and {} nodes in {dir}\n{chains}start them with `ddvs tycho up --dir {dir}`\n",
        network.chains.len(),
        network.nodes.len()
    ))?;
    Ok(true)
}

fn up(args: &TychoDirArgs) -> Result<bool> {
    let layout = Layout::new(&args.dir);
    let started = ddvs_tycho::up(&layout)?;
    told("started", &started)?;
    let again = ddvs_tycho::show_all_workchains(
        &layout,
        &ddvs_tycho::open(&layout)?,
        &started,
        SHOWN_WITHIN,
    )?;
    match again {
        Some(again) if again.is_empty() => {}
        Some(again) => {
            told("started again, since no node showed some workchain", &again)?;
        }
        None => eprintln!(
            "no node shows some workchain now, where less may happen than in another; accounts there can be read now and then only (see \"Reading accounts\" in docs/guide/tycho.md)"
        ),
    }
    Ok(true)
}

fn down(args: &TychoDirArgs) -> Result<bool> {
    let stopped = ddvs_tycho::down(&Layout::new(&args.dir))?;
    told("stopped", &stopped)
}

fn node_bundle(args: &TychoBundleArgs) -> Result<bool> {
    ddvs_tycho::node_bundle(&Layout::new(&args.dir), args.node, &args.out)?;
    report::say(&format!(
        "node {} in {}: copy it to its host as /var/lib/ddvs-node, and see docs/guide/tycho.md\n",
        args.node,
        args.out.display()
    ))?;
    Ok(true)
}

fn told(what: &str, nodes: &[u16]) -> Result<bool> {
    let numbers: Vec<_> = nodes.iter().map(ToString::to_string).collect();
    report::say(&match nodes {
        [] => format!("nothing to be {what}\n"),
        _ => format!("{what}: node {}\n", numbers.join(", ")),
    })?;
    Ok(true)
}
