//! Making the next block from what is offered.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_chain::{Fault, Import, Inputs};
use ddvs_light::Header;
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

use crate::body::MAX_HEADERS;
use crate::offer::{Budget, Turns, message_bytes};
use crate::{
    BlockRefusal, Body, CertifiedHeader, Executed, ImportRefusal, LaneOffer, Offer, Replica,
};

/// A block that was proposed.
#[derive(Debug)]
pub struct Proposed {
    /// The block.
    pub executed: Executed,
    /// What of the offer was not valid, and why.
    pub refused: Vec<ImportRefusal>,
}

impl Replica {
    /// Makes the next block from what is offered, as much as it has room for. What is not valid is left out and reported.
    ///
    /// Fails only with a defect.
    pub fn propose(&self, offer: Offer<'_>) -> Result<Proposed, Fault> {
        let time_ms = offer.time_ms.max(self.header.time_ms + 1);
        let mut next = self.clone();
        let mut refused = Vec::new();
        let headers = next.take_offered(offer.headers, time_ms, &mut refused)?;
        let mut messages = BTreeMap::new();
        let mut later = BTreeMap::new();
        for (chain, mut lane) in offer.lanes {
            next.cut_to_header(chain, &mut lane);
            match next.read_lane(chain, &lane.messages, &lane.later) {
                Ok(imports) => {
                    messages.insert(chain, imports);
                    later.insert(chain, lane.later);
                }
                Err(refusal) => refused.push(refusal),
            }
        }
        let offered = messages.clone();
        let budget = Budget::new(&headers);
        let later_counts = later.iter().map(|(chain, later)| (*chain, later.len()));
        let mut imports = Turns::new(messages, later_counts.collect(), &budget);
        let offered_externals = offer.externals;
        let made = next.chain.propose(Inputs {
            time_ms,
            imports: &mut imports,
            externals: &mut || {
                let external = offered_externals()?;
                // one that does not fit ends the block's externals, and waits for the next block
                budget
                    .take(message_bytes(external.cell()))
                    .then_some(external)
            },
            goes_on: offer.goes_on,
        })?;
        let later = not_taken(offered, later, &made.body.imports);
        let body = Body {
            time_ms,
            steps: made.body.steps,
            headers,
            imports: made.body.imports.clone(),
            later,
            externals: made.body.externals.clone(),
        };
        let encoded = body.encode().map_err(|refusal| Fault::Exhausted {
            chain: self.chain.id(),
            what: match refusal {
                BlockRefusal::TooMany(what) => what,
                _ => "the encoding of a body",
            },
        })?;
        let executed = next.finish(self, made, encoded)?;
        Ok(Proposed { executed, refused })
    }

    /// Takes the headers that are valid, and returns them. A header that proves more coins than a chain can have is left out, and
    /// what relies on it too.
    fn take_offered(
        &mut self,
        offered: Vec<CertifiedHeader>,
        time_ms: u64,
        refused: &mut Vec<ImportRefusal>,
    ) -> Result<Vec<CertifiedHeader>, Fault> {
        let before = self.cursors.clone();
        let storage = self.delector()?;
        let mut taken = Vec::new();
        let mut changed = BTreeSet::new();
        for certified in in_turns(offered) {
            if taken.len() >= MAX_HEADERS {
                break;
            }
            match self.take_header(storage.as_ref(), &certified, time_ms) {
                Ok(chain) => {
                    changed.insert(chain);
                    taken.push((chain, certified));
                }
                Err(refusal) => refused.push(refusal),
            }
        }
        // each round leaves out a chain
        while let Some((chain, refusal)) = changed.iter().find_map(|&chain| {
            self.check_coins(chain)
                .err()
                .map(|refusal| (chain, refusal))
        }) {
            refused.push(refusal);
            changed.remove(&chain);
            taken.retain(|(source, _)| *source != chain);
            if let Some(cursor) = before.get(&chain) {
                self.cursors.insert(chain, cursor.clone());
            }
        }
        Ok(taken.into_iter().map(|(_, certified)| certified).collect())
    }

    /// Leaves of a lane what the newest header proves.
    fn cut_to_header(&self, chain: ChainId, lane: &mut LaneOffer) {
        let own = self.chain.id();
        let end = (self.cursors.get(&chain)).and_then(|cursor| cursor.header.lanes.get(&own));
        let received = self.chain.received().get(chain);
        let (Some(end), Some(received)) = (end, received) else {
            return;
        };
        let proven = usize::try_from(end.count.saturating_sub(received.count));
        let proven = proven.unwrap_or(usize::MAX);
        lane.messages.truncate(proven);
        lane.later.truncate(proven - lane.messages.len());
    }
}

/// Returns the hashes that follow the imported messages, for each chain of which one was imported.
fn not_taken(
    offered: BTreeMap<ChainId, Vec<Import>>,
    mut later: BTreeMap<ChainId, Vec<HashBytes>>,
    imported: &[(ChainId, Cell)],
) -> BTreeMap<ChainId, Vec<HashBytes>> {
    let mut left = BTreeMap::new();
    for (chain, messages) in offered {
        let taken = imported.iter().filter(|(source, _)| *source == chain);
        let taken = taken.count();
        if taken > 0 {
            let rest = messages.iter().skip(taken);
            let mut hashes: Vec<_> = rest.map(|message| *message.cell.repr_hash()).collect();
            hashes.append(&mut later.remove(&chain).unwrap_or_default());
            left.insert(chain, hashes);
        }
    }
    left
}

/// Orders headers so that chains take turns, those of each chain by ascending place: many that are refused of one chain must not keep
/// others out.
fn in_turns(offered: Vec<CertifiedHeader>) -> Vec<CertifiedHeader> {
    let mut by_chain = BTreeMap::<ChainId, Vec<CertifiedHeader>>::new();
    for certified in offered {
        // what cannot be decoded is refused later
        let chain =
            Header::from_cell(&certified.header).map_or(ChainId::MIN, |header| header.scope.chain);
        by_chain.entry(chain).or_default().push(certified);
    }
    let longest = by_chain.values().map(Vec::len).max().unwrap_or(0);
    let lists: Vec<_> = by_chain.into_values().collect();
    let turns = (0..longest).flat_map(|turn| lists.iter().filter_map(move |list| list.get(turn)));
    turns.cloned().collect()
}
