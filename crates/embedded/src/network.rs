//! The embedded network as a backend.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ddvs_client::{
    AccountView, Backend, Block, ChainId, ChainInfo, ClientError, Live, MessageStatus, Operator,
    Refusal, Supply, TransactionRecord,
};
use ddvs_ledger::{DelayPlan, GenesisRefusal, HistoryLimits, Network, NetworkGenesis};
use ddvs_zerostate::Zerostate;
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{BlockchainConfigParams, IntAddr, MsgInfo, StdAddr};

use crate::error::{of_fault, of_send};

/// A network in this process, on virtual time: a block is made on request.
#[derive(Debug)]
pub struct EmbeddedNetwork {
    /// Locked for one call only, since whoever has a shared network may send to it.
    network: RwLock<Network>,
}

impl Clone for EmbeddedNetwork {
    fn clone(&self) -> Self {
        Self::new(self.network().clone())
    }
}

impl EmbeddedNetwork {
    /// Wraps a network.
    pub fn new(network: Network) -> Self {
        let network = RwLock::new(network);
        Self { network }
    }

    /// Starts a network from a zerostate. `seed` is that of the contracts' randomness; `delays` has its own.
    ///
    /// Fails with a refusal that describes the problem of the zerostate.
    pub fn start(
        zerostate: &Zerostate,
        seed: u64,
        delays: DelayPlan,
    ) -> Result<Self, GenesisRefusal> {
        Self::start_with_history(zerostate, seed, delays, HistoryLimits::default())
    }

    /// Like [`Self::start`], with limits for the kept history.
    pub fn start_with_history(
        zerostate: &Zerostate,
        seed: u64,
        delays: DelayPlan,
        history: HistoryLimits,
    ) -> Result<Self, GenesisRefusal> {
        let chains = zerostate.chain_genesis();
        let mut genesis = NetworkGenesis::new(chains, zerostate.start_time_ms(), seed);
        genesis.delays = delays;
        genesis.history = history;
        Network::new(genesis).map(Self::new)
    }

    /// The network itself. Nothing can be sent to it until the guard is dropped.
    pub fn network(&self) -> RwLockReadGuard<'_, Network> {
        // a panic in the ledger leaves a chain as it was before or after a block
        self.network.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The network itself, for changes.
    pub fn network_mut(&mut self) -> &mut Network {
        self.network
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all accounts of a chain, by ascending id.
    ///
    /// Fails with a refusal when there is no such chain.
    pub fn accounts(&self, chain: ChainId) -> Result<Vec<AccountView>, ClientError> {
        let network = self.network();
        let accounts = network.accounts(chain);
        let accounts = accounts.ok_or(Refusal::UnknownChain(chain))?;
        let mut views = Vec::new();
        for id in accounts.keys() {
            let id = id.map_err(|cause| ClientError::fault("reading the accounts", cause))?;
            views.push(
                network
                    .account(&StdAddr::new(chain, id))
                    .map_err(of_fault)?,
            );
        }
        Ok(views)
    }

    /// Returns the network.
    pub fn into_network(self) -> Network {
        self.network
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> RwLockWriteGuard<'_, Network> {
        self.network.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The chain of an external message's destination.
fn destination_chain(message: &Cell) -> Result<ChainId, ClientError> {
    let info = message
        .as_slice()
        .and_then(|mut slice| MsgInfo::load_from(&mut slice));
    match info {
        Ok(MsgInfo::ExtIn(info)) => match info.dst {
            IntAddr::Std(address) => Ok(address.workchain),
            IntAddr::Var(_) => Err(Refusal::Message("an address of variable length".into()).into()),
        },
        _ => Err(Refusal::Message("not an inbound external message".into()).into()),
    }
}

impl Live for EmbeddedNetwork {
    fn kind(&self) -> &'static str {
        "embedded"
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        Ok(self.network().now_ms())
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.network().account(address).map_err(of_fault)
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        let network = self.network();
        let config = network.config(chain).ok_or(Refusal::UnknownChain(chain))?;
        Ok(config.parsed.raw.params.clone())
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        let chain = destination_chain(&message)?;
        self.lock().send_external(chain, message).map_err(of_send)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        Ok(self.network().message_status(hash))
    }

    fn supply(&self) -> Option<Supply> {
        Some(self.network().supply())
    }
}

impl Backend for EmbeddedNetwork {
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError> {
        let network = self.network();
        let ids = network.chain_ids().iter();
        Ok(ids
            .filter_map(|&id| network.chain_status(id))
            .map(|chain| ChainInfo {
                id: chain.id,
                delector: chain.delector,
                seqno: chain.seqno,
            })
            .collect())
    }

    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError> {
        Ok(self.network().transactions(account, after_lt, limit))
    }

    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError> {
        self.network_mut().step().map_err(of_fault)
    }

    fn cursor(&self) -> Result<u64, ClientError> {
        Ok(self.network().cursor())
    }

    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError> {
        Ok(self.network().blocks_since(cursor, limit))
    }

    fn operator(&mut self) -> Option<&mut dyn Operator> {
        Some(self)
    }
}

impl Operator for EmbeddedNetwork {
    fn silence(&mut self, chain: ChainId) -> Result<(), ClientError> {
        self.network_mut().silence(chain).map_err(of_fault)
    }

    fn resume(&mut self, chain: ChainId) -> Result<(), ClientError> {
        self.network_mut().resume(chain).map_err(of_fault)
    }

    fn slow(&mut self, chain: ChainId, factor: u32) -> Result<(), ClientError> {
        self.network_mut().slow(chain, factor).map_err(of_fault)
    }

    fn set_pair_delay(
        &mut self,
        source: ChainId,
        destination: ChainId,
        base_ms: u64,
    ) -> Result<(), ClientError> {
        self.network_mut()
            .set_pair_delay(source, destination, base_ms);
        Ok(())
    }

    fn produce_block(&mut self, chain: ChainId) -> Result<Arc<Block>, ClientError> {
        self.network_mut().produce_block(chain).map_err(of_fault)
    }

    fn inject_internal(
        &mut self,
        source: ChainId,
        message: Cell,
    ) -> Result<HashBytes, ClientError> {
        self.network_mut()
            .inject_internal(source, message)
            .map_err(of_send)
    }

    fn is_idle(&self) -> bool {
        self.network().is_idle()
    }
}
