//! The end of a drill: nodes and copies must agree again.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use ddvs_client::{Backend, DElector};
use ddvs_jrpc::{BlockHead, NodeReport, Settings, probe};

use super::{Drill, KEEP_UP, POLL, PUBLISH_AGAIN, PUBLISH_VALUE_NANO};

/// Timeout for nodes to synchronize.
const SETTLING: Duration = Duration::from_secs(90);

impl Drill<'_> {
    /// Waits until all nodes are at the same block, and have the same config. Returns whether they were in time.
    ///
    /// Fails only when a stalled network cannot be restarted.
    pub fn come_together(&mut self) -> Result<bool> {
        let end = Instant::now() + SETTLING;
        let mut kept_up = Instant::now();
        while Instant::now() < end {
            if self.watch.last().is_some_and(|last| last.is_together()) && self.is_one_config() {
                return Ok(true);
            }
            self.restart_if_it_stands()?;
            if kept_up.elapsed() >= KEEP_UP {
                self.keep_up()?;
                kept_up = Instant::now();
            }
            thread::sleep(POLL);
        }
        Ok(false)
    }

    /// Whether all nodes answer with the same config.
    pub fn is_one_config(&self) -> bool {
        let settings = Settings::default();
        let ask = |rpc| probe(&format!("http://{rpc}"), &settings);
        let reports: Result<Vec<NodeReport>, _> =
            self.file.nodes.iter().map(|node| ask(node.rpc)).collect();
        reports.is_ok_and(|reports| {
            let hashes: BTreeSet<_> = reports.iter().map(|report| report.config_hash).collect();
            hashes.len() == 1
        })
    }

    /// Waits until nothing waits at the masterchain's D'Elector, and all copies hold the same registries.
    pub fn all_in_force(&mut self) -> Result<bool> {
        let chains: Vec<_> = self
            .backend
            .chains()?
            .iter()
            .map(|chain| chain.id)
            .collect();
        let copies: Result<Vec<_>, _> = chains
            .iter()
            .map(|&chain| DElector::new(&self.crew.network, chain))
            .collect();
        let copies = copies?;
        let end = Instant::now() + SETTLING + self.interval;
        let mut asked = Instant::now();
        while Instant::now() < end {
            thread::sleep(POLL);
            let _ = self.backend.tend_outbox();
            let _ = self.publisher.poll(self.backend);
            if self.is_set_behind()? {
                if !self.publisher.is_waiting() && asked.elapsed() >= PUBLISH_AGAIN {
                    asked = Instant::now();
                    let ask = self.delector.publish_set(PUBLISH_VALUE_NANO, 0)?;
                    let _ = self.publisher.send(self.backend, &[ask]);
                }
                continue;
            }
            let mut is_same = true;
            for &chain in &chains {
                let digests: Result<BTreeSet<_>, _> = copies
                    .iter()
                    .map(|copy| copy.registry_digest(self.backend, chain))
                    .collect();
                is_same &= digests?.len() == 1;
            }
            if is_same {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns headers of the masterchain's blocks since the drill began.
    pub fn heads(&self) -> Result<Vec<BlockHead>> {
        Ok(self
            .backend
            .heads_since(self.first_block, self.delector.address())?)
    }
}
