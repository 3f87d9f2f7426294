//! What a D'Elector lacks about known batches: the batch, if others voted for it and it has not arrived; or the base
//! at which others have counted its votes. It asks each voter for a batch once by itself; anyone may make it ask for
//! either.

use std::collections::BTreeMap;

use ddvs_client::{Backend, ChainId, OwnerWallet};
use ddvs_contracts::messages::ContentId;
use ddvs_contracts::storage::{Counted, DElectorStorage, KnownContent, UNDO_DEPTH};
use tycho_types::error::Error;

use crate::answer::Kind;
use crate::staker::query_id;
use crate::{NetworkContext, PeopleError, Request};

/// The missing part of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The batch: only its votes are known.
    Batch,
    /// The base at which another copy has counted its votes with a better result.
    Base,
}

/// A batch about which a copy lacks something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The copy.
    pub copy: ChainId,
    /// Origin of the batch.
    pub origin: ChainId,
    /// Number of the batch.
    pub seqno: u32,
    /// First 216 bits of its hash.
    pub content: ContentId,
    /// The missing part.
    pub lack: Lack,
    /// Chains that voted for it.
    pub voters: Vec<ChainId>,
    /// Chains that the copy has asked for it.
    pub asked: Vec<ChainId>,
}

/// Returns what the copy on a chain lacks and can ask for: batches in the order of origins and numbers, then bases.
///
/// Fails only when a copy cannot be read.
pub fn lacking(
    backend: &dyn Backend,
    context: &NetworkContext,
    copy: ChainId,
) -> Result<Vec<Lacking>, PeopleError> {
    let codec = PeopleError::codec("reading what waits for agreement");
    let own = context.delector(copy)?.storage(backend)?;
    let mut others = Vec::new();
    for chain in own.registries.keys() {
        let chain = chain.map_err(&codec)?;
        if chain != copy {
            let storage = context.delector(chain)?.storage(backend)?;
            others.push(Told::of(&storage).map_err(&codec)?);
        }
    }
    read(&own, &others).map_err(codec)
}

fn read(own: &DElectorStorage, others: &[Told]) -> Result<Vec<Lacking>, Error> {
    let all = own.known_contents()?;
    let (mut batches, mut bases) = (Vec::new(), Vec::new());
    for known in &all {
        if !is_heard(own, known)? {
            continue;
        }
        let is_other = |other: &KnownContent| {
            other.counts && other.number == known.number && other.id != known.id
        };
        let is_decided = known.is_applied && !all.iter().any(is_other);
        if known.content.batch.is_none() {
            if known.content.votes != 0 && known.number.origin != own.chain {
                batches.push(lacks(own, known, Lack::Batch));
            }
        } else if !is_decided && others.iter().any(|other| other.counts_more(known)) {
            bases.push(lacks(own, known, Lack::Base));
        }
    }
    batches.extend(bases);
    Ok(batches)
}

/// Contents that another copy would send in reply: those that it has counted at other bases than their own.
struct Told {
    chain: ChainId,
    contents: Vec<KnownContent>,
    /// Its own applied batches, by number: of these it keeps nothing else.
    own: BTreeMap<u32, Counted>,
}

impl Told {
    fn of(storage: &DElectorStorage) -> Result<Self, Error> {
        let mut contents = storage.known_contents()?;
        contents.retain(|known| {
            known
                .content
                .found
                .as_ref()
                .is_some_and(|at| at.at.is_some())
        });
        Ok(Self {
            chain: storage.chain,
            contents,
            own: (storage.local.load()?.rare()?.counted.iter()).collect::<Result<_, _>>()?,
        })
    }

    /// Whether it has a better result for a content than the copy that asks.
    fn counts_more(&self, known: &KnownContent) -> bool {
        let is_it = |theirs: &&KnownContent| (theirs.number, theirs.id) == (known.number, known.id);
        let theirs = self.contents.iter().find(is_it);
        let own = (self.own.get(&known.number.seqno))
            .filter(|own| self.chain == known.number.origin && own.content == known.id);
        theirs.is_some_and(|theirs| theirs.content.grade() > known.content.grade())
            || own.is_some() && !known.is_applied
    }
}

/// Numbers after the next one cannot be decided, and numbers before those that can be reverted are final.
fn is_heard(own: &DElectorStorage, known: &KnownContent) -> Result<bool, Error> {
    let Some(registry) = own.registries.get(known.number.origin)? else {
        return Ok(false);
    };
    let next = registry.seqno.saturating_add(1);
    Ok((next.saturating_sub(UNDO_DEPTH)..=next).contains(&known.number.seqno))
}

fn lacks(own: &DElectorStorage, known: &KnownContent, lack: Lack) -> Lacking {
    Lacking {
        copy: own.chain,
        origin: known.number.origin,
        seqno: known.number.seqno,
        content: known.id,
        lack,
        voters: chains(known.content.votes),
        // its own place means that a second round has begun
        asked: (chains(known.content.asked).into_iter())
            .filter(|&chain| chain != own.chain)
            .collect(),
    }
}

/// Returns the chains of a set of bits: bit chain + 1.
fn chains(bits: u32) -> Vec<ChainId> {
    (-1..31)
        .filter(|chain| bits >> (chain + 1) & 1 == 1)
        .collect()
}

impl Lacking {
    /// Returns the request that makes the copy ask the next chain: first those that voted, then all others.
    ///
    /// Fails only when the copy's prices cannot be read.
    pub fn poke(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        payer: &OwnerWallet,
    ) -> Result<Request, PeopleError> {
        let delector = context.delector(self.copy)?;
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
