//! Checking a block that was proposed.

use std::sync::Arc;

use ddvs_bft::Verdict;
use ddvs_replica::{Body, ExecuteError};
use ddvs_types::ChainId;
use tycho_types::cell::HashBytes;

use super::{Chains, TakeError, now_ms};
use crate::block;

/// How far a block's time may be ahead of this node's clock, in ms.
const MAX_AHEAD_MS: u64 = 1_000;

impl Chains {
    /// Returns the heights of other chains that a proposed block imports from, which this node must know before it can tell
    /// whether the block is valid. None for bytes that are no block.
    pub fn needs(&self, bytes: &[u8]) -> Vec<(ChainId, u64)> {
        let Ok(body) = block::decode(bytes).map(|block| Body::decode(block.body)) else {
            return Vec::new();
        };
        let headers = body.map(|body| body.headers).unwrap_or_default();
        let headers = headers.iter();
        headers
            .filter_map(|certified| ddvs_light::Header::from_cell(&certified.header).ok())
            .map(|header| (header.scope.chain, header.height))
            .collect()
    }

    /// Checks a block that is proposed for the next height of a chain.
    ///
    /// Fails only with a defect.
    pub fn check(
        &self,
        chain: ChainId,
        height: u64,
        bytes: &[u8],
        is_decided: bool,
    ) -> Result<Verdict, TakeError> {
        let Ok(decoded) = block::decode(bytes) else {
            return Ok(Verdict::Malformed);
        };
        let id = decoded.id();
        let replica = {
            let site = self.site(chain).ok_or(TakeError::NoSuchChain(chain))?;
            if height <= site.height() {
                // taken before the engine began: what was decided there is known
                let known = site.recent(height);
                return Ok(match known == Some(id) {
                    true => Verdict::Valid(id),
                    false => Verdict::Unknown,
                });
            }
            if site.height() + 1 != height {
                return Ok(Verdict::Unknown);
            }
            if site.candidate(&id).is_some() {
                return Ok(Verdict::Valid(id));
            }
            site.replica.clone()
        };
        let header = &decoded.header;
        if header.height != height || header.parent != replica.hash() {
            return Ok(Verdict::Invalid(id));
        }
        if !is_decided && header.time_ms > now_ms() + MAX_AHEAD_MS {
            return Ok(Verdict::Unknown);
        }
        // the header names this body, so no other one could be valid
        let Ok(body) = Body::decode(decoded.body) else {
            return Ok(Verdict::Invalid(id));
        };
        if !is_decided && let Some(verdict) = self.check_sources(id, &body)? {
            return Ok(verdict);
        }
        match replica.execute(&body) {
            Ok(executed) if executed.replica.hash() == id => {
                let executed = Arc::new(executed);
                if let Some(mut site) = self.site(chain)
                    && site.height() + 1 == height
                {
                    site.keep_candidate(id, executed);
                }
                Ok(Verdict::Valid(id))
            }
            Ok(_) => Ok(Verdict::Invalid(id)),
            Err(ExecuteError::Refused(refusal)) => {
                tracing::warn!(chain, height, "a block is not valid: {refusal}");
                Ok(Verdict::Invalid(id))
            }
            // whoever proposed it must not stop this node by it
            Err(ExecuteError::Fault(fault)) => {
                tracing::error!(
                    chain,
                    height,
                    "a block cannot be checked, please report it: {fault}"
                );
                Ok(Verdict::Unknown)
            }
        }
    }

    /// Whether this node has executed every block of other chains that a body takes headers of, and found it valid.
    fn check_sources(&self, id: HashBytes, body: &Body) -> Result<Option<Verdict>, TakeError> {
        for certified in &body.headers {
            let Ok(header) = ddvs_light::Header::from_cell(&certified.header) else {
                return Ok(Some(Verdict::Invalid(id)));
            };
            let (source, height) = (header.scope.chain, header.height);
            let known = {
                let Some(site) = self.site(source) else {
                    return Ok(Some(Verdict::Invalid(id)));
                };
                if site.height() < height {
                    let is_captured = site.captured.is_some();
                    return Ok(Some(match is_captured {
                        true => Verdict::Invalid(id),
                        false => Verdict::Unknown,
                    }));
                }
                site.recent(height)
            };
            let known = match known {
                Some(hash) => Some(hash),
                None => (self.store.header(source, height)?)
                    .map(|certified| *certified.header.repr_hash()),
            };
            if known != Some(*certified.header.repr_hash()) {
                return Ok(Some(Verdict::Invalid(id)));
            }
        }
        Ok(None)
    }
}
