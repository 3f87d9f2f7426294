//! Records of a block: its header, its transactions, and other events.

use std::sync::Arc;

use tycho_types::cell::{Cell, HashBytes, Lazy};
use tycho_types::models::{ComputePhaseSkipReason, StdAddr, Transaction, ValidatorSet};

use crate::ChainId;

/// A block of one chain.
///
/// A client that reads blocks from nodes may know less: then hashes are zero, and transactions,
/// counts and sums are those of the accounts it watches.
#[derive(Debug, Clone)]
pub struct Block {
    /// The chain.
    pub chain: ChainId,
    /// Its number within the chain; the first block is 1, the zerostate 0.
    pub seqno: u32,
    /// Virtual time, in ms since 1970. Contracts see whole seconds.
    pub gen_time_ms: u64,
    /// Logical time at its start: below that of all its transactions.
    pub start_lt: u64,
    /// Logical time at its end: not below that of any message that it sent.
    pub end_lt: u64,
    /// Hash of the block.
    pub hash: HashBytes,
    /// Hash of the chain's previous block; for block 1 the hash of the accounts of the zerostate.
    pub previous_hash: HashBytes,
    /// Hash of the root of the accounts dictionary after the block, zero if it is empty.
    pub accounts_hash: HashBytes,
    /// Hash of the config dictionary in force.
    pub config_hash: HashBytes,
    /// The validator set in force: param 34 of this chain after its previous block.
    pub validator_set: Arc<ValidatorSetRecord>,
    /// Gas used by all transactions.
    pub gas_used: u64,
    /// Coins collected as fees, in nano.
    pub fees_nano: u128,
    /// Messages taken from the queues of this and other chains.
    pub imported: usize,
    /// Transactions in the order of execution.
    pub transactions: Vec<Arc<TransactionRecord>>,
    /// External messages that the contract no longer accepted.
    pub dropped: Vec<DroppedExternal>,
    /// Internal messages that were returned without a transaction.
    pub returned: Vec<ReturnedMessage>,
    /// Reason why the config that the D'Elector holds after this block is not used; the previous one stays in force.
    pub config_rejected: Option<String>,
}

/// A validator set as found by a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorSetRecord {
    /// Hash of the cell of param 34.
    pub hash: HashBytes,
    /// Its content.
    pub set: ValidatorSet,
}

/// A transaction of one account.
#[derive(Debug, Clone)]
pub struct TransactionRecord {
    /// The account.
    pub account: StdAddr,
    /// Block that holds it.
    pub block_seqno: u32,
    /// Virtual time of that block in ms.
    pub gen_time_ms: u64,
    /// Logical time, unique within the chain.
    pub lt: u64,
    /// Hash of the transaction's cell.
    pub hash: HashBytes,
    /// The message that caused it.
    pub in_message: InMessage,
    /// Result of the contract's code.
    pub compute: ComputeResult,
    /// Result code of the action phase, `None` if there was none.
    pub action_code: Option<i32>,
    /// Whether compute or action phase failed, so that the state rolled back.
    pub aborted: bool,
    /// Whether the value went back to the sender in a bounce.
    pub bounced: bool,
    /// Whether the account was deleted.
    pub destroyed: bool,
    /// Storage, gas, import and first part of the forward fees, in nano.
    pub total_fees_nano: u128,
    /// Balance of the account afterwards, in nano; `None` if the backend cannot know it, since a transaction does not
    /// contain it.
    pub balance_nano: Option<u128>,
    /// Sent messages, in order.
    pub out_messages: Vec<OutMessage>,
    /// The transaction itself, TL-B `Transaction`.
    pub cell: Lazy<Transaction>,
}

impl TransactionRecord {
    /// The chain of the account.
    pub fn chain(&self) -> ChainId {
        self.account.workchain
    }

    /// Whether code ran and all its actions were executed.
    pub fn succeeded(&self) -> bool {
        matches!(
            self.compute,
            ComputeResult::Executed {
                exit_code: 0 | 1,
                ..
            }
        ) && !self.aborted
    }

    /// Returns the exit code of the contract, `None` if it did not run.
    pub fn exit_code(&self) -> Option<i32> {
        match self.compute {
            ComputeResult::Executed { exit_code, .. } => Some(exit_code),
            ComputeResult::Skipped(_) => None,
        }
    }

    /// Gas used, 0 if the contract did not run.
    pub fn gas_used(&self) -> u64 {
        match self.compute {
            ComputeResult::Executed { gas_used, .. } => gas_used,
            ComputeResult::Skipped(_) => 0,
        }
    }
}

/// The compute phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComputeResult {
    /// The code ran.
    Executed {
        /// Its exit code; 0 and 1 are success.
        exit_code: i32,
        /// Gas it used.
        gas_used: u64,
    },
    /// The code did not run.
    Skipped(ComputePhaseSkipReason),
}

/// The message that caused a transaction.
#[derive(Debug, Clone)]
pub struct InMessage {
    /// The message, TL-B `Message Any`. Its hash is the cell's.
    pub cell: Cell,
    /// Sender, `None` for an external message.
    pub source: Option<StdAddr>,
    /// Its value, in nano.
    pub value_nano: u128,
    /// Whether it is a bounce of an earlier message.
    pub is_bounced: bool,
}

impl InMessage {
    /// Hash of the message.
    pub fn hash(&self) -> &HashBytes {
        self.cell.repr_hash()
    }

    /// Whether it is an external message.
    pub fn is_external(&self) -> bool {
        self.source.is_none()
    }
}

/// A message sent by a transaction.
#[derive(Debug, Clone)]
pub struct OutMessage {
    /// The message, TL-B `Message Any`. Its hash is the cell's.
    pub cell: Cell,
    /// Its destination.
    pub destination: OutDestination,
    /// Its value, in nano.
    pub value_nano: u128,
    /// Whether it is a bounce of an earlier message.
    pub is_bounced: bool,
}

impl OutMessage {
    /// Hash of the message.
    pub fn hash(&self) -> &HashBytes {
        self.cell.repr_hash()
    }

    /// Whether it leaves the network.
    pub fn is_external(&self) -> bool {
        self.destination == OutDestination::External
    }
}

/// Destination of a sent message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutDestination {
    /// To an account.
    Account(StdAddr),
    /// An address that no account can have.
    Nowhere,
    /// Out of the network: a log entry.
    External,
}

/// An external message that was queued but not accepted when its turn came, or could not be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedExternal {
    /// Hash of the message.
    pub hash: HashBytes,
    /// The receiving account.
    pub account: StdAddr,
    /// Exit code of the contract, `None` if it did not run.
    pub exit_code: Option<i32>,
    /// Description of the failure, `None` if it was only not accepted.
    pub fault: Option<String>,
}

/// An internal message that the ledger returned or burnt, because no transaction could accept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedMessage {
    /// Hash of the message.
    pub hash: HashBytes,
    /// Hash of the returned message, `None` if the sender wanted no bounce: then the value is burnt.
    pub returned_as: Option<HashBytes>,
    /// Reason of the return.
    pub reason: ReturnReason,
    /// Description of the failure, with [`ReturnReason::Fault`].
    pub fault: Option<String>,
}

/// Reason why the ledger returned a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnReason {
    /// The destination names a chain that the network does not have.
    NoSuchChain,
    /// The destination's config does not list the sender's workchain, so the contract could never
    /// answer or bounce.
    SenderUnlisted,
    /// The destination is an address that no account can have.
    NoSuchAddress,
    /// The engine failed while it ran the message, which had no effect on the account.
    Fault,
}

impl ReturnReason {
    /// All reasons.
    pub const ALL: [Self; 4] = [
        Self::NoSuchChain,
        Self::SenderUnlisted,
        Self::NoSuchAddress,
        Self::Fault,
    ];

    /// Returns its name as used by the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoSuchChain => "no_such_chain",
            Self::SenderUnlisted => "sender_unlisted",
            Self::NoSuchAddress => "no_such_address",
            Self::Fault => "fault",
        }
    }
}

impl std::fmt::Display for ReturnReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoSuchChain => "the network has no such chain",
            Self::SenderUnlisted => "the receiver's chain does not list the sender's workchain",
            Self::NoSuchAddress => "no account can have that address",
            Self::Fault => "the engine failed while it ran the message",
        })
    }
}

/// Place or outcome of a message.
#[derive(Debug, Clone)]
pub enum MessageStatus {
    /// An external message in the queue of a chain.
    InMempool {
        /// The chain.
        chain: ChainId,
    },
    /// An internal message in flight.
    InTransit {
        /// The chain that sent it.
        source: ChainId,
        /// The chain that will import it.
        destination: ChainId,
        /// Virtual time from which a block may import it.
        available_at_ms: u64,
    },
    /// It caused a transaction. If one external message caused several, this is the last.
    Executed(Arc<TransactionRecord>),
    /// It was dropped without a transaction.
    Dropped(DroppedExternal),
    /// It was returned or burnt without a transaction.
    Returned(ReturnedMessage),
    /// Not known: never seen, left the network, or older than the kept history.
    Unknown,
}
