//! The embedded network as a backend.

use std::sync::Arc;

use ddvs_client::{
    AccountView, Backend, Block, ChainId, ChainInfo, ClientError, MessageStatus, Operator, Refusal,
    Supply, TransactionRecord,
};
use ddvs_ledger::{
    ChainGenesis, DelayPlan, GenesisAccount, GenesisRefusal, HistoryLimits, Network, NetworkGenesis,
};
use ddvs_zerostate::{ZeroAccount, Zerostate};
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{BlockchainConfigParams, IntAddr, MsgInfo, StdAddr};

use crate::error::{of_fault, of_send};

/// A network in this process, on virtual time: a block is made on request.
#[derive(Debug, Clone)]
pub struct EmbeddedNetwork {
    network: Network,
}

impl EmbeddedNetwork {
    /// Wraps a network.
    pub fn new(network: Network) -> Self {
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
        let account = |account: &ZeroAccount| GenesisAccount {
            address: account.address.clone(),
            state_init: account.state_init.clone(),
            balance_nano: account.balance_nano,
        };
        let chains = zerostate.chains.iter().map(|chain| ChainGenesis {
            id: chain.id,
            block_time_ms: chain.block_time_ms,
            delector: chain.delector.clone(),
            delector_code_hash: chain.delector_code_hash,
            accounts: chain.accounts.iter().map(account).collect(),
        });
        let start_time_ms = u64::from(zerostate.start_time) * 1_000;
        let mut genesis = NetworkGenesis::new(chains.collect(), start_time_ms, seed);
        genesis.delays = delays;
        genesis.history = history;
        Network::new(genesis).map(Self::new)
    }

    /// The network itself.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The network itself, for changes.
    pub fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }

    /// Returns the network.
    pub fn into_network(self) -> Network {
        self.network
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

impl Backend for EmbeddedNetwork {
    fn kind(&self) -> &'static str {
        "embedded"
    }

    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError> {
        let ids = self.network.chain_ids().iter();
        Ok(ids
            .filter_map(|&id| self.network.chain_status(id))
            .map(|chain| ChainInfo {
                id: chain.id,
                delector: chain.delector,
                seqno: chain.seqno,
            })
            .collect())
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        Ok(self.network.now_ms())
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.network.account(address).map_err(of_fault)
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        let config = self
            .network
            .config(chain)
            .ok_or(Refusal::UnknownChain(chain))?;
        Ok(config.parsed.raw.params.clone())
    }

    fn send_external(&mut self, message: Cell) -> Result<HashBytes, ClientError> {
        let chain = destination_chain(&message)?;
        self.network.send_external(chain, message).map_err(of_send)
    }

    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError> {
        Ok(self.network.transactions(account, after_lt, limit))
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        Ok(self.network.message_status(hash))
    }

    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError> {
        self.network.step().map_err(of_fault)
    }

    fn cursor(&self) -> Result<u64, ClientError> {
        Ok(self.network.cursor())
    }

    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError> {
        Ok(self.network.blocks_since(cursor, limit))
    }

    fn operator(&mut self) -> Option<&mut dyn Operator> {
        Some(self)
    }
}

impl Operator for EmbeddedNetwork {
    fn silence(&mut self, chain: ChainId) -> Result<(), ClientError> {
        self.network.silence(chain).map_err(of_fault)
    }

    fn resume(&mut self, chain: ChainId) -> Result<(), ClientError> {
        self.network.resume(chain).map_err(of_fault)
    }

    fn slow(&mut self, chain: ChainId, factor: u32) -> Result<(), ClientError> {
        self.network.slow(chain, factor).map_err(of_fault)
    }

    fn set_pair_delay(
        &mut self,
        source: ChainId,
        destination: ChainId,
        base_ms: u64,
    ) -> Result<(), ClientError> {
        self.network.set_pair_delay(source, destination, base_ms);
        Ok(())
    }

    fn produce_block(&mut self, chain: ChainId) -> Result<Arc<Block>, ClientError> {
        self.network.produce_block(chain).map_err(of_fault)
    }

    fn inject_internal(
        &mut self,
        source: ChainId,
        message: Cell,
    ) -> Result<HashBytes, ClientError> {
        self.network
            .inject_internal(source, message)
            .map_err(of_send)
    }

    fn is_idle(&self) -> bool {
        self.network.is_idle()
    }

    fn supply(&self) -> Supply {
        self.network.supply()
    }
}
