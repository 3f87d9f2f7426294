//! Messages between copies.

use ddvs_contracts::messages::{
    Batch, BatchVote, Claim, ContentId, Message, Propose, Relay, Vote, read_body,
};
use tycho_types::cell::{Cell, HashBytes};

use super::{Base, Number};

/// The seqnos that a base names.
pub(super) fn base_of(cell: &Cell) -> Base {
    let (mut base, Ok(mut slice)) = (Vec::new(), cell.as_slice()) else {
        return Vec::new();
    };
    while let (Ok(chain), Ok(seqno)) = (slice.load_u8(), slice.load_u32()) {
        base.push((chain as i8, seqno));
    }
    base
}

/// Content of a message between copies.
pub(super) enum Word {
    Proposed(HashBytes, Box<Batch>),
    Relayed(HashBytes, Box<Batch>),
    Yes(Vec<BatchVote>),
    Claimed(Number, ContentId, Cell),
}

/// Returns the content of a message, if it is one between copies.
pub(super) fn word(op: u32, body: tycho_types::cell::CellSlice<'_>) -> Option<Word> {
    Some(match op {
        Propose::OP => {
            let m = read_body::<Propose>(body)?;
            Word::Proposed(*m.batch.inner().repr_hash(), Box::new(m.batch.load().ok()?))
        }
        Relay::OP => {
            let m = read_body::<Relay>(body)?;
            Word::Relayed(*m.batch.inner().repr_hash(), Box::new(m.batch.load().ok()?))
        }
        Vote::OP => Word::Yes(read_body::<Vote>(body)?.list().ok()?),
        Claim::OP => {
            let m = read_body::<Claim>(body)?;
            Word::Claimed((m.origin, m.seqno), m.content, m.base)
        }
        _ => return None,
    })
}
