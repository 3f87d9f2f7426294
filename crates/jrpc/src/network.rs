//! The network as a backend.

use std::sync::Arc;
use std::time::Duration;

use ddvs_client::{
    AccountView, Backend, Block, ChainId, ChainInfo, ClientError, Live, MASTERCHAIN, MessageStatus,
    TransactionRecord, ValidatorSetRecord,
};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use crate::accounts::empty_view;
use crate::nodes::Nodes;
use crate::states::States;
use crate::stream::Stream;
use crate::{BlockHead, NetworkDescription, Settings};

/// A network of Tycho nodes.
#[derive(Debug)]
pub struct JrpcNetwork {
    nodes: Nodes,
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
            ..self.nodes.settings.clone()
        };
        let description = self.nodes.description.clone();
        Self::open(description, settings, self.nodes.states.clone())
    }

    fn open(
        description: NetworkDescription,
        settings: Settings,
        states: States,
    ) -> Result<Self, ClientError> {
        description
            .check()
            .map_err(|cause| ClientError::fault("the network's description", cause))?;
        let nodes = Nodes::new(description, settings, states);
        nodes.check_identity()?;
        let stream = Stream::begin(&nodes)?;
        Ok(Self { nodes, stream })
    }

    /// Returns its description.
    pub fn description(&self) -> &NetworkDescription {
        &self.nodes.description
    }

    /// Its nodes.
    pub(crate) fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// Returns the current validator set of a chain, from its config.
    ///
    /// Fails when no node answers, or there is no such chain.
    pub fn validator_set(&self, chain: ChainId) -> Result<Arc<ValidatorSetRecord>, ClientError> {
        Ok(self.nodes.in_force(chain)?.validator_set)
    }

    /// Adds an account's transactions to the stream of blocks, from its current state on. Accounts that are queried
    /// in any other way are watched too.
    pub fn watch(&self, address: &StdAddr) -> Result<(), ClientError> {
        self.nodes.read_account(address).map(drop)
    }

    /// Returns addresses of accounts with this code, on all chains, at most a hundred after a given one.
    ///
    /// Fails only when no node answers.
    pub fn accounts_by_code(
        &self,
        code: &HashBytes,
        after: Option<&StdAddr>,
    ) -> Result<Vec<StdAddr>, ClientError> {
        self.nodes.accounts_by_code(code, after)
    }

    /// Returns headers of the masterchain blocks above number `after`, up to the one with the last transaction of `witness`, an
    /// account of the masterchain; ascending. Blocks that no node has any more are left out, and all before them.
    ///
    /// Needs nodes that provide whole blocks. Fails only when none answers.
    pub fn heads_since(
        &self,
        after: u32,
        witness: &StdAddr,
    ) -> Result<Vec<BlockHead>, ClientError> {
        self.nodes.heads_since(after, witness)
    }

    /// Processes the messages that are due: finds their transactions, resends them, or gives them up. Waiting for a block does
    /// it too.
    ///
    /// Fails only when no node answers.
    pub fn tend_outbox(&self) -> Result<(), ClientError> {
        self.nodes.tend_outbox()
    }

    /// Returns at most `limit` accounts to which messages without a transaction were sent.
    pub fn awaited_accounts(&self, limit: usize) -> Vec<StdAddr> {
        self.nodes.awaited_accounts(limit)
    }

    /// Returns messages without a transaction, with the number of times each was sent.
    pub fn pending_messages(&self) -> Vec<(HashBytes, usize)> {
        self.nodes.pending_messages()
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
        Ok(u64::from(self.nodes.timings()?.last_mc_utime) * 1_000)
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        if self.nodes.description.delector(address.workchain).is_none() {
            return Ok(empty_view(address));
        }
        self.nodes.read_account(address)
    }

    fn last_block(&self) -> Result<Option<(u32, u64)>, ClientError> {
        let timings = self.nodes.timings()?;
        let time_ms = u64::from(timings.last_mc_utime) * 1_000;
        Ok(Some((timings.last_mc_block_seqno, time_ms)))
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.nodes.read_config(chain)
    }

    /// Several messages may be sent concurrently.
    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.nodes.post(message)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.nodes.status(hash)
    }
}

impl Backend for JrpcNetwork {
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError> {
        let last = self.nodes.timings()?.last_mc_block_seqno;
        let mut memory = self.nodes.memory();
        let height = memory.heights.entry(MASTERCHAIN).or_default();
        *height = (*height).max(last);
        let ids = self.nodes.description.chain_ids().into_iter();
        Ok(ids
            .filter_map(|id| {
                Some(ChainInfo {
                    id,
                    delector: self.nodes.description.delector(id)?.clone(),
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
        self.nodes.read_transactions(account, after_lt, limit)
    }

    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError> {
        self.stream.next_block(&self.nodes).map(Some)
    }

    fn cursor(&self) -> Result<u64, ClientError> {
        Ok(self.nodes.memory().end())
    }

    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError> {
        Ok(self.nodes.memory().blocks_since(cursor, limit))
    }
}
