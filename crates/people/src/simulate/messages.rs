//! Messages of an emulation in the format of network records.

use ddvs_client::{InMessage, OutDestination, OutMessage};
use tycho_types::cell::{Cell, Load};
use tycho_types::models::{IntAddr, IntMsgInfo, MsgInfo, StdAddr};

fn internal(message: &Cell) -> Option<IntMsgInfo> {
    let mut slice = message.as_slice().ok()?;
    match MsgInfo::load_from(&mut slice).ok()? {
        MsgInfo::Int(info) => Some(info),
        _ => None,
    }
}

fn plain(address: IntAddr) -> Option<StdAddr> {
    match address {
        IntAddr::Std(address) => Some(address),
        IntAddr::Var(_) => None,
    }
}

pub(super) fn in_message(cell: &Cell) -> InMessage {
    let info = internal(cell);
    InMessage {
        cell: cell.clone(),
        value_nano: info
            .as_ref()
            .map_or(0, |info| info.value.tokens.into_inner()),
        is_bounced: info.as_ref().is_some_and(|info| info.bounced),
        source: info.and_then(|info| plain(info.src)),
    }
}

pub(super) fn out_message(cell: Cell) -> OutMessage {
    let info = internal(&cell);
    let value_nano = info
        .as_ref()
        .map_or(0, |info| info.value.tokens.into_inner());
    let is_bounced = info.as_ref().is_some_and(|info| info.bounced);
    let destination = match info.map(|info| plain(info.dst)) {
        Some(Some(address)) => OutDestination::Account(address),
        Some(None) => OutDestination::Nowhere,
        None => OutDestination::External,
    };
    OutMessage {
        cell,
        destination,
        value_nano,
        is_bounced,
    }
}
