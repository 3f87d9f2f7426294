//! A chain between two blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_chain::{Chain, Fault};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_light::{Header, ValidatorSet};
use ddvs_types::ChainId;
use tycho_types::cell::HashBytes;
use tycho_types::models::AccountState;

use crate::Cursor;
use crate::sets::OwnPast;

/// A chain as its validators agree on it, after one of its blocks. A clone shares all cells.
#[derive(Debug, Clone)]
pub struct Replica {
    pub(crate) chain: Chain,
    /// Header of the last block.
    pub(crate) header: Header,
    pub(crate) hash: HashBytes,
    /// The set that signs the next block.
    pub(crate) next_set: ValidatorSet,
    /// How far each other chain is followed.
    pub(crate) cursors: BTreeMap<ChainId, Cursor>,
    /// The own registry after the last own batches.
    pub(crate) past: OwnPast,
    /// What the zerostate issued on each chain.
    pub(crate) issued_nano: Arc<BTreeMap<ChainId, u128>>,
}

impl Replica {
    /// Header of the last block; the zerostate's before the first.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Hash of that header.
    pub fn hash(&self) -> HashBytes {
        self.hash
    }

    /// The set that signs the next block.
    pub fn next_set(&self) -> &ValidatorSet {
        &self.next_set
    }

    /// How far each other chain is followed.
    pub fn cursors(&self) -> &BTreeMap<ChainId, Cursor> {
        &self.cursors
    }

    /// The chain's state.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the storage of the chain's D'Elector; `None` if it cannot be read as such.
    ///
    /// Fails only when the state is broken.
    pub fn delector(&self) -> Result<Option<DElectorStorage>, Fault> {
        Self::delector_of(&self.chain)
    }

    pub(crate) fn delector_of(chain: &Chain) -> Result<Option<DElectorStorage>, Fault> {
        let account = chain.account(chain.delector())?.account;
        let data = account.and_then(|account| match account.state {
            AccountState::Active(state) => state.data,
            AccountState::Uninit | AccountState::Frozen(_) => None,
        });
        Ok(data.and_then(|data| data.parse().ok()))
    }
}
