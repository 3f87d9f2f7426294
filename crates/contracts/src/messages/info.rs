//! What is known of each message beside its encoding: who sends it to whom, the event that it causes, and what its
//! fields mean.

use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use super::{DELECTOR, Message, ROOT, WALLET};

/// Sender or receiver of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// Owner of the Root or wallet that receives it.
    Owner,
    /// Any account.
    Anyone,
    /// A DePool Wallet; as a sender, that of the owner in the message.
    Wallet,
    /// A DePool Root.
    Root,
    /// The D'Elector of the same chain.
    DElector,
    /// The D'Elector of another chain.
    Peer,
    /// The receiver itself.
    Itself,
    /// Any contract of ddvs.
    Contract,
    /// The account that paid for the request.
    Payer,
}

impl Party {
    /// Its name in `contracts/messages.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Anyone => "anyone",
            Self::Wallet => "wallet",
            Self::Root => "root",
            Self::DElector => "d_elector",
            Self::Peer => "peer",
            Self::Itself => "itself",
            Self::Contract => "contract",
            Self::Payer => "payer",
        }
    }
}

/// The event that a message causes at its receiver when it is accepted.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct MessageEvent {
    /// Name, as the API has it.
    pub name: &'static str,
    /// Sentence for people. `{amount}`, `{owner}`, `{pool}`, `{to}`, `{key}` and `{reason}` are filled in, `**` marks
    /// the most important words.
    pub sentence: &'static str,
    /// Whether it is bad news for somebody.
    pub is_problem: bool,
}

/// An amount in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// In nano.
    Nano(u128),
    /// All that there is.
    All,
}

impl Amount {
    /// The amount in nano, unless it is all that there is.
    pub fn nano(self) -> Option<u128> {
        match self {
            Self::Nano(nano) => Some(nano),
            Self::All => None,
        }
    }
}

/// What a message says, as far as it has such fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageFacts {
    /// The amount that it is about.
    pub amount: Option<Amount>,
    /// The Root that it is about.
    pub root: Option<StdAddr>,
    /// Owner of the wallet that sends it, or that it deploys.
    pub owner: Option<StdAddr>,
    /// The account that gets coins.
    pub to: Option<StdAddr>,
    /// A consensus key.
    pub key: Option<HashBytes>,
    /// Why a request is refused: a [`Reason`](crate::Reason).
    pub reason: Option<u8>,
}

/// A field of a message that gives a fact.
pub(crate) trait AsFact<T> {
    /// The fact.
    fn fact(&self) -> Option<T>;
}

impl AsFact<Amount> for Tokens {
    fn fact(&self) -> Option<Amount> {
        Some(Amount::Nano(self.into_inner()))
    }
}

impl AsFact<Amount> for Option<Tokens> {
    fn fact(&self) -> Option<Amount> {
        Some(self.map_or(Amount::All, |nano| Amount::Nano(nano.into_inner())))
    }
}

impl<T: Clone> AsFact<T> for T {
    fn fact(&self) -> Option<T> {
        Some(self.clone())
    }
}

/// A kind of message.
#[derive(Debug, Clone, Copy)]
pub struct MessageInfo {
    /// Op code.
    pub op: u32,
    /// Name of the Tolk struct.
    pub name: &'static str,
    /// Who may send it.
    pub sender: Party,
    /// Who receives it.
    pub receiver: Party,
    /// The event that it causes, unless other events cover it.
    pub event: Option<&'static MessageEvent>,
    /// Names and Rust types of its fields, in their order.
    pub fields: &'static [(&'static str, &'static str)],
    pub(super) read: fn(CellSlice<'_>) -> Result<MessageFacts, Error>,
    pub(super) encode_again: fn(&Cell) -> Result<Cell, Error>,
}

impl MessageInfo {
    pub(super) const fn of<M: Message>(sender: Party, receiver: Party) -> Self {
        Self {
            op: M::OP,
            name: M::NAME,
            sender,
            receiver,
            event: None,
            fields: &[],
            read: |mut body| Ok(M::load_from(&mut body)?.facts()),
            encode_again: |cell| cell.parse::<M>()?.to_cell(),
        }
    }

    /// The message with this op code.
    pub fn by_op(op: u32) -> Option<&'static Self> {
        all().find(|info| info.op == op)
    }

    /// The message with this name.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        all().find(|info| info.name == name)
    }

    /// Whether it answers a request, which its op code says.
    pub fn is_answer(&self) -> bool {
        self.op >> 31 == 1
    }

    /// Reads what a body of this kind says; it begins with the op code.
    ///
    /// Fails only when the body is not such a message.
    pub fn facts(&self, body: CellSlice<'_>) -> Result<MessageFacts, Error> {
        (self.read)(body)
    }

    /// Decodes a body of this kind and encodes it again.
    ///
    /// Fails only when the body is not such a message.
    pub fn encode_again(&self, body: &Cell) -> Result<Cell, Error> {
        (self.encode_again)(body)
    }
}

/// All messages of the contracts, as declared with them.
pub fn all() -> impl Iterator<Item = &'static MessageInfo> {
    WALLET.iter().chain(ROOT).chain(DELECTOR)
}

/// Name of the message with this op code.
pub fn op_name(op: u32) -> Option<&'static str> {
    MessageInfo::by_op(op).map(|info| info.name)
}
