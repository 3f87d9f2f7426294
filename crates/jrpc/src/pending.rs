//! External messages that wait for their transactions.

use std::collections::BTreeMap;
use std::time::Instant;

use ddvs_client::{ChainId, Refusal};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{IntAddr, Message, MsgInfo, StdAddr};

/// Tag of a standard wallet's signed request; it is followed by the wallet's number and the time until which the
/// request is valid.
const SIGNED_EXTERNAL: u32 = 0x7369_676e; // "sign"

/// A message that waits for its transaction.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub message: Cell,
    pub boc: String,
    pub account: StdAddr,
    /// Unix time.
    pub valid_until: u32,
    pub sent_at: Instant,
    pub times_sent: usize,
    pub refused: u32,
}

impl Pending {
    /// Returns the chain of its receiver.
    pub fn chain(&self) -> ChainId {
        self.account.workchain
    }
}

/// All waiting messages, by hash.
pub(crate) type Outbox = BTreeMap<HashBytes, Pending>;

/// Returns the receiver of an external message, and the end of its validity.
pub(crate) fn head(message: &Cell) -> Result<(StdAddr, Option<u32>), Refusal> {
    let malformed = |_| Refusal::Message("it is malformed".to_owned());
    let parsed = message.parse::<Message<'_>>().map_err(malformed)?;
    let MsgInfo::ExtIn(info) = parsed.info else {
        return Err(Refusal::Message(
            "not an inbound external message".to_owned(),
        ));
    };
    let IntAddr::Std(address) = info.dst else {
        return Err(Refusal::Message("an address of variable length".to_owned()));
    };
    let mut body = parsed.body;
    let valid_until = (|| {
        let is_signed = body.load_u32().ok()? == SIGNED_EXTERNAL;
        let _wallet = body.load_u32().ok()?;
        let until = body.load_u32().ok()?;
        is_signed.then_some(until)
    })();
    Ok((address, valid_until))
}
