//! Translates between the engine and the node: the engine's messages become requests, one at a time.

mod blocks;
mod check;
mod propose;

use std::ops::RangeInclusive;

use ddvs_light::Scope;
use malachitebft_app_channel::app::consensus::Role as EngineRole;
use malachitebft_app_channel::app::engine::host::{HeightParams, Next};
use malachitebft_app_channel::app::types::ProposedValue;
use malachitebft_app_channel::app::types::sync::RawDecidedValue;
use malachitebft_app_channel::{AppMsg, NetworkMsg};
use malachitebft_core_types::{CommitCertificate, Round, Validity};
use tokio::sync::{mpsc, oneshot};
use tycho_types::cell::HashBytes;

use self::blocks::Blocks;
use crate::certificate;
use crate::codec::MAX_SYNCED_BLOCKS;
use crate::context::{Context, Height, Key, TooHeavy, Validators, Value};
use crate::evidence;
use crate::request::{Block, Decision, Reply, Request, Role, Start, StoredProposal};
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
