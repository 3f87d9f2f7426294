//! Events, one row each, numbered.

use ddvs_client::ChainId;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::At;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Kind of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum EventKind { $($(#[$doc])* $variant,)* }

        impl EventKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns its name as used by the API.
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
    /// A chain has a new validator set from this block on.
    SetChanged = "set_changed",
    /// A Root's key and totals were seen for the first time.
    PoolOpened = "pool_opened",
    /// A wallet was seen for the first time.
    WalletOpened = "wallet_opened",
    /// An owner requests a stake.
    Stake = "stake",
    /// A Root accepted a stake.
    Lock = "lock",
    /// A Root rejected a stake.
    StakeRejected = "stake_rejected",
    /// An owner requests an unstake.
    Unstake = "unstake",
    /// A Root unlocks coins, after the unlock period.
    Unlock = "unlock",
    /// A Root refuses to unlock coins.
    UnstakeRefused = "unstake_refused",
    /// Coins are free.
    Release = "release",
    /// Coins are not free yet.
    ReleaseRefused = "release_refused",
    /// An owner withdraws coins.
    Withdraw = "withdraw",
    /// A validator registers a key.
    KeyRegistered = "key_registered",
    /// A validator closes its pool.
    PoolClosed = "pool_closed",
    /// A Root asks the D'Elector to count a total.
    Update = "update",
    /// The D'Elector reported to a Root how much of its stake counts.
    Counted = "counted",
    /// The D'Elector refused an update.
    UpdateRejected = "update_rejected",
    /// An origin proposed a batch.
    Proposed = "proposed",
    /// A chain voted.
    Voted = "voted",
    /// A copy applied a batch.
    Applied = "applied",
    /// A copy reverted an applied batch: its origin sent several under one number.
    TakenBack = "taken_back",
    /// Evidence was submitted.
    Evidence = "evidence",
    /// A key was removed for misbehaviour.
    Removed = "removed",
    /// A Root was slashed.
    Slashed = "slashed",
    /// A contract of ddvs refused a message with an exit code.
    Refused = "refused",
    /// A chain does not use the config that its D'Elector holds.
    ConfigRejected = "config_rejected",
    /// The engine failed on a message, which ended without a transaction.
    MessageFault = "message_fault",
}

/// Maximum number of validators listed in an event of a set's change.
pub const MAX_CHANGES: usize = 8;

/// A member of a set that joined, left, or has another weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetChangeRow {
    /// Its consensus key.
    pub key: HashBytes,
    /// The Root that had that key last, when the set changed.
    pub root: Option<StdAddr>,
    /// Its weight before, in whole coins; 0 for one that joined.
    pub from: u64,
    /// Its weight now; 0 for one that left.
    pub to: u64,
}

/// An event. It has the fields that apply to its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Its number, from 1, without gaps.
    pub id: u64,
    /// Its kind.
    pub kind: EventKind,
    /// Place and time.
    pub at: At,
    /// The account of the event.
    pub account: Option<StdAddr>,
    /// Hash of its transaction.
    pub transaction: Option<HashBytes>,
    /// The Root, if that is another account.
    pub root: Option<StdAddr>,
    /// Owner of the account.
    pub owner: Option<StdAddr>,
    /// Amount of coins.
    pub amount_nano: Option<u128>,
    /// A consensus key.
    pub key: Option<HashBytes>,
    /// Origin of the batch.
    pub origin: Option<ChainId>,
    /// Number of the batch.
    pub batch: Option<u32>,
    /// The voting chain.
    pub voter: Option<ChainId>,
    /// Reason of a refusal: a reject reason of the contracts.
    pub reason: Option<u8>,
    /// Exit code of the contract.
    pub exit_code: Option<i32>,
    /// Op code of the message.
    pub op: Option<u32>,
    /// Members of a new validator set.
    pub members: Option<u32>,
    /// Members that the previous set did not have.
    pub joined: Option<u32>,
    /// Members that only the previous set had.
    pub left: Option<u32>,
    /// Members of both with another weight.
    pub changed: Option<u32>,
    /// Differences from the previous set: joins and leaves first, then the largest changes of weight; at most
    /// [`MAX_CHANGES`].
    pub changes: Vec<SetChangeRow>,
    /// A text, if there is one.
    pub note: Option<String>,
}

impl EventRow {
    /// Returns an event without a number or details.
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
