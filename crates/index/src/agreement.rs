//! Messages between D'Electors, and the state of their registries.

use ddvs_client::{ChainId, TransactionRecord};
use ddvs_contracts::messages::{
    Batch, BatchEntry, Claim, ContentId, Message, Propose, Relay, Vote, read_body, with_body,
};
use ddvs_contracts::storage::{ChainRegistry, DElectorStorage, UNDO_DEPTH};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::error::Error;
use tycho_types::models::StdAddr;

use crate::Identity;
use crate::rows::{At, CopyRow, EntryRow};

/// One fact about a batch, from a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreementFact {
    /// The content became known.
    Content {
        /// Hash of the content.
        hash: HashBytes,
        /// Origin of the batch.
        origin: ChainId,
        /// Its number.
        seqno: u32,
        /// Hash of the previous batch.
        previous: HashBytes,
        /// Base: applied numbers by chain, at which its votes are weighed.
        base: Vec<(ChainId, u32)>,
        /// Its changes.
        entries: Vec<EntryRow>,
        /// Source of the content.
        by: Teller,
    },
    /// A copy claims a base for the votes for a content.
    Claim {
        /// Origin of the batch.
        origin: ChainId,
        /// Its number.
        seqno: u32,
        /// First 216 bits of the content's hash.
        content: ContentId,
        /// The claiming chain.
        claimant: ChainId,
        /// Applied numbers by chain.
        base: Vec<(ChainId, u32)>,
    },
    /// A copy knows a vote.
    Vote {
        /// Origin of the batch.
        origin: ChainId,
        /// Its number.
        seqno: u32,
        /// Hash of the content.
        hash: HashBytes,
        /// The voting chain.
        voter: ChainId,
        /// The copy that knows it, and the block.
        known: At,
    },
}

impl AgreementFact {
    /// Origin and number of the batch.
    pub(crate) fn number(&self) -> (ChainId, u32) {
        match self {
            Self::Content { origin, seqno, .. }
            | Self::Claim { origin, seqno, .. }
            | Self::Vote { origin, seqno, .. } => (*origin, *seqno),
        }
    }
}

/// Source of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teller {
    /// Its origin, in this block.
    Origin(At),
    /// Its origin, in an earlier block.
    Proposal,
    /// Any chain: it counts only if some vote names it.
    Anyone,
}

/// Returns the facts in a D'Elector's transaction.
pub(crate) fn facts(
    identity: &Identity,
    transaction: &TransactionRecord,
    at: At,
) -> Vec<AgreementFact> {
    let mut found = Vec::new();
    let incoming = &transaction.in_message;
    if let Some(source) = incoming.source.as_ref()
        && !incoming.is_bounced
    {
        let from = identity.is_delector(source).then_some(source.workchain);
        read(&incoming.cell, from, at, false, &mut found);
    }
    for message in transaction.out_messages.iter().filter(|m| !m.is_bounced) {
        read(&message.cell, Some(at.chain), at, true, &mut found);
    }
    found
}

/// Reads a message; `from` is none for a stranger.
fn read(
    message: &Cell,
    from: Option<ChainId>,
    at: At,
    is_own: bool,
    found: &mut Vec<AgreementFact>,
) {
    // an unreadable message is not part of the protocol
    let _ = with_body(message, |op, body| {
        match op {
            Propose::OP => {
                let from = from?;
                let propose: Propose = read_body(body)?;
                let hash = *propose.batch.inner().repr_hash();
                let batch = propose.batch.load().ok()?;
                let by = if is_own {
                    Teller::Origin(at)
                } else {
                    Teller::Proposal
                };
                if batch.origin != from {
                    return None;
                }
                found.push(content(&batch, hash, by).ok()?);
                found.push(AgreementFact::Vote {
                    origin: from,
                    seqno: batch.seqno,
                    hash,
                    voter: from,
                    known: at,
                });
            }
            Vote::OP => {
                let votes: Vote = read_body(body)?;
                let voter = from?;
                found.extend(
                    votes
                        .list()
                        .ok()?
                        .into_iter()
                        .map(|vote| AgreementFact::Vote {
                            origin: vote.origin,
                            seqno: vote.seqno,
                            hash: vote.batch_hash,
                            voter,
                            known: at,
                        }),
                );
            }
            Claim::OP => {
                let claim: Claim = read_body(body)?;
                found.push(AgreementFact::Claim {
                    origin: claim.origin,
                    seqno: claim.seqno,
                    content: claim.content,
                    claimant: from?,
                    base: read_base(&claim.base).ok()?,
                });
            }
            Relay::OP => {
                let relay: Relay = read_body(body)?;
                let hash = *relay.batch.inner().repr_hash();
                let batch = relay.batch.load().ok()?;
                found.push(content(&batch, hash, Teller::Anyone).ok()?);
            }
            _ => {}
        }
        Some(())
    });
}

fn content(batch: &Batch, hash: HashBytes, by: Teller) -> Result<AgreementFact, Error> {
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
    Ok(AgreementFact::Content {
        hash,
        origin: batch.origin,
        seqno: batch.seqno,
        previous: batch.previous,
        base: read_base(&batch.base)?,
        entries,
        by,
    })
}

/// Reads packed pairs of chain and number, to the end of the cell.
fn read_base(cell: &Cell) -> Result<Vec<(ChainId, u32)>, Error> {
    let mut slice = cell.as_slice()?;
    let mut base = Vec::new();
    while slice.size_bits() >= 40 {
        base.push((slice.load_u8()?.cast_signed(), slice.load_u32()?));
    }
    Ok(base)
}

/// Returns a copy's registries in its state after logical time `lt`.
pub(crate) fn registries(copy: ChainId, data: &Cell, lt: u64) -> Result<Vec<CopyRow>, Error> {
    let storage = data.parse::<DElectorStorage>()?;
    let mut rows = Vec::new();
    for entry in storage.registries.iter() {
        let (origin, registry) = entry?;
        rows.push(CopyRow {
            copy,
            origin,
            seqno: registry.seqno,
            last_hash: registry.last_hash,
            hashes_before: hashes_before(&registry),
            total_nano: registry.total.into_inner(),
            roots: registry.count,
            eligible: registry.eligible,
            lt,
        });
    }
    Ok(rows)
}

/// Returns hashes of the batches before the last one, newest first, as far as they can be reverted.
fn hashes_before(registry: &ChainRegistry) -> Vec<HashBytes> {
    let numbers = (1..=registry.seqno).rev().take(UNDO_DEPTH as usize);
    numbers
        .map_while(|seqno| Some(registry.undo_of(seqno)?.last_hash))
        .collect()
}
