//! Messages that a wallet sends.

use tycho_types::cell::{Cell, CellBuilder, Store};
use tycho_types::error::Error;
use tycho_types::models::{
    CurrencyCollection, MessageLayout, OwnedRelaxedMessage, RelaxedIntMsgInfo, RelaxedMsgInfo,
    SendMsgFlags, StateInit, StdAddr,
};
use tycho_types::prelude::CellFamily;

use crate::comment::comment_body;

/// Maximum number of messages in one external message: a transaction has at most 255 actions.
pub const MAX_MESSAGES: usize = 255;

/// Number of bits of a body that fit into a message's cell besides everything else.
const MAX_INLINE_BITS: u16 = 512;
/// Number of references of a body that fit besides those of a state.
const MAX_INLINE_REFS: u8 = 2;

/// How a message is paid for, TL-B `SENDRAWMSG` mode. Errors in sending are always ignored: the wallet requires it,
/// since otherwise a message that cannot be sent could be replayed until the coins are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendMode(u8);

impl SendMode {
    /// The value arrives in full, fees are paid from the balance.
    pub const PAY_FEES_SEPARATELY: Self = Self(1);
    /// Fees are taken from the value.
    pub const FEES_FROM_VALUE: Self = Self(0);
    /// The whole balance, less fees.
    pub const ALL_BALANCE: Self = Self(128);

    /// A mode from its flags.
    pub const fn from_flags(flags: SendMsgFlags) -> Self {
        Self(flags.bits())
    }

    const fn bits(self) -> u8 {
        self.0 | SendMsgFlags::IGNORE_ERROR.bits()
    }
}

/// An internal message that a wallet sends.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Receiver, on any chain.
    pub to: StdAddr,
    /// Value in nano.
    pub value_nano: u128,
    /// Whether a failure sends the value back.
    pub bounce: bool,
    /// Body.
    pub body: Cell,
    /// State that deploys the receiver.
    pub state_init: Option<StateInit>,
    /// Its send mode.
    pub mode: SendMode,
}

impl Outgoing {
    /// A bounceable message whose value arrives in full.
    pub fn new(to: StdAddr, value_nano: u128, body: Cell) -> Self {
        let mode = SendMode::PAY_FEES_SEPARATELY;
        Self {
            to,
            value_nano,
            bounce: true,
            body,
            state_init: None,
            mode,
        }
    }

    /// A plain transfer. It does not bounce, so it also reaches an account that is not deployed.
    pub fn transfer(to: StdAddr, value_nano: u128) -> Self {
        Self {
            bounce: false,
            ..Self::new(to, value_nano, Cell::empty_cell())
        }
    }

    /// The same message with a comment as its body.
    ///
    /// Fails only when the text is longer than [`MAX_COMMENT_BYTES`](crate::comment::MAX_COMMENT_BYTES).
    pub fn with_comment(mut self, text: &str) -> Result<Self, Error> {
        self.body = comment_body(text)?;
        Ok(self)
    }

    /// The same message, which also deploys its receiver.
    pub fn with_state_init(mut self, state_init: StateInit) -> Self {
        self.state_init = Some(state_init);
        self
    }

    fn build(&self) -> Result<Cell, Error> {
        // A long body goes into a separate cell: the layout that is computed by default counts too few bits for a
        // message without a sender, and does not fit then.
        let layout = MessageLayout {
            init_to_cell: false,
            body_to_cell: self.body.bit_len() > MAX_INLINE_BITS
                || self.body.reference_count() > MAX_INLINE_REFS,
        };
        CellBuilder::build_from(OwnedRelaxedMessage {
            info: RelaxedMsgInfo::Int(RelaxedIntMsgInfo {
                ihr_disabled: true,
                bounce: self.bounce,
                dst: self.to.clone().into(),
                value: CurrencyCollection::new(self.value_nano),
                ..RelaxedIntMsgInfo::default()
            }),
            init: self.state_init.clone(),
            body: self.body.clone().into(),
            layout: Some(layout),
        })
    }
}

/// TL-B `OutList`: each action refers to the ones before it.
pub(super) fn out_list(messages: &[Outgoing]) -> Result<Cell, Error> {
    const ACTION_SEND_MSG: u32 = 0x0ec3_c86d;
    let mut list = Cell::empty_cell();
    for message in messages {
        let mut builder = CellBuilder::new();
        builder.store_reference(list)?;
        builder.store_u32(ACTION_SEND_MSG)?;
        message
            .mode
            .bits()
            .store_into(&mut builder, Cell::empty_context())?;
        builder.store_reference(message.build()?)?;
        list = builder.build()?;
    }
    Ok(list)
}
