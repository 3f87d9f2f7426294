//! Conversion of a node's transaction to a record.

use ddvs_client::{ChainId, TransactionRecord};
use tycho_types::cell::{Cell, Load};
use tycho_types::error::Error;
use tycho_types::models::{AccountStatus, IntAddr, MsgInfo, StdAddr, Transaction};

/// A transaction and its cell.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub cell: Cell,
    pub transaction: Transaction,
}

impl Raw {
    /// Fails only when the cell is not a transaction.
    pub fn new(cell: Cell) -> Result<Self, Error> {
        let transaction = cell.parse::<Transaction>()?;
        Ok(Self { cell, transaction })
    }

    /// Whether the account exists afterwards.
    pub fn leaves_account(&self) -> bool {
        self.transaction.end_status != AccountStatus::NotExists
    }

    /// Returns the account, from the message that caused the transaction; `None` if no message did: the node runs some contracts
    /// of the masterchain by itself.
    ///
    /// Fails only when the message is for another account.
    pub fn account(&self) -> Result<Option<StdAddr>, Error> {
        let Some(message) = &self.transaction.in_msg else {
            return Ok(None);
        };
        let destination = match MsgInfo::load_from(&mut message.as_slice()?)? {
            MsgInfo::Int(info) => info.dst,
            MsgInfo::ExtIn(info) => info.dst,
            MsgInfo::ExtOut(_) => return Err(Error::InvalidData),
        };
        match destination {
            IntAddr::Std(address) if address.address == self.transaction.account => {
                Ok(Some(StdAddr::new(address.workchain, address.address)))
            }
            _ => Err(Error::InvalidData),
        }
    }

    /// Returns the record; `None` if no message caused the transaction.
    ///
    /// Fails only when a part of it cannot be decoded, or its message is for another account.
    pub fn record(&self, block: &BlockTime) -> Result<Option<TransactionRecord>, Error> {
        if self.account()?.is_none() {
            return Ok(None);
        }
        TransactionRecord::read(block.chain, block.seqno, &self.cell)
    }
}

/// The block of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockTime {
    pub chain: ChainId,
    pub seqno: u32,
}
