//! Has blocks checked, and keeps those that the consensus sees.

use bytes::Bytes;
use malachitebft_app_channel::app::engine::host::SyncedValueOutcome;
use malachitebft_app_channel::app::types::ProposedValue;
use malachitebft_core_types::{Round, Validity};
use tycho_types::cell::HashBytes;

use super::{Driver, DriverError};
use crate::context::{Context, Height, Key, Value};
use crate::parts::Proposed;
use crate::request::{Request, Verdict};

impl Driver {
    /// Asks the node about a block that was put together. `None` if it stays out of the consensus.
    pub(super) async fn check_proposed(
        &mut self,
        proposed: Proposed,
    ) -> Result<Option<ProposedValue<Context>>, DriverError> {
        let (height, round, proposer) = (proposed.height, proposed.round, proposed.proposer);
        let bytes = proposed.bytes.clone();
        let verdict = match self.blocks.known(&bytes) {
            Some(verdict) => verdict,
            None => self.check(height, round, proposer, &bytes, false).await?,
        };
        let Some((id, validity)) = judged(verdict) else {
            if verdict == Verdict::Unknown {
                self.blocks.wait(proposed);
            }
            return Ok(None);
        };
        let value = ProposedValue {
            height,
            round,
            valid_round: proposed.valid_round,
            proposer,
            value: Value { id, bytes },
            validity,
        };
        self.store(value.clone()).await?;
        Ok(Some(value))
    }

    pub(super) async fn check_synced(
        &mut self,
        height: Height,
        round: Round,
        proposer: Key,
        bytes: Bytes,
    ) -> Result<SyncedValueOutcome<Context>, DriverError> {
        if height != self.height {
            return Ok(SyncedValueOutcome::LocalTransientError);
        }
        let verdict = self.check(height, round, proposer, &bytes, true).await?;
        let Some((id, validity)) = judged(verdict) else {
            return Ok(match verdict {
                Verdict::Unknown => SyncedValueOutcome::LocalTransientError,
                _ => SyncedValueOutcome::PeerFault,
            });
        };
        let value = ProposedValue {
            height,
            round,
            valid_round: Round::Nil,
            proposer,
            value: Value { id, bytes },
            validity,
        };
        self.store(value.clone()).await?;
        Ok(SyncedValueOutcome::Verdict(value))
    }

    async fn check(
        &self,
        height: Height,
        round: Round,
        proposer: Key,
        bytes: &Bytes,
        is_decided: bool,
    ) -> Result<Verdict, DriverError> {
        let bytes = bytes.clone();
        self.ask(|reply| Request::CheckBlock {
            height: height.0,
            round: round.as_u32().unwrap_or_default(),
            proposer: proposer.0,
            bytes,
            is_decided,
            reply,
        })
        .await
    }

    /// Keeps a proposal, here and on the node's disk.
    pub(super) async fn store(&mut self, value: ProposedValue<Context>) -> Result<(), DriverError> {
        let Some(proposal) = self.blocks.keep(&value) else {
            return Ok(());
        };
        self.ask(|reply| Request::StoreProposal { proposal, reply })
            .await
    }
}

/// The id and validity of a block that the consensus may see.
fn judged(verdict: Verdict) -> Option<(HashBytes, Validity)> {
    match verdict {
        // no block is called zero, which is nil
        Verdict::Valid(HashBytes::ZERO) | Verdict::Invalid(HashBytes::ZERO) => None,
        Verdict::Valid(id) => Some((id, Validity::Valid)),
        Verdict::Invalid(id) => Some((id, Validity::Invalid)),
        Verdict::Malformed | Verdict::Unknown => None,
    }
}
