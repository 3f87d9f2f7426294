//! All chains of the network on this node: proposing, checking and taking blocks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ddvs_bft::Verdict;
use ddvs_light::{Certificate, CertificateError};
use ddvs_replica::{
    BlockRefusal, Body, CertifiedHeader, ExecuteError, Executed, Offer, Replica, ReplicaState,
    StateRefusal,
};
use ddvs_types::{Block, ChainId};
use tokio::sync::watch;
use tycho_types::cell::HashBytes;

use crate::block::{self, DecodedBlock, Malformed};
use crate::site::{Outgoing, Site};
use crate::store::{Commit, Store, StoreError};

/// How far a block's time may be ahead of this node's clock, in ms.
const MAX_AHEAD_MS: u64 = 1_000;
/// Blocks of a chain after which its state is stored: as many are executed again after a restart.
const STATE_EVERY: u64 = 1_000;
/// Bits of external messages that a block is offered.
const OFFERED_BITS: usize = 8 << 20;

/// Reason why a decided block is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// There is no such chain.
    #[error("there is no chain {0}")]
    NoSuchChain(ChainId),
    /// It is not the next block of its chain.
    #[error("block {found} of chain {chain} does not follow block {known}")]
    NotNext {
        /// The chain.
        chain: ChainId,
        /// Height of the block.
        found: u64,
        /// Height that is known.
        known: u64,
    },
    /// The bytes are not a block.
    #[error("it is not a block: {0}")]
    Malformed(#[from] Malformed),
    /// It is not certified by the chain's set.
    #[error("its certificate proves nothing: {0}")]
    Certificate(#[from] CertificateError),
    /// The chain's validators have certified what is not valid: they are captured, and the chain is followed no further.
    #[error("chain {chain} is captured: its block {height} is certified but not valid: {reason}")]
    Captured {
        /// The chain.
        chain: ChainId,
        /// Height of the block.
        height: u64,
        /// Why it is not valid.
        reason: String,
    },
    /// The state transition failed.
    #[error(transparent)]
    Fault(#[from] ddvs_chain::Fault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reason why the chains cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored state is not that of its header.
    #[error("the stored state of chain {chain}: {cause}")]
    State {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: StateRefusal,
    },
    /// A stored state cannot be decoded.
    #[error("the stored state of chain {chain}: {cause}")]
    Encoding {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: BlockRefusal,
    },
    /// A stored block cannot be executed again.
    #[error("block {height} of chain {chain} cannot be executed again: {reason}")]
    Block {
        /// The chain.
        chain: ChainId,
        /// Height of the block.
        height: u64,
        /// Description of the problem.
        reason: String,
    },
}

/// Called with each block that was taken, in order for each chain.
pub type OnBlock = dyn Fn(Arc<Block>) + Send + Sync;

/// All chains of the network on this node.
pub struct Chains {
    sites: BTreeMap<ChainId, Mutex<Site>>,
    heights: BTreeMap<ChainId, watch::Sender<u64>>,
    /// Replicas of the zerostate, for what never changes.
    start: BTreeMap<ChainId, Replica>,
    store: Store,
    on_block: OnceLock<Box<OnBlock>>,
}

impl fmt::Debug for Chains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chains").finish_non_exhaustive()
    }
}

/// This node's clock, in ms since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

impl Chains {
    /// Loads all chains from the store, or starts them from the zerostate.
    ///
    /// Fails when the store is damaged.
    pub fn load(store: Store, start: BTreeMap<ChainId, Replica>) -> Result<Self, LoadError> {
        let mut sites = BTreeMap::new();
        for (&chain, genesis) in &start {
            sites.insert(chain, load(&store, chain, genesis, start.keys().copied())?);
        }
        let height = |site: &Site| watch::Sender::new(site.height());
        let heights = sites.iter().map(|(id, site)| (*id, height(site)));
        Ok(Self {
            heights: heights.collect(),
            sites: sites
                .into_iter()
                .map(|(id, site)| (id, Mutex::new(site)))
                .collect(),
            start,
            store,
            on_block: OnceLock::new(),
        })
    }

    /// All chains, ascending.
    pub fn ids(&self) -> impl Iterator<Item = ChainId> + '_ {
        self.sites.keys().copied()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The replica of the zerostate of a chain.
    pub fn start_of(&self, chain: ChainId) -> Option<&Replica> {
        self.start.get(&chain)
    }

    /// Calls `on_block` with each block from now on. Only the first call has an effect.
    pub fn watch(&self, on_block: Box<OnBlock>) {
        // one that is there stays
        let _ = self.on_block.set(on_block);
    }

    /// One chain. It must not be held while another one is locked.
    pub fn site(&self, chain: ChainId) -> Option<MutexGuard<'_, Site>> {
        let site = self.sites.get(&chain)?;
        // a panic leaves a site as it was before or after a block
        Some(site.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The newest state of a chain.
    pub fn replica(&self, chain: ChainId) -> Option<Replica> {
        Some(self.site(chain)?.replica.clone())
    }

    /// The height of a chain, as it grows.
    pub fn height(&self, chain: ChainId) -> Option<watch::Receiver<u64>> {
        Some(self.heights.get(&chain)?.subscribe())
    }

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

    /// Takes a block that was decided: executes it if it was not, stores it, and shows it.
    ///
    /// Fails when it is not the next one, or not certified; when it is certified but not valid, the chain is captured.
    pub fn take(
        &self,
        chain: ChainId,
        bytes: &[u8],
        certificate: Certificate,
    ) -> Result<u64, TakeError> {
        let decoded = block::decode(bytes)?;
        let id = decoded.id();
        let (replica, candidate) = {
            let site = self.site(chain).ok_or(TakeError::NoSuchChain(chain))?;
            let known = site.height();
            if decoded.header.height != known + 1 {
                return Err(TakeError::NotNext {
                    chain,
                    found: decoded.header.height,
                    known,
                });
            }
            (site.replica.clone(), site.candidate(&id))
        };
        let scope = &replica.header().scope;
        let height = decoded.header.height;
        certificate.verify(scope, height, &id, replica.next_set())?;
        let executed = match candidate {
            Some(executed) => executed,
            None => Arc::new(self.execute_decided(chain, &replica, &decoded)?),
        };
        let certified = CertifiedHeader {
            header: decoded.cell.clone(),
            certificate,
        };
        self.commit(chain, bytes, &executed, &certified)?;
        self.show(chain, &executed, certified);
        Ok(height)
    }

    fn execute_decided(
        &self,
        chain: ChainId,
        replica: &Replica,
        decoded: &DecodedBlock<'_>,
    ) -> Result<Executed, TakeError> {
        let height = decoded.header.height;
        let reason = match Body::decode(decoded.body).map(|body| replica.execute(&body)) {
            Ok(Ok(executed)) if executed.replica.hash() == decoded.id() => return Ok(executed),
            Ok(Ok(_)) => "its header is another one".to_owned(),
            Ok(Err(ExecuteError::Refused(refusal))) | Err(refusal) => refusal.to_string(),
            Ok(Err(ExecuteError::Fault(fault))) => return Err(fault.into()),
        };
        if let Some(mut site) = self.site(chain) {
            site.captured = Some(format!("block {height}: {reason}"));
        }
        Err(TakeError::Captured {
            chain,
            height,
            reason,
        })
    }

    fn commit(
        &self,
        chain: ChainId,
        bytes: &[u8],
        executed: &Executed,
        certified: &CertifiedHeader,
    ) -> Result<(), TakeError> {
        let header = executed.replica.header();
        let received = executed.replica.chain().received();
        let state = match header.height % STATE_EVERY {
            0 => Some(encode_state(&executed.replica)?),
            _ => None,
        };
        let sent = executed.made.sent.iter();
        self.store.commit(&Commit {
            chain,
            height: header.height,
            block: bytes,
            certified,
            is_turn: self.site(chain).is_some_and(|site| site.is_kept(header)),
            sent: sent
                .map(|sent| (sent.destination, sent.number, &sent.cell))
                .collect(),
            imported: (received.iter())
                .map(|(from, lane)| (from, lane.count))
                .collect(),
            state,
        })?;
        Ok(())
    }

    /// Shows a block that is on disk to everyone who follows the chain.
    fn show(&self, chain: ChainId, executed: &Executed, certified: CertifiedHeader) {
        let height = executed.replica.header().height;
        if let Some(mut site) = self.site(chain) {
            site.take(executed, certified);
        }
        self.forget_imported(chain, &executed.replica);
        if let Some(sender) = self.heights.get(&chain) {
            sender.send_replace(height);
        }
        if let Some(on_block) = self.on_block.get() {
            on_block(Arc::new(executed.made.block.clone()));
        }
    }

    /// Lets other chains forget what this one has imported.
    fn forget_imported(&self, chain: ChainId, replica: &Replica) {
        for (source, lane) in replica.chain().received().iter() {
            let reached = |(id, site): (&ChainId, &Mutex<Site>)| {
                let site = site.lock().unwrap_or_else(PoisonError::into_inner);
                let cursor = site.replica.cursors().get(&source)?;
                (*id != source).then_some(cursor.header.height)
            };
            let lowest = self.sites.iter().filter_map(reached).min();
            if let Some(mut site) = self.site(source) {
                site.forget(chain, lane.count, lowest.unwrap_or(0));
            }
        }
    }

    /// Stores the state of a chain, so that a restart has little to execute.
    ///
    /// Fails when the store does.
    pub fn keep_state(&self, chain: ChainId) -> Result<(), TakeError> {
        let replica = self.replica(chain).ok_or(TakeError::NoSuchChain(chain))?;
        if replica.header().height > 0 {
            self.store.keep_state(chain, &encode_state(&replica)?)?;
        }
        Ok(())
    }
}

fn encode_state(replica: &Replica) -> Result<Vec<u8>, TakeError> {
    let chain = replica.chain().id();
    replica.export()?.encode().map_err(|_| {
        TakeError::Fault(ddvs_chain::Fault::Exhausted {
            chain,
            what: "memory for its state",
        })
    })
}

/// Loads a chain: the last stored state, and the blocks after it.
fn load(
    store: &Store,
    chain: ChainId,
    genesis: &Replica,
    all: impl Iterator<Item = ChainId>,
) -> Result<Site, LoadError> {
    let mut replica = match store.state(chain)? {
        None => genesis.clone(),
        Some(bytes) => {
            let state = ReplicaState::decode(&bytes)
                .map_err(|cause| LoadError::Encoding { chain, cause })?;
            Replica::restore(genesis, state).map_err(|cause| LoadError::State { chain, cause })?
        }
    };
    let mut newest = store.header(chain, replica.header().height)?;
    loop {
        let height = replica.header().height + 1;
        let Some((bytes, certified)) = store.block(chain, height)? else {
            break;
        };
        let broken = |reason: String| LoadError::Block {
            chain,
            height,
            reason,
        };
        let decoded = block::decode(&bytes).map_err(|error| broken(error.to_string()))?;
        let body = Body::decode(decoded.body).map_err(|error| broken(error.to_string()))?;
        let executed = (replica.execute(&body)).map_err(|error| broken(error.to_string()))?;
        if executed.replica.hash() != decoded.id() {
            return Err(broken("its header is another one".to_owned()));
        }
        replica = executed.replica;
        newest = Some(certified);
    }
    let mut turns = Vec::new();
    for height in store.turns(chain, 0)? {
        if let Some(certified) = store.header(chain, height)? {
            turns.push((height, certified));
        }
    }
    let mut outgoing = BTreeMap::new();
    for to in all.filter(|to| *to != chain) {
        let (first, messages) = store.sent(chain, to)?;
        let messages = messages.into();
        outgoing.insert(to, Outgoing { first, messages });
    }
    Ok(Site::new(replica, turns, newest, outgoing))
}
