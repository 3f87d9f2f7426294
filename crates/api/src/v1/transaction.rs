//! Transactions and messages in answers.

use ddvs_index::rows::{MessageRow, TransactionRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::Place;
use super::words::{self, Word};

/// A transaction.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionBody {
    /// Its hash.
    pub hash: String,
    /// Its account.
    pub account: String,
    /// Its logical time, as text.
    pub lt: String,
    /// Its block.
    pub at: Place,
    /// Hash of the message that caused it.
    pub in_message: String,
    /// Op code of that message.
    pub op: Option<Word>,
    /// Whether code ran and all its actions were executed.
    pub is_success: bool,
    /// The contract's exit code; not set if it did not run.
    pub exit_code: Option<Word>,
    /// Result of the action phase.
    pub action_code: Option<i32>,
    /// Whether the state rolled back.
    pub is_aborted: bool,
    /// Whether the value went back.
    pub is_bounced: bool,
    /// Gas.
    pub gas_used: u64,
    /// Fees.
    pub fees_nano: String,
    /// Balance afterwards, where the network provides it.
    pub balance_nano: Option<String>,
    /// Hashes of its sent messages.
    pub out_messages: Vec<String>,
}

impl From<&TransactionRow> for TransactionBody {
    fn from(row: &TransactionRow) -> Self {
        Self {
            hash: row.hash.to_string(),
            account: row.key.account.to_string(),
            lt: row.key.lt.to_string(),
            at: row.at.into(),
            in_message: row.in_message.to_string(),
            op: row.op.map(words::op),
            is_success: row.succeeded(),
            exit_code: row.exit_code.map(words::exit_code),
            action_code: row.action_code,
            is_aborted: row.aborted,
            is_bounced: row.bounced,
            gas_used: row.gas_used,
            fees_nano: row.fees_nano.to_string(),
            balance_nano: row.balance_nano.map(|nano| nano.to_string()),
            out_messages: row.out_messages.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A message, without its outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageHead {
    /// Its hash.
    pub hash: String,
    /// Sender; not set for an external message.
    pub source: Option<String>,
    /// Receiver; not set for a message that leaves the network.
    pub destination: Option<String>,
    /// Value.
    pub value_nano: String,
    /// Logical time at which it was created, as text; 0 for an external message.
    pub created_lt: String,
    /// Op code.
    pub op: Option<Word>,
    /// Whether it is a bounce.
    pub is_bounced: bool,
}

impl From<&MessageRow> for MessageHead {
    fn from(row: &MessageRow) -> Self {
        Self {
            hash: row.hash.to_string(),
            source: row.source.as_ref().map(ToString::to_string),
            destination: row.destination.as_ref().map(ToString::to_string),
            value_nano: row.value_nano.to_string(),
            created_lt: row.created_lt.to_string(),
            op: row.op.map(words::op),
            is_bounced: row.is_bounced,
        }
    }
}
