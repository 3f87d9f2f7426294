//! Events, one row each, numbered.

use ddvs_client::ChainId;
use ddvs_contracts::messages::{self, MessageEvent, MessageInfo};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::At;

/// Kind of an event: of a message that a contract accepted, or one of the constants.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "u32", try_from = "u32")]
pub struct EventKind {
    /// What is stored: the op code of a message, or the number of a constant, which is always smaller than
    /// [`OWN_NUMBERS`].
    number: u32,
    words: &'static MessageEvent,
}

/// Numbers below are no op codes.
const OWN_NUMBERS: u32 = 1 << 16;

macro_rules! kinds {
    ($($(#[$doc:meta])* $constant:ident = $number:literal, $tone:ident $name:literal = $sentence:literal;)*) => {
        impl EventKind {
            $(
                $(#[$doc])*
                pub const $constant: Self = Self {
                    number: $number,
                    words: &MessageEvent { name: $name, sentence: $sentence, is_problem: is_problem!($tone) },
                };
            )*

            /// Kinds that are not a message's.
            const OWN: &[Self] = &[$(Self::$constant,)*];
        }
    };
}

macro_rules! is_problem {
    (event) => {
        false
    };
    (problem) => {
        true
    };
}

// a number, once given, stays: it is what is stored
kinds! {
    /// A chain has a new validator set from this block on.
    SET_CHANGED = 0, event "set_changed" = "**New set** of {members}{changes}";
    /// A Root's key and totals were seen for the first time.
    POOL_OPENED = 1, event "pool_opened" = "**Pool opened**: {pool}";
    /// A wallet was seen for the first time.
    WALLET_OPENED = 2, event "wallet_opened" = "**Wallet opened** for {owner}";
    /// An origin proposed a batch.
    PROPOSED = 3, event "proposed" = "**Proposed**: {batch}";
    /// A chain voted.
    VOTED = 4, event "voted" = "**Vote** of {voter} for {batch}";
    /// A copy applied a batch.
    APPLIED = 5, event "applied" = "**Applied**: {batch}";
    /// A copy reverted an applied batch: its origin sent several under one number.
    TAKEN_BACK = 6, problem "taken_back" = "**Taken back**: {batch}, since other chains received another one";
    /// A key was removed for misbehaviour.
    REMOVED = 7, problem "removed" = "**Removed** for misbehaviour: {validator}";
    /// A contract of ddvs refused a message with an exit code.
    REFUSED = 8, problem "refused" = "**Refused**: {operation} at {account}{exit_code}";
    /// A chain does not use the config that its D'Elector holds.
    CONFIG_REJECTED = 9, problem "config_rejected" = "**Config rejected**{note}";
    /// The engine failed on a message, which ended without a transaction.
    MESSAGE_FAULT = 10, problem "message_fault" = "**Engine failed**{note}";
}

impl EventKind {
    /// The kind of a message's event, if it has one.
    pub fn of_message(info: &MessageInfo) -> Option<Self> {
        info.event.map(|words| Self {
            number: info.op,
            words,
        })
    }

    /// All kinds: those of messages, then the others.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_messages = messages::all().filter_map(Self::of_message);
        of_messages.chain(Self::OWN.iter().copied())
    }

    /// Its name, as the API has it, its sentence for people, and whether it is bad news. The sentences of the constants
    /// have `{account}`, `{batch}`, `{voter}`, `{validator}`, `{operation}`, `{exit_code}`, `{members}`, `{changes}`
    /// and `{note}` beside what those of messages have.
    pub fn words(self) -> &'static MessageEvent {
        self.words
    }

    /// Returns its name as used by the API.
    pub fn name(self) -> &'static str {
        self.words.name
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }
}

impl PartialEq for EventKind {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for EventKind {}

impl From<EventKind> for u32 {
    fn from(kind: EventKind) -> Self {
        kind.number
    }
}

/// A stored number that no kind of this version has.
#[derive(Debug, Error)]
#[error("{0:#x} is not a kind of event that this version knows")]
pub struct UnknownKind(u32);

impl TryFrom<u32> for EventKind {
    type Error = UnknownKind;

    fn try_from(number: u32) -> Result<Self, UnknownKind> {
        let own = |kind: &&Self| kind.number == number;
        if number < OWN_NUMBERS {
            Self::OWN.iter().find(own).copied()
        } else {
            MessageInfo::by_op(number).and_then(Self::of_message)
        }
        .ok_or(UnknownKind(number))
    }
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
    /// The account that gets the coins, if that is not the owner.
    pub to: Option<StdAddr>,
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
            to: None,
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
