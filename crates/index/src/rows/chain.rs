//! Blocks, transactions, messages, accounts, validator sets.

use ddvs_client::ChainId;
use ddvs_contracts::messages::Party;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// A block as a place and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct At {
    /// Chain of the block.
    pub chain: ChainId,
    /// Its number.
    pub seqno: u32,
    /// Its time.
    pub time_ms: u64,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRow {
    /// Place and time.
    pub at: At,
    /// Logical time at its start.
    pub start_lt: u64,
    /// Logical time at its end.
    pub end_lt: u64,
    /// Its hash, zero where nodes do not provide it.
    pub hash: HashBytes,
    /// Hash of the chain's previous block.
    pub previous_hash: HashBytes,
    /// Hash of the accounts dictionary afterwards.
    pub accounts_hash: HashBytes,
    /// Hash of the config in force.
    pub config_hash: HashBytes,
    /// Hash of the validator set in force.
    pub set_hash: HashBytes,
    /// Whether config or validator set differ from the block before.
    pub is_key: bool,
    /// Number of the last key block up to this one.
    pub key_seqno: u32,
    /// Gas of all transactions.
    pub gas_used: u64,
    /// Fees collected.
    pub fees_nano: u128,
    /// Messages taken from queues.
    pub imported: u32,
    /// Transactions.
    pub transactions: u32,
    /// External messages that were no longer accepted.
    pub dropped: u32,
    /// Internal messages that were returned.
    pub returned: u32,
    /// Reason why the config that the D'Elector holds is not used.
    pub config_rejected: Option<String>,
    /// Of the masterchain: the last block of every workchain by then.
    pub shards: Vec<(ChainId, u32)>,
}

impl BlockRow {
    pub(crate) fn new(at: At) -> Self {
        Self {
            at,
            start_lt: 0,
            end_lt: 0,
            hash: HashBytes::ZERO,
            previous_hash: HashBytes::ZERO,
            accounts_hash: HashBytes::ZERO,
            config_hash: HashBytes::ZERO,
            set_hash: HashBytes::ZERO,
            is_key: false,
            key_seqno: 0,
            gas_used: 0,
            fees_nano: 0,
            imported: 0,
            transactions: 0,
            dropped: 0,
            returned: 0,
            config_rejected: None,
            shards: Vec::new(),
        }
    }
}

/// A transaction's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxKey {
    /// The account.
    pub account: StdAddr,
    /// Logical time.
    pub lt: u64,
}

/// A transaction; its cells are stored separately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionRow {
    /// Account and logical time.
    pub key: TxKey,
    /// Hash.
    pub hash: HashBytes,
    /// Its block.
    pub at: At,
    /// The message that caused it.
    pub in_message: HashBytes,
    /// Op code of that message, if it has one.
    pub op: Option<u32>,
    /// The contract's exit code; `None` if it did not run.
    pub exit_code: Option<i32>,
    /// Result of the action phase.
    pub action_code: Option<i32>,
    /// Whether the state rolled back.
    pub aborted: bool,
    /// Whether the value went back.
    pub bounced: bool,
    /// Whether the account was deleted.
    pub destroyed: bool,
    /// Gas.
    pub gas_used: u64,
    /// Fees.
    pub fees_nano: u128,
    /// Balance afterwards, where the network provides it.
    pub balance_nano: Option<u128>,
    /// Hashes of its sent messages.
    pub out_messages: Vec<HashBytes>,
}

impl TransactionRow {
    /// Whether code ran and all its actions were executed.
    pub fn succeeded(&self) -> bool {
        matches!(self.exit_code, Some(0 | 1)) && !self.aborted
    }
}

/// Outcome of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// Nothing yet, as far as is known here.
    Waiting,
    /// It caused a transaction.
    Executed,
    /// It left the network.
    Left,
    /// It was queued, but not accepted when its turn came.
    Dropped {
        /// Exit code of the contract.
        exit_code: Option<i32>,
    },
    /// It was returned without a transaction.
    Returned {
        /// The returned message, if the sender wanted one.
        returned_as: Option<HashBytes>,
    },
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Hash of its cell.
    pub hash: HashBytes,
    /// Sender; `None` for an external message.
    pub source: Option<StdAddr>,
    /// Receiver; `None` for a message that leaves the network.
    pub destination: Option<StdAddr>,
    /// Value.
    pub value_nano: u128,
    /// Logical time at which it was created, 0 for an external message.
    pub created_lt: u64,
    /// Op code, if it has one.
    pub op: Option<u32>,
    /// Whether it is a bounce.
    pub is_bounced: bool,
    /// The transaction that sent it.
    pub sent_by: Option<TxKey>,
    /// The transaction that it caused.
    pub caused: Option<TxKey>,
    /// Its outcome.
    pub fate: Fate,
    /// Reason why it ended without a transaction, if known.
    pub note: Option<String>,
}

/// Kind of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountKind {
    /// None of the following.
    Other,
    /// A D'Elector & Config.
    DElector,
    /// An authentic DePool Root.
    Root,
    /// An authentic DePool Wallet.
    Wallet,
}

impl AccountKind {
    /// Whether it is a contract that receives messages to `party`.
    pub fn receives(self, party: Party) -> bool {
        match self {
            Self::Other => false,
            Self::DElector => party == Party::DElector,
            Self::Root => party == Party::Root,
            Self::Wallet => party == Party::Wallet,
        }
    }
}

/// An account, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its address.
    pub address: StdAddr,
    /// Its kind.
    pub kind: AccountKind,
    /// Whether it has code that runs.
    pub is_active: bool,
    /// Its balance.
    pub balance_nano: u128,
    /// Hash of its code.
    pub code_hash: Option<HashBytes>,
    /// Logical time of its last transaction.
    pub last_lt: u64,
    /// Hash of its last transaction.
    pub last_hash: HashBytes,
}

/// A validator of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its consensus key.
    pub key: HashBytes,
    /// Its weight: stake in whole coins.
    pub weight: u64,
}

/// A validator set, from the first block in which it was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRow {
    /// The chain, and the first block.
    pub at: At,
    /// Hash of param 34.
    pub hash: HashBytes,
    /// Unix time at which it was written.
    pub since: u32,
    /// Sum of all weights.
    pub total_weight: u64,
    /// Number of members, from the first on, that belong to the masterchain's set.
    pub main: u16,
    /// All members, by slot.
    pub members: Vec<Member>,
}

impl SetRow {
    pub(crate) fn empty(at: At) -> Self {
        Self {
            at,
            hash: HashBytes::ZERO,
            since: 0,
            total_weight: 0,
            main: 0,
            members: Vec::new(),
        }
    }
}
