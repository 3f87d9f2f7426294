//! Routing of messages sent by a transaction.

use ddvs_types::MASTERCHAIN;
use tycho_types::cell::{Cell, CellBuilder, CellSlice, HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::{
    CurrencyCollection, IntAddr, IntMsgInfo, MsgInfo, OwnedMessage, StateInit, StdAddr,
};
use tycho_types::num::Tokens;

/// Number of bits of the original body in a returned message, as in a bounce.
const RETURNED_BODY_BITS: u16 = 256;

/// The header of an internal message, as far as the ledger needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageHead {
    /// Sender.
    pub source: StdAddr,
    /// Receiver.
    pub destination: StdAddr,
    /// Value in nano.
    pub value_nano: u128,
    /// Rest of the forward fee, collected by the chain that imports the message, in nano.
    pub forward_fee_nano: u128,
    /// Logical time at which it was sent.
    pub created_lt: u64,
    /// Whether a failure sends the value back.
    pub bounce: bool,
    /// Whether it is a bounce itself.
    pub is_bounced: bool,
}

impl MessageHead {
    /// Returns the coins that the message carries.
    pub fn carried_nano(&self) -> u128 {
        self.value_nano + self.forward_fee_nano
    }
}

/// Head of a message.
pub(crate) enum Head {
    Internal(MessageHead),
    /// An internal message to an address that no account can have: the executor lets `addr_var` of any length except
    /// 256 through to the masterchain. Its destination here is [`nobody`].
    Nowhere(MessageHead),
    External,
}

impl Head {
    /// Returns the coins that the message carries.
    pub fn nano(&self) -> u128 {
        match self {
            Self::Internal(head) | Self::Nowhere(head) => head.carried_nano(),
            Self::External => 0,
        }
    }
}

/// Returns the account that stands for an address that no account can have, where only a plain address can be
/// written. No code and no key has this address, so nothing that comes from it can be mistaken for another account's
/// message.
pub(crate) fn nobody() -> StdAddr {
    StdAddr::new(MASTERCHAIN, HashBytes::ZERO)
}

/// Reads the head of a message that the executor built.
///
/// Fails only when the cell is not a message, or has what no executor of a chain without extra currencies writes: these, or a
/// source that is not plain.
pub(crate) fn read_head(message: &Cell) -> Result<Head, Error> {
    let mut slice = message.as_slice()?;
    Ok(match MsgInfo::load_from(&mut slice)? {
        MsgInfo::Int(info) => internal_head(info)?,
        MsgInfo::ExtOut(_) => Head::External,
        MsgInfo::ExtIn(_) => return Err(Error::InvalidData),
    })
}

fn internal_head(info: IntMsgInfo) -> Result<Head, Error> {
    let source = match info.src {
        IntAddr::Std(source) if source.anycast.is_none() => source,
        IntAddr::Std(_) | IntAddr::Var(_) => return Err(Error::InvalidData),
    };
    if !info.value.other.is_empty() {
        return Err(Error::InvalidData);
    }
    let (make, destination): (fn(_) -> _, _) = match info.dst {
        IntAddr::Std(destination) if destination.anycast.is_none() => (Head::Internal, destination),
        IntAddr::Std(_) | IntAddr::Var(_) => (Head::Nowhere, nobody()),
    };
    Ok(make(MessageHead {
        source,
        destination,
        value_nano: info.value.tokens.into_inner(),
        forward_fee_nano: info.fwd_fee.into_inner(),
        created_lt: info.created_lt,
        bounce: info.bounce,
        is_bounced: info.bounced,
    }))
}

/// Builds the message that returns the value of an undeliverable one to its sender, in the form of a bounce:
/// `0xffffffff` and the first 256 bits of the body. The forward fee is not refunded.
pub(crate) fn build_return(
    message: &Cell,
    head: &MessageHead,
    created_lt: u64,
    created_at: u32,
) -> Result<(Cell, MessageHead), Error> {
    let mut slice = message.as_slice()?;
    MsgInfo::load_from(&mut slice)?;
    let mut body = CellBuilder::new();
    body.store_u32(u32::MAX)?;
    let original;
    let original_body = {
        skip_state_init(&mut slice)?;
        if slice.load_bit()? {
            original = slice.load_reference_cloned()?;
            original.as_slice_allow_exotic()
        } else {
            slice
        }
    };
    body.store_slice(original_body.get_prefix(RETURNED_BODY_BITS, 0))?;
    let info = IntMsgInfo {
        ihr_disabled: true,
        bounce: false,
        bounced: true,
        src: head.destination.clone().into(),
        dst: head.source.clone().into(),
        value: CurrencyCollection::new(head.value_nano),
        fwd_fee: Tokens::ZERO,
        created_lt,
        created_at,
        ..IntMsgInfo::default()
    };
    let message = OwnedMessage {
        info: MsgInfo::Int(info),
        init: None,
        body: body.build()?.into(),
        layout: None,
    };
    let cell = CellBuilder::build_from(&message)?;
    let head = MessageHead {
        source: head.destination.clone(),
        destination: head.source.clone(),
        value_nano: head.value_nano,
        forward_fee_nano: 0,
        created_lt,
        bounce: false,
        is_bounced: true,
    };
    Ok((cell, head))
}

fn skip_state_init(slice: &mut CellSlice<'_>) -> Result<(), Error> {
    if slice.load_bit()? {
        if slice.load_bit()? {
            slice.load_reference()?;
        } else {
            StateInit::load_from(slice)?;
        }
    }
    Ok(())
}
