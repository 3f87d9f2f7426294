//! Batches that a D'Elector lacks: others voted for them, and their content has not come. It asks for them itself, once each;
//! anybody may have it ask again.

use ddvs_client::{Backend, ChainId, OwnerWallet};
use ddvs_contracts::messages::ContentId;
use ddvs_contracts::storage::{DElectorStorage, UNDO_DEPTH};
use tycho_types::error::Error;

use crate::answer::Kind;
use crate::staker::query_id;
use crate::{PeopleError, Request, Site};

/// A content that a copy knows by votes only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The copy that lacks it.
    pub copy: ChainId,
    /// Chain whose batch it is.
    pub origin: ChainId,
    /// Number of the batch.
    pub seqno: u32,
    /// The beginning of its hash.
    pub content: ContentId,
    /// Chains that voted for it.
    pub voters: Vec<ChainId>,
    /// Chains that the copy has asked for it.
    pub asked: Vec<ChainId>,
}

/// What the copy on a chain lacks and can ask for, in the order of origins and numbers.
///
/// Fails only when that copy cannot be read.
pub fn lacking(
    backend: &dyn Backend,
    site: &Site,
    copy: ChainId,
) -> Result<Vec<Lacking>, PeopleError> {
    let storage = site.delector(copy)?.storage(backend)?;
    read(&storage).map_err(PeopleError::codec("reading what waits for agreement"))
}

fn read(storage: &DElectorStorage) -> Result<Vec<Lacking>, Error> {
    let mut found = Vec::new();
    for entry in storage.pending.iter() {
        let (key, content) = entry?;
        let [origin, number @ ..] = key.0;
        let (seqno, prefix) = number.split_at(4);
        let origin = origin.cast_signed();
        let seqno = seqno
            .iter()
            .fold(0, |all, byte| all << 8 | u32::from(*byte));
        let Some(registry) = storage.registries.get(origin)? else {
            continue;
        };
        // beyond the next one nothing can be decided, and before those that can be taken back all is
        let next = registry.seqno.saturating_add(1);
        let is_heard = (next.saturating_sub(UNDO_DEPTH)..=next).contains(&seqno);
        if !is_heard || origin == storage.chain || content.batch.is_some() || content.votes == 0 {
            continue;
        }
        let mut id = ContentId([0; 27]);
        id.0.copy_from_slice(prefix);
        found.push(Lacking {
            copy: storage.chain,
            origin,
            seqno,
            content: id,
            voters: chains(content.votes),
            asked: chains(content.asked),
        });
    }
    Ok(found)
}

/// Chains of a set of bits: bit chain + 1.
fn chains(bits: u32) -> Vec<ChainId> {
    (-1..31)
        .filter(|chain| bits >> (chain + 1) & 1 == 1)
        .collect()
}

impl Lacking {
    /// The request that has the copy ask the next chain for it: those that voted first, then all others.
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
                "have the D'Elector of chain {} ask for batch {} of chain {}",
                self.copy, self.seqno, self.origin
            ),
            owner: payer.clone(),
            messages: vec![message],
            kind: Kind::Take,
        })
    }
}
