//! The network as a backend.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ddvs_client::{
    AccountView, Backend, Block, ChainId, ChainInfo, ClientError, Live, MASTERCHAIN, MessageStatus,
    Refusal, TransactionRecord, ValidatorSetRecord,
};
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{BlockchainConfig, BlockchainConfigParams, StdAddr};

use crate::accept::{self, Verdict};
use crate::endpoints::Endpoints;
use crate::memory::Memory;
use crate::outbox::Outbox;
use crate::states::States;
use crate::stream::Stream;
use crate::wire::{self, Config, Nothing, Timings};
use crate::{CallError, NetworkDescription, Settings};

/// A network of Tycho nodes.
#[derive(Debug)]
pub struct JrpcNetwork {
    description: NetworkDescription,
    settings: Settings,
    endpoints: Endpoints,
    memory: Mutex<Memory>,
    outbox: Mutex<Outbox>,
    states: States,
    stream: Stream,
}

impl JrpcNetwork {
    /// Connects to the nodes of a network. The stream of blocks starts now.
    ///
    /// Fails only when no node answers, when nodes and description are of different networks, or when a
    /// D'Elector cannot be read.
    pub fn connect(
        description: NetworkDescription,
        settings: Settings,
    ) -> Result<Self, ClientError> {
        Self::open(description, settings, States::default())
    }

    /// Returns another connection to the same nodes, with its own patience for accounts that no node shows. Both share the
    /// cached states of accounts.
    ///
    /// Fails as [`JrpcNetwork::connect`] does.
    pub fn connect_again(&self, read_patience: Duration) -> Result<Self, ClientError> {
        let settings = Settings {
            read_patience,
            ..self.settings.clone()
        };
        Self::open(self.description.clone(), settings, self.states.clone())
    }

    fn open(
        description: NetworkDescription,
        settings: Settings,
        states: States,
    ) -> Result<Self, ClientError> {
        description
            .check()
            .map_err(|cause| ClientError::fault("the network's description", cause))?;
        let mut network = Self {
            endpoints: Endpoints::new(description.endpoints.clone(), &settings),
            memory: Mutex::new(Memory::new(&settings)),
            outbox: Mutex::default(),
            states,
            stream: Stream::default(),
            description,
            settings,
        };
        network.check_identity()?;
        network.stream = network.begin_stream(network.timings()?)?;
        Ok(network)
    }

    /// Refuses nodes of another network.
    fn check_identity(&self) -> Result<(), ClientError> {
        let expected = self.description.global_id;
        let mut other = None;
        self.endpoints
            .call_each("getBlockchainConfig", &Nothing {}, |url, config: Config| {
                if config.global_id == expected {
                    return Ok(ControlFlow::Continue(()));
                }
                other = Some((url.to_owned(), config.global_id));
                Ok(ControlFlow::Break(()))
            })?;
        if let Some((url, found)) = other {
            let cause = anyhow::anyhow!(
                "the node at {url} belongs to network {found}, not to {expected}: use that network's description, or take the endpoint out"
            );
            return Err(ClientError::fault("connecting", cause));
        }
        let named = self.masterchain_config()?.address;
        match self.description.delector(MASTERCHAIN) {
            Some(delector) if delector.address == named => Ok(()),
            _ => {
                let cause = anyhow::anyhow!(
                    "the masterchain's config is held by {named}, which is not the described D'Elector: the description is of another network, or of an older one with the same id"
                );
                Err(ClientError::fault("connecting", cause))
            }
        }
    }

    /// Returns its description.
    pub fn description(&self) -> &NetworkDescription {
        &self.description
    }

    pub(crate) fn states(&self) -> &States {
        &self.states
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Never held during a call to a node.
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never held during a call to a node.
    pub(crate) fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn timings(&self) -> Result<Timings, ClientError> {
        let mut found = None;
        self.endpoints
            .call_each("getTimings", &Nothing {}, |_, answer: Timings| {
                self.is_recent(MASTERCHAIN, answer.last_mc_utime)?;
                found = Some(answer);
                Ok(ControlFlow::Break(()))
            })?;
        let nothing = || ClientError::fault("getTimings", anyhow::anyhow!("no answer"));
        found.ok_or_else(nothing)
    }

    /// Skips a node whose state is much older than another's.
    pub(crate) fn is_recent(&self, chain: ChainId, utime: u32) -> Result<(), CallError> {
        let max_lag_s = self.settings.max_lag_s;
        self.memory().newest.state(chain, utime, max_lag_s)
    }

    fn masterchain_config(&self) -> Result<BlockchainConfig, ClientError> {
        let mut found = None;
        self.endpoints
            .call_each("getBlockchainConfig", &Nothing {}, |_, answer: Config| {
                self.memory().newest.config(answer.seqno)?;
                let cell = wire::cell(&answer.config)?;
                let parsed = cell
                    .as_slice()
                    .and_then(|mut s| BlockchainConfig::load_from(&mut s));
                found = Some(parsed.map_err(CallError::malformed)?);
                Ok(ControlFlow::Break(()))
            })?;
        let nothing = || ClientError::fault("getBlockchainConfig", anyhow::anyhow!("no answer"));
        found.ok_or_else(nothing)
    }

    /// Reads a config. The masterchain's comes from the node; a workchain's is the first reference of its D'Elector's
    /// data.
    pub(crate) fn read_config(
        &self,
        chain: ChainId,
    ) -> Result<BlockchainConfigParams, ClientError> {
        if chain == MASTERCHAIN {
            return Ok(self.masterchain_config()?.params);
        }
        let delector = self.description.delector(chain);
        let delector = delector.ok_or(Refusal::UnknownChain(chain))?;
        let account = self.read_account(delector)?;
        let data = account.data().ok_or(Refusal::NotActive(delector.clone()))?;
        match data.reference_cloned(0) {
            Some(dictionary) => Ok(BlockchainConfigParams::from_raw(dictionary)),
            None => {
                let cause = anyhow::anyhow!("{delector} holds none");
                Err(ClientError::fault(
                    format!("config of chain {chain}"),
                    cause,
                ))
            }
        }
    }

    /// Whether an account's contract would accept an external message now, if that is to be emulated.
    pub(crate) fn judge(
        &self,
        account: &StdAddr,
        message: &Cell,
        now: u32,
    ) -> Result<Verdict, ClientError> {
        if !self.settings.tries_first {
            return Ok(Verdict::Accepts);
        }
        let account = self.read_account(account)?;
        accept::judge(self.masterchain_config()?, now, &account, message)
    }

    /// Returns the current validator set of a chain, from its config.
    ///
    /// Fails when no node answers, or there is no such chain.
    pub fn validator_set(&self, chain: ChainId) -> Result<Arc<ValidatorSetRecord>, ClientError> {
        Ok(self.in_force(chain)?.validator_set)
    }

    /// Adds an account's transactions to the stream of blocks, from its current state on. Accounts that are queried
    /// in any other way are watched too.
    pub fn watch(&self, address: &StdAddr) -> Result<(), ClientError> {
        self.read_account(address).map(drop)
    }
}

impl Live for JrpcNetwork {
    fn kind(&self) -> &'static str {
        "tycho"
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        Ok(u64::from(self.timings()?.last_mc_utime) * 1_000)
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        if self.description.delector(address.workchain).is_none() {
            return Ok(crate::accounts::empty_view(address));
        }
        self.read_account(address)
    }

    fn last_block(&self) -> Result<Option<(u32, u64)>, ClientError> {
        let timings = self.timings()?;
        let time_ms = u64::from(timings.last_mc_utime) * 1_000;
        Ok(Some((timings.last_mc_block_seqno, time_ms)))
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.read_config(chain)
    }

    /// Several messages may be sent concurrently.
    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.post(message)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.status(hash)
    }
}

impl Backend for JrpcNetwork {
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError> {
        let last = self.timings()?.last_mc_block_seqno;
        let mut memory = self.memory();
        let height = memory.heights.entry(MASTERCHAIN).or_default();
        *height = (*height).max(last);
        let ids = self.description.chain_ids().into_iter();
        Ok(ids
            .filter_map(|id| {
                Some(ChainInfo {
                    id,
                    delector: self.description.delector(id)?.clone(),
                    seqno: memory.heights.get(&id).copied().unwrap_or(0),
                })
            })
            .collect())
    }

    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError> {
        self.read_transactions(account, after_lt, limit)
    }

    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError> {
        let mut stream = std::mem::take(&mut self.stream);
        let block = self.wait_for_block(&mut stream);
        self.stream = stream;
        block.map(Some)
    }

    fn cursor(&self) -> Result<u64, ClientError> {
        Ok(self.memory().end())
    }

    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError> {
        Ok(self.memory().blocks_since(cursor, limit))
    }
}
