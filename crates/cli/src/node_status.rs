//! `ddvs tycho status`: the status of the nodes.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use ddvs_tycho::{Layout, NetworkFile, NodeStatus, find_binary};
use serde_json::{Value, json};

use crate::args::TychoStatusArgs;
use crate::node_view::NodeView;
use ddvs_terminal::report;

/// A node and its answer; `None` if it is not running.
type Row = (NodeStatus, Option<Result<NodeView>>);

/// Returns whether all nodes are running and answer.
pub fn run(args: &TychoStatusArgs) -> Result<bool> {
    let layout = Layout::new(&args.dir);
    let network = ddvs_tycho::open(&layout)?;
    let rows = ask_all(&layout, &network, ddvs_tycho::status(&layout)?);
    let nodes: Vec<_> = rows.iter().map(object).collect();
    report::tell(args.json, &json!({ "nodes": nodes }), |out| {
        writeln!(out, "{}", table(&network, &rows))?;
        for (status, _) in &rows {
            for problem in problems(&rows, status.node.index) {
                writeln!(out, "node {}: {problem}", status.node.index)?;
            }
        }
        Ok(())
    })?;
    Ok(rows.iter().all(|(_, view)| matches!(view, Some(Ok(_)))))
}

/// Concurrently: a hanging node does not delay the others.
fn ask_all(layout: &Layout, network: &NetworkFile, nodes: Vec<NodeStatus>) -> Vec<Row> {
    let binary = find_binary().map_err(|error| error.to_string());
    std::thread::scope(|scope| {
        let asked: Vec<_> = nodes
            .into_iter()
            .map(|status| {
                let (node, binary) = (status.node.clone(), &binary);
                let question = status.pid.map(|_| {
                    scope.spawn(move || NodeView::ask(layout, network.global_id, &node, binary))
                });
                (status, question)
            })
            .collect();
        asked
            .into_iter()
            .map(|(status, question)| {
                let view = question.map(|question| match question.join() {
                    Ok(view) => view,
                    Err(_) => Err(anyhow::anyhow!("asking it ended early")),
                });
                (status, view)
            })
            .collect()
    })
}

/// Missing answers of a node.
fn problems(rows: &[Row], index: u16) -> Vec<String> {
    let found = rows.iter().find(|(status, _)| status.node.index == index);
    match found.and_then(|(_, view)| view.as_ref()) {
        Some(Err(error)) => vec![format!("{error:#}")],
        Some(Ok(view)) => {
            let heights = view.heights.as_ref().err();
            let heights = heights.map(|error| format!("heights of the workchains: {error:#}"));
            heights.into_iter().collect()
        }
        None => Vec::new(),
    }
}

fn object(row: &Row) -> Value {
    let (status, view) = row;
    let answer = view.as_ref().and_then(|view| view.as_ref().ok());
    let heights = answer.and_then(|view| view.heights.as_ref().ok());
    let heights: Option<BTreeMap<_, _>> = heights.map(|all| {
        all.iter()
            .map(|(id, seqno)| (id.to_string(), seqno))
            .collect()
    });
    json!({
        "node": status.node.index,
        "key": status.node.key,
        "rpc": status.node.rpc,
        "pid": status.pid,
        "answers": answer.is_some(),
        "mc_seqno": answer.map(|view| view.mc_seqno),
        "heights": heights,
        "lag_s": answer.map(|view| view.lag_s),
        "validates": answer.map(|view| view.weight.is_some()),
        "weight": answer.and_then(|view| view.weight),
        "total_weight": answer.map(|view| view.total_weight),
        "problems": problems(std::slice::from_ref(row), status.node.index),
        "cpu_s": status.cpu_s,
        "uptime_s": status.uptime_s,
        "memory_bytes": status.memory_bytes,
        "disk_bytes": status.disk_bytes,
    })
}

/// Last block of each chain, in the order of the table's head; of the masterchain alone if the others are unknown.
fn blocks(network: &NetworkFile, view: &NodeView) -> String {
    let Ok(heights) = &view.heights else {
        return view.mc_seqno.to_string();
    };
    let height = |chain: i8| match heights.get(&chain) {
        Some(seqno) => seqno.to_string(),
        None => "?".into(),
    };
    let all: Vec<_> = network
        .chains
        .iter()
        .map(|chain| height(chain.id))
        .collect();
    all.join("  ")
}

fn table(network: &NetworkFile, rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    let chains: Vec<_> = network
        .chains
        .iter()
        .map(|chain| chain.id.to_string())
        .collect();
    let blocks_head = format!("blocks of {}", chains.join(", "));
    table.set_header([
        "node",
        "process",
        &blocks_head,
        "lag",
        "set in force",
        "CPU",
        "memory",
        "disk",
        "RPC",
    ]);
    for (status, view) in rows {
        let share = 100.0 * status.cpu_s / status.uptime_s.max(0.01);
        let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
        let running = |text: String| match status.pid {
            Some(_) => text,
            None => String::new(),
        };
        let (blocks, lag, set) = match view {
            Some(Ok(view)) => {
                let set = match view.weight {
                    Some(weight) => format!("weight {weight} of {}", view.total_weight),
                    None => "follows".into(),
                };
                (blocks(network, view), format!("{:.1} s", view.lag_s), set)
            }
            Some(Err(_)) => ("no answer".into(), String::new(), String::new()),
            None => Default::default(),
        };
        table.add_row([
            status.node.index.to_string(),
            status.pid.map_or("down".into(), |pid| pid.to_string()),
            blocks,
            lag,
            set,
            running(format!("{share:.1} %")),
            running(mib(status.memory_bytes)),
            mib(status.disk_bytes),
            status.node.rpc.to_string(),
        ]);
    }
    table
}
