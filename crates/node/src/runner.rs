//! Answers the consensus engine of one chain.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ddvs_bft::{
    Block, Decision, Engine, EngineError, EngineHandle, Request, Start, Timings, Verdict,
};
use ddvs_contracts::messages::Evidence;
use ddvs_replica::CertifiedHeader;
use ddvs_types::ChainId;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, interval, timeout_at};
use tycho_types::cell::HashBytes;

use crate::chains::{Chains, TakeError};
use crate::kept;
use crate::record::Records;
use crate::store::StoreError;

/// Share of the time for a proposal that building a block may take.
const BUILD_SHARE: u32 = 2;

/// How often the addresses of the chain's validators are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Reason why a runner ended.
#[derive(Debug)]
pub enum Ended {
    /// The node is to stop.
    Stopped,
    /// The key is no longer in the set of the chain.
    Left,
}

/// Reason why a runner cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The engine does not start, or has ended.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A block cannot be taken.
    #[error(transparent)]
    Take(#[from] TakeError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread of the node ended with a panic.
    #[error("a thread of the node ended with a panic")]
    Panic,
}

/// Evidence that the engine of a chain has seen.
#[derive(Debug)]
pub struct Seen {
    /// The chain.
    pub chain: ChainId,
    /// Two signatures of one key for one place.
    pub evidence: Evidence,
}

/// Answers the engine of one chain.
#[derive(Debug, Clone)]
pub struct Runner {
    /// The chain.
    pub chain: ChainId,
    /// Public key of this node.
    pub key: HashBytes,
    /// All chains of this node.
    pub chains: Arc<Chains>,
    /// Times of the chain's steps.
    pub timings: Timings,
    /// Where evidence goes. It is dropped while too much waits.
    pub evidence: mpsc::Sender<Seen>,
    /// Where other nodes are.
    pub records: Arc<Records>,
}

/// What a runner does next.
enum Next {
    Request(Option<Request>),
    Look,
    Stop,
}

/// Waits until the node is to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // an error means that the node is gone
    let _ = stop.wait_for(|stops| *stops).await;
}

impl Runner {
    /// Answers until the node stops, the key leaves the set, or something fails.
    ///
    /// Fails when the engine, the store or the state transition does.
    pub async fn run(
        self,
        mut engine: Engine,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Ended, RunError> {
        let mut look = interval(LOOK);
        let mut connected = BTreeSet::new();
        let ended = loop {
            let next = tokio::select! {
                request = engine.requests.recv() => Next::Request(request),
                _ = look.tick() => Next::Look,
                () = stopped(&mut stop) => Next::Stop,
            };
            let request = match next {
                Next::Look => {
                    self.connect(&engine.handle, &mut connected).await;
                    continue;
                }
                // if the engine has ended by itself, it says why when it is stopped
                Next::Stop | Next::Request(None) => break Ok(Ended::Stopped),
                Next::Request(Some(request)) => request,
            };
            match self.answer(request).await {
                Ok(None) => {}
                Ok(Some(ended)) => break Ok(ended),
                Err(error) => break Err(error),
            }
        };
        let stopped = engine.handle.stop().await;
        let ended = ended?;
        stopped?;
        Ok(ended)
    }

    /// Connects to the engines of the chain's validators, as their addresses become known.
    async fn connect(&self, engine: &EngineHandle, connected: &mut BTreeSet<String>) {
        let set = (self.chains.site(self.chain)).map(|site| site.replica.next_set().clone());
        let members = set.iter().flat_map(|set| set.members());
        let others = members.filter(|member| member.key != self.key);
        let records = others.filter_map(|member| self.records.of(&member.key));
        let addresses: BTreeSet<_> = records
            .filter_map(|record| record.engines.get(&self.chain).cloned())
            .collect();
        for gone in connected.difference(&addresses) {
            if let Err(error) = engine.remove_peer(gone).await {
                tracing::debug!(chain = self.chain, "{error}");
            }
        }
        for new in addresses.difference(connected) {
            if let Err(error) = engine.add_peer(new).await {
                tracing::warn!(chain = self.chain, "{error}");
            }
        }
        *connected = addresses;
    }

    async fn answer(&self, request: Request) -> Result<Option<Ended>, RunError> {
        // a dropped reply means that the engine has ended, which the next request tells
        match request {
            Request::Ready { reply } => {
                let _ = reply.send(self.next()?);
            }
            Request::LoadProposals { height, reply } => {
                let _ = reply.send(kept::load_proposals(&self.chains, self.chain, height)?);
            }
            Request::StartedRound { height, round, .. } => {
                if round > 0 {
                    tracing::info!(chain = self.chain, height, round, "another round");
                }
            }
            Request::BuildBlock {
                height,
                timeout,
                reply,
                ..
            } => {
                let (chains, chain) = (self.chains.clone(), self.chain);
                let time = timeout.min(self.timings.propose) / BUILD_SHARE;
                match blocking(move || Ok(chains.build(chain, height, time)?)).await {
                    Ok((id, bytes)) => {
                        let bytes = bytes.into();
                        let _ = reply.send(Block { id, bytes });
                    }
                    // the round passes without a proposal, and others propose
                    Err(RunError::Take(TakeError::NotNext { .. })) => {}
                    Err(error) => {
                        tracing::error!(chain, "no block is made, please report it: {error}");
                    }
                }
            }
            Request::CheckBlock {
                height,
                bytes,
                is_decided,
                reply,
                ..
            } => {
                if !is_decided {
                    self.wait_for_sources(&bytes).await;
                }
                let (chains, chain) = (self.chains.clone(), self.chain);
                let verdict =
                    blocking(move || Ok(chains.check(chain, height, &bytes, is_decided)?)).await?;
                if verdict != Verdict::Unknown && !matches!(verdict, Verdict::Valid(_)) {
                    tracing::warn!(chain = self.chain, height, ?verdict, "a block is refused");
                }
                let _ = reply.send(verdict);
            }
            Request::StoreProposal { proposal, reply } => {
                let (chains, chain) = (self.chains.clone(), self.chain);
                blocking(move || kept::store_proposal(&chains, chain, &proposal)).await?;
                let _ = reply.send(());
            }
            Request::Decided { decision, reply } => {
                let (chains, chain) = (self.chains.clone(), self.chain);
                let Decision {
                    block, certificate, ..
                } = decision;
                blocking(
                    move || match chains.take(chain, &block.bytes, certificate) {
                        Ok(_) => Ok(()),
                        // the follower has taken it before the engine began
                        Err(TakeError::NotNext { found, known, .. }) if found <= known => Ok(()),
                        Err(error) => Err(error.into()),
                    },
                )
                .await?;
                let _ = reply.send(());
            }
            Request::Finalized {
                height,
                certificate,
                evidence,
                reply,
                ..
            } => {
                let (chains, chain) = (self.chains.clone(), self.chain);
                blocking(move || {
                    let Some(before) = chains.store().header(chain, height)? else {
                        return Ok(());
                    };
                    let better = CertifiedHeader {
                        certificate,
                        ..before
                    };
                    Ok(chains.store().certify(chain, height, &better)?)
                })
                .await?;
                for evidence in evidence {
                    let chain = self.chain;
                    if self.evidence.try_send(Seen { chain, evidence }).is_err() {
                        tracing::error!(chain, "evidence is dropped: too much waits");
                    }
                }
                let next = self.next()?;
                if next.set.get(&self.key).is_none() {
                    return Ok(Some(Ended::Left));
                }
                let _ = reply.send(next);
            }
            Request::FirstHeight { reply } => {
                let _ = reply.send(1);
            }
            Request::LoadDecisions { heights, reply } => {
                let (chains, chain) = (self.chains.clone(), self.chain);
                let decisions =
                    blocking(move || kept::load_decisions(&chains, chain, heights)).await?;
                let _ = reply.send(decisions);
            }
        }
        Ok(None)
    }

    /// The next height and its set.
    fn next(&self) -> Result<Start, RunError> {
        let missing = TakeError::NoSuchChain(self.chain);
        let site = self.chains.site(self.chain).ok_or(missing)?;
        Ok(Start {
            height: site.height() + 1,
            set: site.replica.next_set().clone(),
            timings: self.timings,
        })
    }

    /// Waits until this node has executed the blocks of other chains that a proposed block imports from, or half the time for a
    /// proposal is over.
    async fn wait_for_sources(&self, bytes: &[u8]) {
        let deadline = Instant::now() + self.timings.propose / 2;
        for (source, height) in self.chains.needs(bytes) {
            let Some(mut reached) = self.chains.height(source) else {
                continue;
            };
            let reaches = reached.wait_for(|now| *now >= height);
            if timeout_at(deadline, reaches).await.is_err() {
                tracing::info!(chain = self.chain, source, height, "not there yet");
                return;
            }
        }
    }
}

/// Runs what takes a while on a thread for it.
async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, RunError> + Send + 'static,
) -> Result<T, RunError> {
    spawn_blocking(run).await.map_err(|_| RunError::Panic)?
}

/// Timings of a chain with this time between blocks.
pub fn timings(block_time_ms: u64) -> Timings {
    Timings::new(Duration::from_millis(block_time_ms))
}
