//! Messages, field by field as in `contracts/shared/messages.tolk`. Amounts are in nano, times in Unix seconds.

mod delector;
mod entry;
mod evidence;
mod root;
mod wallet;

use tycho_types::error::Error;
use tycho_types::prelude::*;

pub use self::delector::*;
pub use self::entry::*;
pub use self::evidence::*;
pub use self::root::*;
pub use self::wallet::*;

/// A message body: a struct with an op code.
pub trait Message: Store + for<'a> Load<'a> {
    /// The op code: crc32 of the message's line in `contracts/schema.tlb`, with the high bit clear for requests and
    /// set for answers.
    const OP: u32;
    /// Name of the Tolk struct.
    const NAME: &'static str;

    /// Encodes the body as a cell.
    ///
    /// Fails only when an amount has more than 120 bits.
    fn to_cell(&self) -> Result<Cell, Error> {
        CellBuilder::build_from(self)
    }
}

/// Parses the op code of a `#[tlb(tag = "#01234567")]`.
pub(crate) const fn op_of(tag: &str) -> u32 {
    match u32::from_str_radix(tag.split_at(1).1, 16) {
        Ok(op) => op,
        Err(_) => panic!("a tag is a # and eight hexadecimal digits"),
    }
}

/// Declares a message with its op code.
macro_rules! message {
    ($(#[$doc:meta])* $tag:literal $name:ident;) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
        #[tlb(tag = $tag)]
        pub struct $name;

        impl crate::messages::Message for $name {
            const OP: u32 = crate::messages::op_of($tag);
            const NAME: &'static str = stringify!($name);
        }
    };
    ($(#[$doc:meta])* $tag:literal $name:ident { $($fields:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
        #[tlb(tag = $tag)]
        pub struct $name { $($fields)* }

        impl crate::messages::Message for $name {
            const OP: u32 = crate::messages::op_of($tag);
            const NAME: &'static str = stringify!($name);
        }
    };
}
pub(crate) use message;

/// Op code and name of every message.
pub const OPS: &[(u32, &str)] = &[
    (Stake::OP, Stake::NAME),
    (Unstake::OP, Unstake::NAME),
    (Withdraw::OP, Withdraw::NAME),
    (Settle::OP, Settle::NAME),
    (ConfirmStake::OP, ConfirmStake::NAME),
    (RequestUnstake::OP, RequestUnstake::NAME),
    (RequestRelease::OP, RequestRelease::NAME),
    (Lock::OP, Lock::NAME),
    (RejectStake::OP, RejectStake::NAME),
    (Unlock::OP, Unlock::NAME),
    (RefuseUnstake::OP, RefuseUnstake::NAME),
    (Release::OP, Release::NAME),
    (RefuseRelease::OP, RefuseRelease::NAME),
    (DeployWallet::OP, DeployWallet::NAME),
    (RegisterKey::OP, RegisterKey::NAME),
    (CloseRoot::OP, CloseRoot::NAME),
    (SyncStake::OP, SyncStake::NAME),
    (TakeSurplus::OP, TakeSurplus::NAME),
    (UpdateStake::OP, UpdateStake::NAME),
    (Applied::OP, Applied::NAME),
    (Rejected::OP, Rejected::NAME),
    (Slash::OP, Slash::NAME),
    (SubmitEvidence::OP, SubmitEvidence::NAME),
    (PurgeKey::OP, PurgeKey::NAME),
    (PublishSet::OP, PublishSet::NAME),
    (SlashedCoins::OP, SlashedCoins::NAME),
    (Propose::OP, Propose::NAME),
    (Vote::OP, Vote::NAME),
    (Claim::OP, Claim::NAME),
    (Want::OP, Want::NAME),
    (Relay::OP, Relay::NAME),
    (Poke::OP, Poke::NAME),
    (CloseBatch::OP, CloseBatch::NAME),
    (Proceed::OP, Proceed::NAME),
    (SendVotes::OP, SendVotes::NAME),
    (Excesses::OP, Excesses::NAME),
];

/// Returns the name of the message with this op code.
pub fn op_name(op: u32) -> Option<&'static str> {
    OPS.iter()
        .find(|(known, _)| *known == op)
        .map(|(_, name)| *name)
}
