//! Gas by account and operation.

use ddvs_client::{Block, TransactionRecord};
use ddvs_contracts::messages::{Claim, Message, Propose, Relay, Vote, Want};
use tycho_types::models::StdAddr;

/// One transaction of the account that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Op code of the message, zero if it has none.
    pub op: u32,
    /// Gas used.
    pub gas: u64,
    /// Messages sent.
    pub sent: usize,
    /// Whether nothing failed.
    pub succeeded: bool,
}

/// Gas of one account, transaction by transaction.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// In the order of execution.
    pub spent: Vec<Spent>,
}

impl Tally {
    /// Adds the transactions of `account` in a block.
    pub fn add(&mut self, account: &StdAddr, block: &Block) {
        let own = block
            .transactions
            .iter()
            .filter(|tx| tx.account == *account);
        self.spent.extend(own.map(|tx| Spent {
            op: op_of(tx),
            gas: tx.gas_used(),
            sent: tx.out_messages.len(),
            succeeded: tx.succeeded(),
        }));
    }

    /// Gas of all transactions.
    pub fn gas(&self) -> u64 {
        self.spent.iter().map(|spent| spent.gas).sum()
    }

    /// Messages that came from other D'Electors.
    pub fn from_peers(&self) -> u64 {
        const OPS: [u32; 5] = [Propose::OP, Vote::OP, Claim::OP, Want::OP, Relay::OP];
        let is_peers = |spent: &&Spent| OPS.contains(&spent.op);
        self.spent.iter().filter(is_peers).count() as u64
    }

    /// Returns the most expensive transaction.
    pub fn dearest(&self) -> u64 {
        self.spent.iter().map(|spent| spent.gas).max().unwrap_or(0)
    }
}

/// Op code of the message that caused a transaction, zero if it has none.
pub(crate) fn op_of(tx: &TransactionRecord) -> u32 {
    let read = || -> Result<u32, tycho_types::error::Error> {
        match tx.cell.load()?.load_in_msg()? {
            Some(message) => message.body.get_u32(0),
            None => Ok(0),
        }
    };
    read().unwrap_or(0)
}
