//! A view of a chain after one of its blocks, to read while later blocks are made.

use std::sync::Arc;

use ddvs_types::{AccountView, ChainId};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{ShardAccounts, StdAddr};

use crate::{ChainConfig, ExternalRefusal, Fault, SendError, account, external};

/// A chain after a block. It shares its cells with the network, so it costs little, and it never changes.
#[derive(Debug, Clone)]
pub struct ChainView {
    pub(crate) id: ChainId,
    pub(crate) accounts: ShardAccounts,
    pub(crate) config: Arc<ChainConfig>,
    pub(crate) seqno: u32,
    pub(crate) last_hash: HashBytes,
    pub(crate) lt: u64,
    /// The network's time in seconds.
    pub(crate) now: u32,
}

impl ChainView {
    /// Its id.
    pub fn id(&self) -> ChainId {
        self.id
    }

    /// Number of its last block.
    pub fn seqno(&self) -> u32 {
        self.seqno
    }

    /// Hash of its last block.
    pub fn last_hash(&self) -> HashBytes {
        self.last_hash
    }

    /// Returns the next free logical time.
    pub fn lt(&self) -> u64 {
        self.lt
    }

    /// Returns the config that the next block will use.
    pub fn config(&self) -> &Arc<ChainConfig> {
        &self.config
    }

    /// An account of this chain.
    ///
    /// Fails only when the address is of another chain, or the state is broken.
    pub fn account(&self, address: &StdAddr) -> Result<AccountView, Fault> {
        if address.workchain != self.id {
            return Err(Fault::UnknownChain(address.workchain));
        }
        account::view(&self.accounts, self.id, address)
    }

    /// Runs the contract up to the point where it accepts an external message.
    ///
    /// Fails with a refusal when the message is malformed, too large, or not accepted.
    pub fn check_external(&self, message: &Cell) -> Result<(), SendError> {
        let account = self.check_form(message)?;
        self.check_accepted(&account, message)
    }

    /// Returns the receiver of an external message of the right form and size.
    ///
    /// Fails only with a refusal when it is malformed or too large.
    pub fn check_form(&self, message: &Cell) -> Result<StdAddr, ExternalRefusal> {
        external::check_form(self.id, &self.config, message)
    }

    /// Runs the contract of `account` up to the point where it accepts an external message.
    ///
    /// Fails with a refusal when it does not.
    pub fn check_accepted(&self, account: &StdAddr, message: &Cell) -> Result<(), SendError> {
        external::check_accepted(self, account, message)
    }
}
