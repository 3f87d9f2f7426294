//! What a D'Elector lacks of batches that it knows of: the batch, where others voted for it and it has not come; or the base at which others
//! have counted its votes. It asks voters for batches itself, once each; anybody may have it ask for either.

use ddvs_client::{Backend, ChainId, OwnerWallet};
use ddvs_contracts::messages::ContentId;
use ddvs_contracts::storage::{DElectorStorage, KnownContent, UNDO_DEPTH};
use tycho_types::error::Error;

use crate::answer::Kind;
use crate::staker::query_id;
use crate::{PeopleError, Request, Site};

/// What is lacking of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The batch: only its votes are known.
    Batch,
    /// The base at which a copy has counted its votes and found them worth more.
    Base,
}

/// A batch of which a copy lacks something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The copy.
    pub copy: ChainId,
    /// Chain whose batch it is.
    pub origin: ChainId,
    /// Number of the batch.
    pub seqno: u32,
    /// The beginning of its hash.
    pub content: ContentId,
    /// What it lacks.
    pub lack: Lack,
    /// Chains that voted for it.
    pub voters: Vec<ChainId>,
    /// Chains that the copy has asked for it.
    pub asked: Vec<ChainId>,
}

/// What the copy on a chain lacks and can ask for: batches in the order of origins and numbers, then bases. Copies that cannot be read are
/// passed over: they may be of chains that stand still.
///
/// Fails only when that copy cannot be read.
pub fn lacking(
    backend: &dyn Backend,
    site: &Site,
    copy: ChainId,
) -> Result<Vec<Lacking>, PeopleError> {
    let codec = PeopleError::codec("reading what waits for agreement");
    let own = site.delector(copy)?.storage(backend)?;
    let chains = own.registries.keys().collect::<Result<Vec<_>, _>>();
    let others = chains.map_err(&codec)?.into_iter();
    let others = others.filter(|&chain| chain != copy).filter_map(|chain| {
        let delector = site.delector(chain).ok()?;
        delector.storage(backend).ok()
    });
    read(&own, &others.collect::<Vec<_>>()).map_err(codec)
}

fn read(own: &DElectorStorage, others: &[DElectorStorage]) -> Result<Vec<Lacking>, Error> {
    let all = own.known_contents()?;
    let mut found = Vec::new();
    for known in &all {
        let is_named = known.content.batch.is_none() && known.content.votes != 0;
        if is_named && known.number.origin != own.chain && is_heard(own, known)? {
            found.push(lacks(own, known, Lack::Batch));
        }
    }
    for known in all.iter().filter(|known| known.content.batch.is_some()) {
        let is_other = |other: &KnownContent| other.number == known.number && other.id != known.id;
        let is_decided = known.is_applied && !all.iter().any(is_other);
        if !is_decided && is_heard(own, known)? && counted_elsewhere(known, others)? {
            found.push(lacks(own, known, Lack::Base));
        }
    }
    Ok(found)
}

/// Beyond the next number nothing can be decided, and before those that can be taken back all is.
fn is_heard(own: &DElectorStorage, known: &KnownContent) -> Result<bool, Error> {
    let Some(registry) = own.registries.get(known.number.origin)? else {
        return Ok(false);
    };
    let next = registry.seqno.saturating_add(1);
    Ok((next.saturating_sub(UNDO_DEPTH)..=next).contains(&known.number.seqno))
}

/// Whether another copy has found more than this one, at a base that nobody knows who has not asked it.
fn counted_elsewhere(known: &KnownContent, others: &[DElectorStorage]) -> Result<bool, Error> {
    for other in others {
        // the origin's own copy keeps no more of what it has applied
        let counted = other
            .local
            .load()?
            .rare()?
            .counted
            .get(known.number.seqno)?;
        let is_own = other.chain == known.number.origin;
        if is_own && !known.is_applied && counted.is_some_and(|own| own.content == known.id) {
            return Ok(true);
        }
        let theirs = other.known_contents()?.into_iter();
        let mut theirs =
            theirs.filter(|theirs| theirs.number == known.number && theirs.id == known.id);
        if theirs.any(|theirs| {
            let is_told = theirs
                .content
                .found
                .as_ref()
                .is_some_and(|found| found.at.is_some());
            is_told && theirs.content.grade() > known.content.grade()
        }) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn lacks(own: &DElectorStorage, known: &KnownContent, lack: Lack) -> Lacking {
    Lacking {
        copy: own.chain,
        origin: known.number.origin,
        seqno: known.number.seqno,
        content: known.id,
        lack,
        voters: chains(known.content.votes),
        asked: chains(known.content.asked),
    }
}

/// Chains of a set of bits: bit chain + 1.
fn chains(bits: u32) -> Vec<ChainId> {
    (-1..31)
        .filter(|chain| bits >> (chain + 1) & 1 == 1)
        .collect()
}

impl Lacking {
    /// The request that has the copy ask the next chain for what it has: those that voted first, then all others.
    ///
    /// Fails only when the copy's prices cannot be read.
    pub fn poke(
        &self,
        backend: &dyn Backend,
        site: &Site,
        payer: &OwnerWallet,
    ) -> Result<Request, PeopleError> {
        let delector = site.delector(self.copy)?;
        let value = delector.poke_value(backend)?;
        let id = query_id(backend)?;
        let message = delector.poke(self.origin, self.seqno, self.content, value, id)?;
        Ok(Request {
            about: format!(
                "have the D'Elector of chain {} ask {} batch {} of chain {}",
                self.copy,
                match self.lack {
                    Lack::Batch => "for",
                    Lack::Base => "where others have counted the votes for",
                },
                self.seqno,
                self.origin
            ),
            owner: payer.clone(),
            messages: vec![message],
            kind: Kind::Take,
        })
    }
}
