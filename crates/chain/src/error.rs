//! Errors. A refusal leaves everything unchanged, a fault is a defect.

use ddvs_types::ChainId;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Reason why a network was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenesisRefusal {
    /// The network has no chain -1.
    #[error("the network has no masterchain")]
    NoMasterchain,
    /// A chain id below -1.
    #[error("chain {0}: ids are -1 for the masterchain and 0 or above for workchains")]
    ChainId(ChainId),
    /// Two chains with one id.
    #[error("chain {0} is listed twice")]
    DuplicateChain(ChainId),
    /// More chains than [`crate::genesis::MAX_CHAINS`].
    #[error("{found} chains are more than the limit of {limit}")]
    TooManyChains {
        /// Chains asked for.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A block time of zero.
    #[error("chain {0}: the block time must be at least 1 ms")]
    BlockTime(ChainId),
    /// The start time does not fit into 32 bits of seconds.
    #[error("the start time of {0} ms does not fit into 32 bits of seconds")]
    StartTime(u64),
    /// The D'Elector's account is not in the zerostate.
    #[error("chain {chain}: no D'Elector account {address} in the zerostate")]
    DelectorMissing {
        /// The chain.
        chain: ChainId,
        /// Address at which the D'Elector was expected.
        address: StdAddr,
    },
    /// The D'Elector's code is not the expected one.
    #[error("chain {chain}: the D'Elector's code hash is {found}, expected {expected}")]
    DelectorCode {
        /// The chain.
        chain: ChainId,
        /// The hash that the genesis names.
        expected: HashBytes,
        /// The hash of the account's code.
        found: HashBytes,
    },
    /// An account whose address names another chain.
    #[error("chain {chain}: account {address} belongs to another chain")]
    ForeignAccount {
        /// The chain it is listed under.
        chain: ChainId,
        /// The account's address.
        address: StdAddr,
    },
    /// Two accounts with one id: some engines look accounts up by id alone.
    #[error("account id {id} is held by chain {first} and by chain {second}")]
    DuplicateAccount {
        /// The account id.
        id: HashBytes,
        /// The chain that holds it first.
        first: ChainId,
        /// The chain that holds it again.
        second: ChainId,
    },
    /// The D'Elector's data has no first reference, or that is not a parameter dictionary.
    #[error("chain {chain}: no config dictionary in the D'Elector's data: {reason}")]
    Config {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        reason: String,
    },
    /// A mandatory parameter is missing.
    #[error("chain {chain}: config parameter {param} is missing")]
    ParamMissing {
        /// The chain.
        chain: ChainId,
        /// The parameter's number.
        param: u32,
    },
    /// A config without a param 12 entry for a workchain of the network.
    #[error("chain {chain}: config parameter 12 does not list workchain {workchain}")]
    WorkchainUnlisted {
        /// The chain whose config it is.
        chain: ChainId,
        /// The workchain that is not listed.
        workchain: ChainId,
    },
    /// The coins of the zerostate are above [`crate::chain::MAX_COINS_NANO`].
    #[error("the balances of the zerostate are above 2^117 nano")]
    SupplyOverflow,
    /// An account that cannot be encoded.
    #[error("account {address} cannot be encoded: {reason}")]
    Account {
        /// The account.
        address: StdAddr,
        /// Encoding error.
        reason: String,
    },
}

/// Reason why an external message was not queued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExternalRefusal {
    /// The network has no such chain.
    #[error("there is no chain {0}")]
    UnknownChain(ChainId),
    /// It is not an external inbound message with a plain address of that chain.
    #[error("not an external message to chain {chain}: {reason}")]
    Malformed {
        /// The chain it was sent to.
        chain: ChainId,
        /// Description of the problem.
        reason: String,
    },
    /// More cells or bits than allowed, or too deep.
    #[error("the message is above the size limits of config parameter 43")]
    TooLarge,
    /// The queue of that chain is full.
    #[error("the queue of chain {chain} holds its limit of {limit} external messages")]
    QueueFull {
        /// The chain.
        chain: ChainId,
        /// Messages that the queue may hold.
        limit: usize,
    },
    /// The same message is in the queue already.
    #[error("message {0} is in the queue already")]
    Duplicate(HashBytes),
    /// The contract did not accept it.
    #[error("account {account} did not accept the message: {}", exit_text(.exit_code))]
    NotAccepted {
        /// The account.
        account: StdAddr,
        /// Exit code of the contract, or `None` when it did not run (no state, no funds).
        exit_code: Option<i32>,
    },
}

fn exit_text(exit_code: &Option<i32>) -> String {
    match exit_code {
        Some(code) => format!("exit code {code}"),
        None => "it did not run (no state or no funds)".to_owned(),
    }
}

/// A defect of the network or of its input state. The network cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The executor failed on an external message at admission. Once a message is in a block, a failure stops
    /// nothing: the message is dropped or returned with a record.
    #[error(
        "chain {chain} block {seqno}: the engine failed on message {message} to {account}: {cause}"
    )]
    Execution {
        /// The chain.
        chain: ChainId,
        /// The block in the making.
        seqno: u32,
        /// The account.
        account: StdAddr,
        /// Hash of the message.
        message: HashBytes,
        /// Error of the executor.
        cause: String,
    },
    /// A cell of the state could not be read or built.
    #[error("chain {chain}: {what}: {cause}")]
    State {
        /// The chain.
        chain: ChainId,
        /// The operation.
        what: &'static str,
        /// Encoding error.
        cause: tycho_types::error::Error,
    },
    /// A transaction or block does not balance.
    #[error("chain {chain} block {seqno}: coins do not balance: {detail}")]
    Supply {
        /// The chain.
        chain: ChainId,
        /// The block.
        seqno: u32,
        /// Both sides of the equation.
        detail: String,
    },
    /// A block is to be made before the last one.
    #[error(
        "chain {chain}: a block at {time_ms} ms would be before the last one at {before_ms} ms"
    )]
    TimeGoesBack {
        /// The chain.
        chain: ChainId,
        /// Time of the last block.
        before_ms: u64,
        /// Time of the block to be made.
        time_ms: u64,
    },
    /// There is no such chain.
    #[error("there is no chain {0}")]
    UnknownChain(ChainId),
    /// Virtual time or a counter ran out.
    #[error("chain {chain}: {what} ran out")]
    Exhausted {
        /// The chain.
        chain: ChainId,
        /// The counter.
        what: &'static str,
    },
}

impl Fault {
    /// Returns a function that says what was being done when a cell could not be read or built.
    pub fn state(
        chain: ChainId,
        what: &'static str,
    ) -> impl FnOnce(tycho_types::error::Error) -> Self {
        move |cause| Self::State { chain, what, cause }
    }
}

/// Reason why a body is not one of a chain's next block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyRefusal {
    /// It imports from a chain that does not exist, or from the chain itself.
    #[error("there is no other chain {0} to import from")]
    Source(ChainId),
    /// An import is not an internal message between accounts of the two chains.
    #[error("import {index} is not a message from that chain to this one: {cause}")]
    Import {
        /// Its place in the body.
        index: usize,
        /// Decoding error.
        cause: tycho_types::error::Error,
    },
    /// An import is of more coins than a network can have.
    #[error("chain {0} sends more coins than a network can have")]
    Coins(ChainId),
    /// The block's time is before that of the last one, or after the year 2106.
    #[error("its time of {0} ms is before that of the last block, or after the year 2106")]
    Time(u64),
    /// An external message is malformed.
    #[error(transparent)]
    External(ExternalRefusal),
    /// The block does not process exactly these messages: it has no room for all of them, or for more.
    #[error("the block does not process exactly the messages of its body")]
    Unprocessed,
}

/// Reason why a block was not made again.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The body is invalid; nothing changed.
    #[error(transparent)]
    Refused(#[from] BodyRefusal),
    /// The chain failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Reason why an external message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The message is invalid; nothing changed.
    #[error(transparent)]
    Refused(#[from] ExternalRefusal),
    /// The network failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}
