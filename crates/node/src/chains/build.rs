//! Making a block from what this node knows of all chains.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ddvs_replica::Offer;
use ddvs_types::ChainId;
use tycho_types::cell::HashBytes;

use super::{Chains, TakeError, now_ms};
use crate::block;

/// Bits of external messages that a block is offered.
const OFFERED_BITS: usize = 8 << 20;

impl Chains {
    /// Makes a block for a height of a chain, in about `time` at most.
    ///
    /// Fails when it is not the next height, or with a defect.
    pub fn build(
        &self,
        chain: ChainId,
        height: u64,
        time: Duration,
    ) -> Result<(HashBytes, Vec<u8>), TakeError> {
        let begin = Instant::now();
        let (replica, mut externals) = {
            let site = self.site(chain).ok_or(TakeError::NoSuchChain(chain))?;
            if site.height() + 1 != height {
                return Err(TakeError::NotNext {
                    chain,
                    found: height,
                    known: site.height(),
                });
            }
            (
                site.replica.clone(),
                site.mempool.offer(chain, OFFERED_BITS),
            )
        };
        let mut headers = Vec::new();
        let mut lanes = BTreeMap::new();
        for (&source, cursor) in replica.cursors() {
            let imported = replica.chain().received().get(source);
            let imported = imported.map_or(0, |lane| lane.count);
            let Some(site) = self.site(source) else {
                continue;
            };
            let (new, lane) = site.offer(chain, cursor.header.height, imported);
            headers.extend(new);
            lanes.insert(source, lane);
        }
        let proposed = replica.propose(Offer {
            time_ms: now_ms(),
            headers,
            lanes,
            externals: &mut || externals.pop_front(),
            goes_on: &mut |_| begin.elapsed() < time,
        })?;
        for refusal in &proposed.refused {
            tracing::debug!(chain, "not imported: {refusal}");
        }
        let executed = Arc::new(proposed.executed);
        let id = executed.replica.hash();
        let bytes = block::encode(&executed.header, &executed.body);
        if let Some(mut site) = self.site(chain)
            && site.height() == replica.header().height
        {
            site.keep_candidate(id, executed);
        }
        Ok((id, bytes))
    }
}
