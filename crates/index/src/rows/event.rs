//! What happened, in one row each, numbered.

use ddvs_client::ChainId;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::At;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum EventKind { $($(#[$doc])* $variant,)* }

        impl EventKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name, as the API writes it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The kind of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    /// A chain has another validator set from this block on.
    SetChanged = "set_changed",
    /// A Root's key and totals were seen for the first time.
    PoolOpened = "pool_opened",
    /// A wallet was seen for the first time.
    WalletOpened = "wallet_opened",
    /// An owner asks to stake.
    Stake = "stake",
    /// A Root took a stake.
    Lock = "lock",
    /// A Root did not take a stake.
    StakeRejected = "stake_rejected",
    /// An owner asks to unstake.
    Unstake = "unstake",
    /// A Root lets coins go, after the unlock period.
    Unlock = "unlock",
    /// A Root does not let coins go.
    UnstakeRefused = "unstake_refused",
    /// Coins are free.
    Release = "release",
    /// Coins are not free yet.
    ReleaseRefused = "release_refused",
    /// An owner takes coins out.
    Withdraw = "withdraw",
    /// A validator registers a key.
    KeyRegistered = "key_registered",
    /// A validator closes its pool.
    PoolClosed = "pool_closed",
    /// A Root asks the D'Elector to count a total.
    Update = "update",
    /// The D'Elector told a Root what counts.
    Counted = "counted",
    /// The D'Elector refused an update.
    UpdateRejected = "update_rejected",
    /// An origin proposed a batch.
    Proposed = "proposed",
    /// A chain voted.
    Voted = "voted",
    /// A copy applied a batch.
    Applied = "applied",
    /// A copy took a batch back that it had applied: its origin sent several under one number.
    TakenBack = "taken_back",
    /// Somebody brought evidence.
    Evidence = "evidence",
    /// A key was removed for misbehaviour.
    Removed = "removed",
    /// A Root was slashed.
    Slashed = "slashed",
    /// A contract of ddvs refused a message with an exit code.
    Refused = "refused",
    /// A chain does not take over what its D'Elector holds as config.
    ConfigRejected = "config_rejected",
    /// The engine broke on a message, which ended without a transaction.
    MessageFault = "message_fault",
}

/// Changes of a set that an event tells one by one.
pub const MAX_CHANGES: usize = 8;

/// A member of a set that came, went, or has another weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetChangeRow {
    /// Its consensus key.
    pub key: HashBytes,
    /// The Root that had that key last, when the set changed.
    pub root: Option<StdAddr>,
    /// Its weight before, in whole coins; 0 for one that came.
    pub from: u64,
    /// Its weight now; 0 for one that went.
    pub to: u64,
}

/// An event. It has what applies to its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Its number, from 1, without gaps.
    pub id: u64,
    /// What happened.
    pub kind: EventKind,
    /// Where and when.
    pub at: At,
    /// The account on which it happened.
    pub account: Option<StdAddr>,
    /// Hash of the transaction.
    pub transaction: Option<HashBytes>,
    /// The Root, where it is another account.
    pub root: Option<StdAddr>,
    /// Owner of the account.
    pub owner: Option<StdAddr>,
    /// Coins.
    pub amount_nano: Option<u128>,
    /// A consensus key.
    pub key: Option<HashBytes>,
    /// Chain whose batch it is.
    pub origin: Option<ChainId>,
    /// Number of the batch.
    pub batch: Option<u32>,
    /// Whose vote it is.
    pub voter: Option<ChainId>,
    /// Why something was refused: a reject reason of the contracts.
    pub reason: Option<u8>,
    /// Exit code of the contract.
    pub exit_code: Option<i32>,
    /// Op code of the message.
    pub op: Option<u32>,
    /// Members of a new validator set.
    pub members: Option<u32>,
    /// Members that the set before did not have.
    pub joined: Option<u32>,
    /// Members that only the set before had.
    pub left: Option<u32>,
    /// Members of both with another weight.
    pub changed: Option<u32>,
    /// What changed from the set before to this one: who came and went, then the largest changes of weight; at most [`MAX_CHANGES`].
    pub changes: Vec<SetChangeRow>,
    /// A text, where one was given.
    pub note: Option<String>,
}

impl EventRow {
    /// An event without a number or details.
    pub fn new(kind: EventKind, at: At) -> Self {
        Self {
            id: 0,
            kind,
            at,
            account: None,
            transaction: None,
            root: None,
            owner: None,
            amount_nano: None,
            key: None,
            origin: None,
            batch: None,
            voter: None,
            reason: None,
            exit_code: None,
            op: None,
            members: None,
            joined: None,
            left: None,
            changed: None,
            changes: Vec::new(),
            note: None,
        }
    }
}
