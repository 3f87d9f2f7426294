//! A user's own wallet: the standard contract W5R1, which acts on its owner's signature.

mod action;
mod code;
mod wallet;

pub use action::{MAX_MESSAGES, Outgoing, SendMode};
pub use code::wallet_code;
pub use wallet::{
    DEFAULT_TTL_S, OwnerWallet, next_request_seqno, owner_address, request_seqno, wallet_id,
};

/// Exit codes of the wallet contract that a user may meet.
pub mod exit {
    /// Signatures are switched off in favour of extensions.
    pub const SIGNATURE_DISABLED: i32 = 132;
    /// The seqno is not the next one: replayed, or another message came first.
    pub const SEQNO: i32 = 133;
    /// Signed for another wallet: other chain, network or number.
    pub const WALLET_ID: i32 = 134;
    /// Signed by another key.
    pub const SIGNATURE: i32 = 135;
    /// The time until which it was valid is over.
    pub const EXPIRED: i32 = 136;
    /// A message of an external request must ignore action errors.
    pub const SEND_MODE: i32 = 137;
}
