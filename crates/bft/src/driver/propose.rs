//! Proposes blocks and sends them.

use std::time::Duration;

use bytes::Bytes;
use malachitebft_app_channel::NetworkMsg;
use malachitebft_app_channel::app::types::{LocallyProposedValue, ProposedValue};
use malachitebft_core_types::{Round, Validity};
use tokio::sync::oneshot;
use tycho_types::cell::HashBytes;

use super::{Driver, DriverError, blocks};
use crate::context::{Context, Height, Key, Value};
use crate::parts::Proposed;
use crate::request::Request;

impl Driver {
    /// Proposes what was proposed before, or a block that the node builds in time.
    pub(super) async fn propose(
        &mut self,
        height: Height,
        round: Round,
        timeout: Duration,
        reply: oneshot::Sender<LocallyProposedValue<Context>>,
    ) -> Result<(), DriverError> {
        let me = self.signer.public_key();
        let value = match self.blocks.proposed_by(&me, round) {
            Some(value) => value,
            None => match self.build(height, round, timeout).await? {
                Some(value) => value,
                None => return Ok(()),
            },
        };
        let bytes = value.bytes.clone();
        let _ = reply.send(LocallyProposedValue::new(height, round, value));
        self.stream(height, round, Round::Nil, me, bytes).await
    }

    async fn build(
        &mut self,
        height: Height,
        round: Round,
        timeout: Duration,
    ) -> Result<Option<Value>, DriverError> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::BuildBlock {
            height: height.0,
            round: round.as_u32().unwrap_or_default(),
            timeout,
            reply,
        })
        .await?;
        let Ok(Ok(block)) = tokio::time::timeout(timeout, answer).await else {
            tracing::warn!("the node built no block of height {height} in {timeout:?}");
            return Ok(None);
        };
        if block.id == HashBytes::ZERO || block.bytes.len() > self.max_block_bytes {
            let (id, length) = (block.id, block.bytes.len());
            tracing::error!("block {id} of {length} bytes cannot be proposed");
            return Ok(None);
        }
        let value = Value {
            id: block.id,
            bytes: block.bytes,
        };
        self.store(ProposedValue {
            height,
            round,
            valid_round: Round::Nil,
            proposer: self.signer.public_key(),
            value: value.clone(),
            validity: Validity::Valid,
        })
        .await?;
        Ok(Some(value))
    }

    /// Sends a block in parts.
    pub(super) async fn stream(
        &mut self,
        height: Height,
        round: Round,
        valid_round: Round,
        proposer: Key,
        bytes: Bytes,
    ) -> Result<(), DriverError> {
        let proposed = Proposed {
            height,
            round,
            valid_round,
            proposer,
            sender: self.signer.public_key(),
            bytes,
        };
        self.streams += 1;
        for message in blocks::messages(&proposed, self.streams, &self.signer) {
            let sent = (self.network)
                .send(NetworkMsg::PublishProposalPart(message))
                .await;
            sent.map_err(|_| DriverError::EngineGone)?;
        }
        Ok(())
    }
}
