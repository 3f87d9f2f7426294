//! What a node says of the network: how far it is, and whether it validates.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use ddvs_jrpc::{Settings, probe};
use ddvs_tycho::NodeEntry;
use tycho_types::cell::HashBytes;

/// One node's answers.
pub struct NodeView {
    /// Number of its last masterchain block.
    pub mc_seqno: u32,
    /// How old that block is, in seconds.
    pub lag_s: f64,
    /// Whether its key is in the set in force.
    pub validates: bool,
}

/// Asks one node.
///
/// Fails when it does not answer in a few seconds, as while it starts, or is a node of another network.
pub fn ask(global_id: i32, node: &NodeEntry) -> Result<NodeView> {
    let settings = Settings {
        connect_timeout: Duration::from_millis(500),
        call_timeout: Duration::from_secs(2),
        ..Settings::default()
    };
    let report = probe(&format!("http://{}", node.rpc), &settings)?;
    ensure!(
        report.global_id == global_id,
        "{} belongs to network {}, not to {global_id}",
        node.rpc,
        report.global_id
    );
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    let key: HashBytes = node.key.parse()?;
    Ok(NodeView {
        mc_seqno: report.mc_seqno,
        lag_s: (now_s - f64::from(report.mc_time_s)).max(0.0),
        validates: report
            .set
            .list
            .iter()
            .any(|member| member.public_key == key),
    })
}
