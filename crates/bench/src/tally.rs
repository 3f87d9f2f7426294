//! Gas by account and operation.

use ddvs_client::Block;
use ddvs_contracts::messages::{Message, MessageInfo, Party, Relay, op_in};
use tycho_types::models::StdAddr;

/// One transaction of the account that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Op code of the message, if it has one.
    pub op: Option<u32>,
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
            op: op_in(&tx.in_message.cell),
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
        let is_peers = |spent: &&Spent| {
            let info = spent.op.and_then(MessageInfo::by_op);
            // anyone may relay, but in a benchmark copies do
            info.is_some_and(|info| info.sender == Party::Peer || info.op == Relay::OP)
        };
        self.spent.iter().filter(is_peers).count() as u64
    }

    /// Returns the most expensive transaction.
    pub fn dearest(&self) -> u64 {
        self.spent.iter().map(|spent| spent.gas).max().unwrap_or(0)
    }
}
