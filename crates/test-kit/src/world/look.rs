//! Reading the state of contracts and configs.

use std::sync::Arc;

use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_client::{Backend, ChainId, DePoolRoot, Live, TransactionRecord};
use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use ddvs_contracts::storage::{
    ChainRegistry, DElectorStorage, Local, Position, RootEntry, RootState,
};
use tycho_types::cell::HashBytes;
use tycho_types::models::{StdAddr, ValidatorSet};

use super::World;

impl World {
    /// Param 200 of a chain.
    #[track_caller]
    pub fn params(&self, chain: ChainId) -> DdvsParams {
        let config = self.net.config(chain).expect("the chain exists");
        let cell = config.get_raw_cell(PARAM_DDVS).expect("the config parses");
        cell.expect("param 200 is there")
            .parse()
            .expect("param 200 parses")
    }

    /// Balance of an account, in nano.
    #[track_caller]
    pub fn balance(&self, address: &StdAddr) -> u128 {
        self.net
            .account(address)
            .expect("the chain exists")
            .balance_nano
    }

    /// Hash of an account's data; what an attack must not change.
    #[track_caller]
    pub fn data_hash(&self, address: &StdAddr) -> Option<HashBytes> {
        let account = self.net.account(address).expect("the chain exists");
        account.data().map(|data| *data.repr_hash())
    }

    /// Returns what the copy on `chain` has done since a cursor of the network.
    #[track_caller]
    pub fn transactions_since(&self, cursor: u64, chain: ChainId) -> Vec<Arc<TransactionRecord>> {
        let copy = self.delector(chain).address().clone();
        let blocks = self.net.blocks_since(cursor, usize::MAX);
        let blocks = blocks.expect("blocks can be read").into_iter();
        let all = blocks.flat_map(|block| block.transactions.clone());
        all.filter(|transaction| transaction.account == copy)
            .collect()
    }

    /// Everything that the copy on `chain` holds.
    #[track_caller]
    pub fn storage(&self, chain: ChainId) -> DElectorStorage {
        self.delector(chain)
            .storage(&self.net)
            .expect("the copy is there")
    }

    /// Returns the state of the copy on `chain` that is not replicated.
    #[track_caller]
    pub fn local(&self, chain: ChainId) -> Local {
        self.storage(chain).local.load().expect("it parses")
    }

    /// The registry of `chain` that the copy on `copy` holds.
    #[track_caller]
    pub fn registry(&self, copy: ChainId, chain: ChainId) -> ChainRegistry {
        self.delector(copy)
            .registry(&self.net, chain)
            .expect("the copy knows the chain")
    }

    /// Returns what the D'Elector of a Root's own chain has registered for it.
    #[track_caller]
    pub fn entry(&self, root: &DePoolRoot) -> Option<RootEntry> {
        self.delector(root.address().workchain)
            .root_entry(&self.net, root.address())
            .expect("the copy is there")
    }

    /// Returns the stake that the D'Elector of a Root's own chain counts for it, in nano; zero if nothing.
    #[track_caller]
    pub fn counted(&self, root: &DePoolRoot) -> u128 {
        self.entry(root).map_or(0, |entry| entry.stake.into_inner())
    }

    /// Returns the state of a Root.
    #[track_caller]
    pub fn root_state(&self, root: &DePoolRoot) -> RootState {
        root.state(&self.net).expect("the Root is there")
    }

    /// Returns the position of a user's wallet on their own chain with a Root.
    #[track_caller]
    pub fn position(&self, who: &Person, root: &DePoolRoot) -> Position {
        self.wallet(who)
            .position(&self.net, root.address())
            .expect("the wallet parses")
    }

    /// Returns the free coins of a user's wallet on their own chain, in nano.
    #[track_caller]
    pub fn free(&self, who: &Person) -> u128 {
        self.wallet(who)
            .free_nano(&self.net)
            .expect("the wallet parses")
    }

    /// Param 34 of a chain, as its copy holds it now.
    #[track_caller]
    pub fn set(&self, chain: ChainId) -> ValidatorSet {
        self.delector(chain)
            .current_set(&self.net)
            .expect("param 34 parses")
    }

    /// Whether a key is in the set of a chain.
    #[track_caller]
    pub fn in_set(&self, chain: ChainId, key: &ConsensusKey) -> bool {
        self.weight(chain, key).is_some()
    }

    /// Weight of a key in the set of a chain, in whole coins.
    #[track_caller]
    pub fn weight(&self, chain: ChainId, key: &ConsensusKey) -> Option<u64> {
        let set = self.set(chain);
        let mut members = set.list.iter();
        members
            .find(|member| member.public_key == key.public())
            .map(|member| member.weight)
    }
}

/// Sum of a position's unlocking coins, in nano.
pub fn unlocking(position: &Position) -> u128 {
    position.unlocking_nano()
}
