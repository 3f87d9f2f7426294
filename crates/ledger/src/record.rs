//! What is kept of a block: its header, its transactions, and what happened beside them.

use std::sync::Arc;

use tycho_types::cell::{Cell, HashBytes, Lazy};
use tycho_types::models::{ComputePhaseSkipReason, StdAddr, Transaction};

use crate::{ChainId, ValidatorSetRecord};

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
    /// Virtual time, in ms since 1970. Contracts see it in whole seconds.
    pub gen_time_ms: u64,
    /// Logical time at its start: below that of all its transactions.
    pub start_lt: u64,
    /// Logical time at its end: not below that of any message it sent.
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
    /// In the order of execution.
    pub transactions: Vec<Arc<TransactionRecord>>,
    /// External messages that the contract did not accept any more.
    pub dropped: Vec<DroppedExternal>,
    /// Internal messages that were sent back without a transaction.
    pub returned: Vec<ReturnedMessage>,
    /// Why the config that the D'Elector holds after this block is not taken over; the one before
    /// stays in force.
    pub config_rejected: Option<String>,
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
    /// What the contract's code did.
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
    /// Balance of the account afterwards, in nano; `None` if the backend cannot know it: a transaction
    /// alone does not tell.
    pub balance_nano: Option<u128>,
    /// What it sent, in order.
    pub out_messages: Vec<OutMessage>,
    /// The transaction itself, TL-B `Transaction`.
    pub cell: Lazy<Transaction>,
}

impl TransactionRecord {
    /// The chain of the account.
    pub fn chain(&self) -> ChainId {
        self.account.workchain
    }

    /// Whether code ran and all that it asked for was done.
    pub fn succeeded(&self) -> bool {
        matches!(
            self.compute,
            ComputeResult::Executed {
                exit_code: 0 | 1,
                ..
            }
        ) && !self.aborted
    }

    /// Exit code of the contract, `None` if it did not run.
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
    /// Value that it brought, in nano.
    pub value_nano: u128,
    /// Whether it is a bounce of an earlier message.
    pub is_bounced: bool,
}

impl InMessage {
    /// Hash of the message.
    pub fn hash(&self) -> &HashBytes {
        self.cell.repr_hash()
    }

    /// Whether it came from outside.
    pub fn is_external(&self) -> bool {
        self.source.is_none()
    }
}

/// A message that a transaction sent.
#[derive(Debug, Clone)]
pub struct OutMessage {
    /// The message, TL-B `Message Any`. Its hash is the cell's.
    pub cell: Cell,
    /// Where it goes.
    pub destination: OutDestination,
    /// Value that it carries, in nano.
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

/// Where a sent message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutDestination {
    /// To an account.
    Account(StdAddr),
    /// To an address that no account can have.
    Nowhere,
    /// Out of the network: a log entry for whoever reads it.
    External,
}

/// An external message that was in the queue but not accepted when its turn came, or could not be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedExternal {
    /// Hash of the message.
    pub hash: HashBytes,
    /// The account it was for.
    pub account: StdAddr,
    /// Exit code of the contract, `None` if it did not run.
    pub exit_code: Option<i32>,
    /// What broke when it was run, `None` if it was only not accepted.
    pub fault: Option<String>,
}

/// An internal message that the ledger sent back or burnt, because no transaction could take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedMessage {
    /// Hash of the message.
    pub hash: HashBytes,
    /// Hash of the message that goes back, `None` if the sender wanted no bounce: then the value is
    /// burnt.
    pub returned_as: Option<HashBytes>,
    /// Why.
    pub reason: ReturnReason,
    /// What broke, with [`ReturnReason::Fault`].
    pub fault: Option<String>,
}

/// Why the ledger sent a message back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnReason {
    /// The destination names a chain that the network does not have.
    NoSuchChain,
    /// The destination's config does not list the sender's workchain, so the contract could never
    /// answer or bounce.
    SenderUnlisted,
    /// The destination is an address that no account can have.
    NoSuchAddress,
    /// The engine broke while it ran the message, which left no trace on the account.
    Fault,
}

impl ReturnReason {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::NoSuchChain,
        Self::SenderUnlisted,
        Self::NoSuchAddress,
        Self::Fault,
    ];

    /// Its name, as the API writes it.
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
            Self::Fault => "the engine broke while it ran the message",
        })
    }
}

/// Where a message is, or what became of it.
#[derive(Debug, Clone)]
pub enum MessageStatus {
    /// An external message in the queue of a chain.
    InMempool {
        /// The chain.
        chain: ChainId,
    },
    /// An internal message on its way.
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
    /// It was sent back or burnt without a transaction.
    Returned(ReturnedMessage),
    /// Not known: never seen, left the network, or older than the kept history.
    Unknown,
}
