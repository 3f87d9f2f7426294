//! What the D'Electors say to each other, and how their registries stand.

use ddvs_client::{ChainId, TransactionRecord};
use ddvs_contracts::messages::{Batch, BatchEntry, Message, Propose, Rebase, Relay, Vote};
use ddvs_contracts::storage::DElectorStorage;
use tycho_types::cell::{Cell, CellSlice, HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::StdAddr;

use crate::rows::{At, CopyRow, EntryRow};
use crate::{Identity, decode::body_of};

/// One thing that a block tells about a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The content became known.
    Content {
        /// Hash of the content.
        hash: HashBytes,
        /// Chain whose batch it is.
        origin: ChainId,
        /// Its number.
        seqno: u32,
        /// Hash of the batch before.
        previous: HashBytes,
        /// What it changes.
        entries: Vec<EntryRow>,
        /// Where the origin proposed it.
        proposed: Option<At>,
    },
    /// The origin announced a base; the content is the one that it last proposed under the number.
    Base {
        /// Chain whose batch it is.
        origin: ChainId,
        /// Its number.
        seqno: u32,
        /// Applied numbers by chain.
        base: Vec<(ChainId, u32)>,
    },
    /// A copy knows a vote.
    Vote {
        /// Chain whose batch it is.
        origin: ChainId,
        /// Its number.
        seqno: u32,
        /// Hash of the content.
        hash: HashBytes,
        /// Whose vote it is.
        voter: ChainId,
        /// The copy that knows it, and the block.
        known: At,
    },
}

/// What a D'Elector's transaction says.
pub(crate) fn said(identity: &Identity, transaction: &TransactionRecord, at: At) -> Vec<Said> {
    let mut found = Vec::new();
    let incoming = &transaction.in_message;
    if let Some(source) = incoming.source.as_ref().filter(|s| identity.is_delector(s))
        && !incoming.is_bounced
    {
        read(&incoming.cell, source.workchain, at, false, &mut found);
    }
    for message in transaction.out_messages.iter().filter(|m| !m.is_bounced) {
        read(&message.cell, at.chain, at, true, &mut found);
    }
    found
}

fn read(message: &Cell, from: ChainId, at: At, is_own: bool, found: &mut Vec<Said>) {
    // a message that cannot be read is none of the protocol's
    let _ = body_of(message, |op, body| {
        match op {
            Propose::OP => {
                let propose: Propose = parse(body)?;
                let hash = *propose.batch.inner().repr_hash();
                found.push(content(&propose.batch.load().ok()?, hash, is_own.then_some(at)).ok()?);
                found.push(Said::Base {
                    origin: from,
                    seqno: propose.seqno,
                    base: read_base(&propose.base).ok()?,
                });
                found.push(Said::Vote {
                    origin: from,
                    seqno: propose.seqno,
                    hash,
                    voter: from,
                    known: at,
                });
            }
            Vote::OP => {
                let vote: Vote = parse(body)?;
                found.push(Said::Vote {
                    origin: vote.origin,
                    seqno: vote.seqno,
                    hash: vote.batch_hash,
                    voter: from,
                    known: at,
                });
            }
            Rebase::OP => {
                let rebase: Rebase = parse(body)?;
                found.push(Said::Base {
                    origin: from,
                    seqno: rebase.seqno,
                    base: read_base(&rebase.base).ok()?,
                });
            }
            Relay::OP => {
                let relay: Relay = parse(body)?;
                let hash = *relay.batch.inner().repr_hash();
                found.push(content(&relay.batch.load().ok()?, hash, None).ok()?);
            }
            _ => {}
        }
        Some(())
    });
}

fn content(batch: &Batch, hash: HashBytes, proposed: Option<At>) -> Result<Said, Error> {
    let mut entries = Vec::new();
    for entry in batch.entries.iter() {
        let (root, entry) = entry?;
        let root = StdAddr::new(batch.origin, root);
        entries.push(match entry {
            BatchEntry::SetStake { stake, key, .. } => EntryRow::SetStake {
                root,
                stake_nano: stake.into_inner(),
                key,
            },
            BatchEntry::RemoveKey { evidence } => EntryRow::RemoveKey {
                root,
                key: evidence.load()?.key,
            },
            BatchEntry::ForgetKey { key } => EntryRow::ForgetKey { root, key },
        });
    }
    Ok(Said::Content {
        hash,
        origin: batch.origin,
        seqno: batch.seqno,
        previous: batch.previous,
        entries,
        proposed,
    })
}

/// Packed pairs of chain and number, to the end of the cell.
fn read_base(cell: &Cell) -> Result<Vec<(ChainId, u32)>, Error> {
    let mut slice = cell.as_slice()?;
    let mut base = Vec::new();
    while slice.size_bits() >= 40 {
        base.push((slice.load_u8()?.cast_signed(), slice.load_u32()?));
    }
    Ok(base)
}

fn parse<'a, T: Load<'a>>(mut body: CellSlice<'a>) -> Option<T> {
    T::load_from(&mut body).ok()
}

/// How a copy's registries stand.
pub(crate) fn registries(copy: ChainId, data: &Cell) -> Result<Vec<CopyRow>, Error> {
    let storage = data.parse::<DElectorStorage>()?;
    let mut rows = Vec::new();
    for entry in storage.registries.iter() {
        let (origin, registry) = entry?;
        rows.push(CopyRow {
            copy,
            origin,
            seqno: registry.seqno,
            last_hash: registry.last_hash,
            total_nano: registry.total.into_inner(),
            is_frozen: registry.frozen,
            roots: registry.count,
            eligible: registry.eligible,
        });
    }
    Ok(rows)
}
