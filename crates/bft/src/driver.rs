//! Translates between the engine and the node: the engine's messages become requests, one at a time.

mod blocks;

use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use ddvs_light::Scope;
use malachitebft_app_channel::app::consensus::Role as EngineRole;
use malachitebft_app_channel::app::engine::host::{HeightParams, Next, SyncedValueOutcome};
use malachitebft_app_channel::app::types::sync::RawDecidedValue;
use malachitebft_app_channel::app::types::{LocallyProposedValue, ProposedValue};
use malachitebft_app_channel::{AppMsg, NetworkMsg};
use malachitebft_core_types::{CommitCertificate, Round, Validity};
use tokio::sync::{mpsc, oneshot};
use tycho_types::cell::HashBytes;

use self::blocks::Blocks;
use crate::certificate;
use crate::codec::MAX_SYNCED_BLOCKS;
use crate::context::{Context, Height, Key, TooHeavy, Validators, Value};
use crate::evidence;
use crate::parts::Proposed;
use crate::request::{Block, Decision, Reply, Request, Role, Start, StoredProposal, Verdict};
use crate::signer::VoteSigner;

/// Reason why an engine has ended by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// The node does not take requests, or dropped a reply that the engine needs.
    #[error("the node does not answer the engine")]
    NodeGone,
    /// The engine has stopped.
    #[error("the engine has stopped, as its log says why")]
    EngineGone,
    /// The engine cannot compute with the set of a height.
    #[error("height {height} cannot start: {reason}")]
    Set {
        /// The height.
        height: u64,
        /// Why.
        reason: TooHeavy,
    },
    /// A block was decided whose bytes are not here: it was voted for before a crash, and not among the stored ones.
    #[error("block {id} of height {height} is decided, but its proposal was not stored")]
    BlockLost {
        /// The height.
        height: u64,
        /// Id of the block.
        id: HashBytes,
    },
}

/// Runs an engine.
pub(crate) struct Driver {
    scope: Scope,
    signer: VoteSigner,
    max_block_bytes: usize,
    requests: mpsc::Sender<Request>,
    network: mpsc::Sender<NetworkMsg<Context>>,
    blocks: Blocks,
    /// The height that runs, or that comes next; 0 before the engine is ready.
    height: Height,
    /// Validators of that height; `None` before the engine is ready.
    validators: Option<Validators>,
    /// Number of streams that were sent.
    streams: u64,
}

impl Driver {
    pub(crate) fn new(
        scope: Scope,
        signer: VoteSigner,
        max_block_bytes: usize,
        requests: mpsc::Sender<Request>,
        network: mpsc::Sender<NetworkMsg<Context>>,
    ) -> Self {
        Self {
            scope,
            signer,
            max_block_bytes,
            requests,
            network,
            blocks: Blocks::new(max_block_bytes),
            height: Height(0),
            validators: None,
            streams: 0,
        }
    }

    /// Serves the engine until it or the node ends, which is always an error: whoever wants to end it drops this.
    pub(crate) async fn run(
        mut self,
        mut messages: mpsc::Receiver<AppMsg<Context>>,
    ) -> Result<(), DriverError> {
        while let Some(message) = messages.recv().await {
            self.serve(message).await?;
        }
        Err(DriverError::EngineGone)
    }

    async fn serve(&mut self, message: AppMsg<Context>) -> Result<(), DriverError> {
        // The engine does not always wait for what it asked, so that a reply that nobody awaits is no error.
        match message {
            AppMsg::ConsensusReady { reply } => {
                let start = self.ask(|reply| Request::Ready { reply }).await?;
                let params = self.begin(&start)?;
                let height = start.height;
                let ask = |reply| Request::LoadProposals { height, reply };
                let stored = self.ask(ask).await?;
                self.blocks.load(stored);
                let _ = reply.send((self.height, params));
            }
            AppMsg::StartedRound {
                height,
                round,
                proposer,
                role,
                reply_value,
            } => {
                self.started_round(height, round, proposer, role).await?;
                let _ = reply_value.send(self.proposals_of(height, round).await?);
            }
            AppMsg::GetValue {
                height,
                round,
                timeout,
                reply,
            } => self.propose(height, round, timeout, reply).await?,
            AppMsg::RestreamProposal {
                height,
                round,
                valid_round,
                address,
                value_id,
            } => {
                if let Some(block) = self.blocks.block(height, &value_id) {
                    let bytes = block.bytes.clone();
                    self.stream(height, round, valid_round, address, bytes)
                        .await?;
                }
            }
            AppMsg::ReceivedProposalPart { part, reply, .. } => {
                let proposed = part.content.into_data().and_then(|part| {
                    let validators = self.validators.as_ref()?;
                    let (me, verifier) = (self.signer.public_key(), self.signer.verifier());
                    self.blocks.insert(part, &me, validators, &verifier)
                });
                let checked = match proposed {
                    Some(proposed) => self.check_proposed(proposed).await?,
                    None => None,
                };
                let _ = reply.send(checked);
            }
            AppMsg::ProcessSyncedValue {
                height,
                round,
                proposer,
                value_bytes,
                reply,
            } => {
                let outcome = self
                    .check_synced(height, round, proposer, value_bytes)
                    .await?;
                let _ = reply.send(outcome);
            }
            AppMsg::Decided {
                certificate, reply, ..
            } => {
                self.decided(&certificate).await?;
                let _ = reply.send(());
            }
            AppMsg::Finalized {
                certificate,
                evidence,
                reply,
                ..
            } => {
                let evidence = evidence::from_engine(&self.scope, &evidence);
                let ask = |reply| Request::Finalized {
                    height: certificate.height.0,
                    id: certificate.value_id,
                    certificate: certificate::from_engine(&certificate),
                    evidence,
                    reply,
                };
                let start = self.ask(ask).await?;
                let params = self.begin(&start)?;
                let _ = reply.send(Next::Start(self.height, params));
            }
            AppMsg::GetHistoryMinHeight { reply } => {
                let height = self.ask(|reply| Request::FirstHeight { reply }).await?;
                let _ = reply.send(Height(height));
            }
            AppMsg::GetDecidedValues { range, reply } => {
                let _ = reply.send(self.decided_values(&range).await?);
            }
            AppMsg::ExtendVote { reply, .. } => {
                let _ = reply.send(None);
            }
            AppMsg::VerifyVoteExtensions {
                extensions, reply, ..
            } => {
                let verdicts = extensions.into_iter().map(|(key, ())| (key, Ok(())));
                let _ = reply.send(verdicts.collect());
            }
        }
        Ok(())
    }

    /// Asks the node and waits for its reply.
    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, DriverError> {
        let (reply, answer) = oneshot::channel();
        self.send(request(reply)).await?;
        answer.await.map_err(|_| DriverError::NodeGone)
    }

    async fn send(&self, request: Request) -> Result<(), DriverError> {
        let sent = self.requests.send(request).await;
        sent.map_err(|_| DriverError::NodeGone)
    }

    /// Goes to the next height.
    fn begin(&mut self, start: &Start) -> Result<HeightParams<Context>, DriverError> {
        let validators = Validators::new(&start.set).map_err(|reason| DriverError::Set {
            height: start.height,
            reason,
        })?;
        self.height = Height(start.height);
        self.blocks.begin(self.height);
        self.validators = Some(validators.clone());
        let timings = &start.timings;
        let block_time = Some(timings.block_time);
        Ok(HeightParams::new(
            validators,
            timings.timeouts(),
            block_time,
        ))
    }

    async fn started_round(
        &mut self,
        height: Height,
        round: Round,
        proposer: Key,
        role: EngineRole,
    ) -> Result<(), DriverError> {
        let round = round.as_u32().unwrap_or_default();
        self.blocks.started(round);
        self.send(Request::StartedRound {
            height: height.0,
            round,
            proposer: proposer.0,
            role: match role {
                EngineRole::Proposer => Role::Proposer,
                EngineRole::Validator => Role::Validator,
                EngineRole::None => Role::Follower,
            },
        })
        .await
    }

    /// Returns what was stored for a round, and blocks that could not be checked before.
    async fn proposals_of(
        &mut self,
        height: Height,
        round: Round,
    ) -> Result<Vec<ProposedValue<Context>>, DriverError> {
        let mut proposals = self.blocks.of_round(round);
        let Some(validators) = self.validators.clone() else {
            return Ok(proposals);
        };
        for proposed in self.blocks.take_waiting(height, &validators) {
            proposals.extend(self.check_proposed(proposed).await?);
        }
        Ok(proposals)
    }

    /// Proposes what was proposed before, or a block that the node builds in time.
    async fn propose(
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
    async fn stream(
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

    /// Asks the node about a block that was put together. `None` if it stays out of the consensus.
    async fn check_proposed(
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

    async fn check_synced(
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
    async fn store(&mut self, value: ProposedValue<Context>) -> Result<(), DriverError> {
        let Some(proposal) = self.blocks.keep(&value) else {
            return Ok(());
        };
        self.ask(|reply| Request::StoreProposal { proposal, reply })
            .await
    }

    async fn decided(&mut self, decided: &CommitCertificate<Context>) -> Result<(), DriverError> {
        let (height, id) = (decided.height, decided.value_id);
        let Some(block) = self.blocks.block(height, &id) else {
            return Err(DriverError::BlockLost {
                height: height.0,
                id,
            });
        };
        let decision = Decision {
            height: height.0,
            block: block.clone(),
            certificate: certificate::from_engine(decided),
        };
        self.ask(|reply| Request::Decided { decision, reply }).await
    }

    async fn decided_values(
        &self,
        heights: &RangeInclusive<Height>,
    ) -> Result<Vec<RawDecidedValue<Context>>, DriverError> {
        let start = heights.start().0;
        let most = start.saturating_add(MAX_SYNCED_BLOCKS as u64 - 1);
        let end = heights.end().0.min(most);
        let ask = |reply| Request::LoadDecisions {
            heights: start..=end,
            reply,
        };
        let decisions = self.ask(ask).await?;
        Ok(decisions
            .into_iter()
            .zip(start..=end)
            .take_while(|(decision, height)| decision.height == *height)
            .map(|(decision, height)| {
                let Block { id, bytes } = decision.block;
                RawDecidedValue::new(
                    bytes,
                    certificate::to_engine(height, id, &decision.certificate),
                )
            })
            .collect())
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

/// The engine's form of a stored proposal.
fn to_engine(stored: StoredProposal) -> ProposedValue<Context> {
    ProposedValue {
        height: Height(stored.height),
        round: Round::new(stored.round),
        valid_round: stored.valid_round.map_or(Round::Nil, Round::new),
        proposer: Key(stored.proposer),
        value: Value {
            id: stored.block.id,
            bytes: stored.block.bytes,
        },
        validity: Validity::from_bool(stored.is_valid),
    }
}
