//! Messages between puppets, and from outside.

use ddvs_types::{COIN, ChainId};
use tycho_types::cell::{Cell, CellBuilder, CellFamily, Store};
use tycho_types::error::Error;
use tycho_types::models::{
    CurrencyCollection, ExtInMsgInfo, IntAddr, IntMsgInfo, MsgInfo, OwnedMessage,
    OwnedRelaxedMessage, RelaxedIntMsgInfo, RelaxedMsgInfo, StdAddr,
};
use tycho_types::num::Tokens;

use super::{addr, cell};

/// An internal message as a contract would build it.
pub fn internal(dst: &StdAddr, value_nano: u128, bounce: bool, body: Cell) -> Cell {
    internal_to(dst.clone().into(), value_nano, bounce, body)
}

/// The same to any address.
pub fn internal_to(dst: IntAddr, value_nano: u128, bounce: bool, body: Cell) -> Cell {
    cell(OwnedRelaxedMessage {
        info: RelaxedMsgInfo::Int(RelaxedIntMsgInfo {
            ihr_disabled: true,
            bounce,
            dst,
            value: CurrencyCollection::new(value_nano),
            ..Default::default()
        }),
        init: None,
        body: body.into(),
        layout: None,
    })
}

/// An internal message with a sender, for `Network::inject_internal`.
pub fn injected(src: &StdAddr, dst: &StdAddr, value_nano: u128, lt: u64, body: Cell) -> Cell {
    cell(OwnedMessage {
        info: MsgInfo::Int(IntMsgInfo {
            ihr_disabled: true,
            bounce: true,
            src: src.clone().into(),
            dst: dst.clone().into(),
            value: CurrencyCollection::new(value_nano),
            created_lt: lt,
            ..Default::default()
        }),
        init: None,
        body: body.into(),
        layout: None,
    })
}

/// An external message to an account.
pub fn external(dst: &StdAddr, body: Cell) -> Cell {
    cell(OwnedMessage {
        info: MsgInfo::ExtIn(ExtInMsgInfo {
            src: None,
            dst: dst.clone().into(),
            import_fee: Tokens::ZERO,
        }),
        init: None,
        body: body.into(),
        layout: None,
    })
}

/// Coins that a [`broken`] message brings.
pub const BROKEN_NANO: u128 = 3 * COIN;

/// A message whose state init has an unknown kind: the engine fails when it reads it.
pub fn broken(from: ChainId, bounce: bool, lt: u64) -> Cell {
    let mut builder = CellBuilder::new();
    let info = MsgInfo::Int(IntMsgInfo {
        ihr_disabled: true,
        bounce,
        src: addr(from, 1).into(),
        dst: addr(1, 1).into(),
        value: CurrencyCollection::new(BROKEN_NANO),
        created_lt: lt,
        ..Default::default()
    });
    let build = move || -> Result<Cell, Error> {
        info.store_into(&mut builder, Cell::empty_context())?;
        builder.store_bit_one()?; // there is a state init
        builder.store_bit_one()?; // in a reference
        builder.store_reference(cell(u64::MAX))?;
        builder.store_bit_zero()?; // the body follows
        builder.build()
    };
    build().expect("it fits in a cell")
}
