//! The demo's scenario on an embedded network that is indexed as it runs.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::sync::{Arc, OnceLock};

use ddvs_client::{
    AccountView, Backend, Block, ChainId, ChainInfo, ClientError, Live, MessageStatus, Operator,
    Supply, TransactionRecord,
};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_index::{Identity, Index, Observed, observe};
use ddvs_scenario::{DemoOptions, Setup, Stage, tell};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

/// A network whose blocks go into an index.
pub struct Watched {
    pub network: EmbeddedNetwork,
    pub index: Index,
    /// All that went in, to put it in again elsewhere.
    pub seen: Vec<Observed>,
}

impl Watched {
    /// Takes in the accounts of the zerostate.
    pub fn new(network: EmbeddedNetwork) -> Self {
        let index = Index::in_memory(Identity::read(&network).unwrap()).unwrap();
        seed(&network, &index);
        Self {
            network,
            index,
            seen: Vec::new(),
        }
    }

    fn catch_up(&mut self) {
        let from = self.seen.last().map_or(0, |last| last.cursor);
        for (cursor, block) in
            (from + 1..).zip(self.network.blocks_since(from, usize::MAX).unwrap())
        {
            let observed = observe(&self.network, block, cursor).unwrap();
            self.index
                .take(std::slice::from_ref(&observed), false)
                .unwrap();
            self.seen.push(observed);
        }
    }
}

pub fn seed(network: &EmbeddedNetwork, index: &Index) {
    for chain in network.chains().unwrap() {
        let accounts = network.accounts(chain.id).unwrap();
        index
            .seed(chain.id, network.now_ms().unwrap(), accounts.into_iter())
            .unwrap();
    }
}

impl Live for Watched {
    fn kind(&self) -> &'static str {
        self.network.kind()
    }
    fn now_ms(&self) -> Result<u64, ClientError> {
        self.network.now_ms()
    }
    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.network.account(address)
    }
    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.network.config(chain)
    }
    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.network.send(message)
    }
    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.network.message_status(hash)
    }
    fn supply(&self) -> Option<Supply> {
        self.network.supply()
    }
}

impl Backend for Watched {
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError> {
        self.network.chains()
    }
    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError> {
        self.network.transactions(account, after_lt, limit)
    }
    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError> {
        let block = self.network.next_block()?;
        self.catch_up();
        Ok(block)
    }
    fn cursor(&self) -> Result<u64, ClientError> {
        self.network.cursor()
    }
    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError> {
        self.network.blocks_since(cursor, limit)
    }
    fn operator(&mut self) -> Option<&mut dyn Operator> {
        self.network.operator()
    }
}

/// The whole scenario, run once for all tests of a file.
pub fn story() -> &'static Watched {
    static STORY: OnceLock<Watched> = OnceLock::new();
    STORY.get_or_init(|| {
        let options = DemoOptions::default();
        let setup = Setup::new(&options).unwrap();
        let network = EmbeddedNetwork::start(&setup.zerostate, 1, setup.delays()).unwrap();
        let mut watched = Watched::new(network);
        let mut progress = |_: &str| {};
        let mut stage = Stage::new(&mut watched, setup.story(), &mut progress).unwrap();
        tell(&mut stage).unwrap();
        let checks = &stage.report.checks;
        assert!(stage.report.succeeded(), "{checks:?}");
        drop(stage);
        watched.catch_up();
        watched
    })
}
