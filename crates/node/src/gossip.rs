//! Exchanging addresses with other nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::admit::Admission;
use crate::peer::Peer;
use crate::record::{MAX_RECORDS, NodeRecord};

/// How often nodes exchange addresses.
const GOSSIP: Duration = Duration::from_secs(5);

/// Exchanges addresses with other nodes.
pub(crate) struct Gossip {
    /// This node.
    pub admission: Arc<Admission>,
    /// This node's own address.
    pub own: NodeRecord,
    /// Nodes that were named by the user.
    pub known: Vec<String>,
    /// Whether the node is to stop.
    pub stops: Arc<AtomicBool>,
}

impl Gossip {
    /// Exchanges addresses until the node stops.
    pub fn run(self) {
        let peer = Peer::default();
        let mut turn = 0_usize;
        while !self.stops.load(Ordering::Relaxed) {
            // refused until the key is registered
            let _ = self.admission.take_record(self.own.clone());
            let records = self.admission.records.all().into_iter();
            let mut nodes: Vec<_> = records.map(|record| record.http).collect();
            nodes.extend(self.known.iter().cloned());
            nodes.retain(|node| *node != self.own.http);
            // all that were named, and one of the others, in turn
            let count = self.known.len() + 1;
            for offset in 0..count.min(nodes.len()) {
                let node = &nodes[(turn + offset) % nodes.len()];
                self.exchange(&peer, node);
            }
            turn = turn.wrapping_add(count);
            let begin = Instant::now();
            while begin.elapsed() < GOSSIP && !self.stops.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(50));
            }
        }
    }

    fn exchange(&self, peer: &Peer, node: &str) {
        match peer.records(node) {
            Ok(records) => {
                for record in records.into_iter().take(MAX_RECORDS) {
                    if let Err(refusal) = self.admission.take_record(record) {
                        tracing::debug!(node, "an address is not taken: {refusal}");
                    }
                }
            }
            Err(error) => tracing::debug!("{error}"),
        }
        if let Err(error) = peer.tell(node, &self.own) {
            tracing::debug!("{error}");
        }
    }
}
