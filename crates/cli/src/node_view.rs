//! A node's view of the network: its height, and whether it validates.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use ddvs_jrpc::{Settings, probe};
use ddvs_tycho::{Layout, NodeEntry, heights};
use tycho_types::cell::HashBytes;

/// Timeout of one query to a node.
const CALL_TIME: Duration = Duration::from_millis(800);
/// Timeout of learning the heights of its chains.
const HEIGHTS_TIME: Duration = Duration::from_millis(800);

/// One node's answers.
pub struct NodeView {
    /// Number of its last masterchain block.
    pub mc_seqno: u32,
    /// Age of that block, in seconds.
    pub lag_s: f64,
    /// Its weight in the set in force, if its key is in it.
    pub weight: Option<u64>,
    /// Weight of the whole set in force.
    pub total_weight: u64,
    /// Number of the last block of each chain, or why they are not known.
    pub heights: Result<BTreeMap<i8, u32>>,
}

impl NodeView {
    /// Queries one node; `binary` is the engine's, or why there is none. Takes at most about 2.5 s.
    ///
    /// Fails when its RPC does not answer, for example during its start, or it is a node of another network.
    pub fn ask(
        layout: &Layout,
        global_id: i32,
        node: &NodeEntry,
        binary: &Result<impl AsRef<Path>, String>,
    ) -> Result<Self> {
        let settings = Settings {
            connect_timeout: CALL_TIME / 2,
            call_timeout: CALL_TIME,
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
        let mut members = report.set.list.iter();
        let heights = match binary {
            Ok(binary) => heights(layout, node.index, binary.as_ref(), HEIGHTS_TIME)
                .map_err(anyhow::Error::from),
            Err(reason) => Err(anyhow::anyhow!("{reason}")),
        };
        Ok(Self {
            mc_seqno: report.mc_seqno,
            lag_s: (now_s - f64::from(report.mc_time_s)).max(0.0),
            weight: members
                .find(|member| member.public_key == key)
                .map(|member| member.weight),
            total_weight: report.set.total_weight,
            heights,
        })
    }
}
