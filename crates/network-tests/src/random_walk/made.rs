//! Batches, contents and bases that a captured chain can name; and how honest copies come to rest again.

use std::collections::BTreeMap;

use ddvs_client::ChainId;
use ddvs_client::seeded::Person;
use ddvs_contracts::messages::{Batch, ContentId, Poke};
use ddvs_contracts::storage::{Content, KnownContent};
use tycho_types::cell::{Cell, CellBuilder, Lazy};

use super::Walk;
use crate::captured::{base, made_up, next_batch};
use crate::{COIN, World};

/// Rounds of questions at the end.
const MAX_POKES: usize = 16;

/// A content that some chain has named.
pub(super) type Named = (ChainId, u32, ContentId);

impl Walk {
    /// A batch of the captured chain that may be valid: its first validator moves slightly.
    pub(super) fn some_batch(&mut self, liar: ChainId) -> Lazy<Batch> {
        let copy = self.somewhere();
        if liar < 0 {
            let seqno = 1 + self.dice.below(3) as u32;
            return made_up(liar, seqno, self.dice.below(5) as u32);
        }
        let stake = 60_000 * COIN + self.dice.below(40_000) as u128 * COIN;
        next_batch(&self.world, copy, liar, stake)
    }

    /// A content that some copy knows, not applied; or one made up.
    pub(super) fn some_content(&mut self) -> Named {
        let copy = self.somewhere();
        let storage = self.world.storage(copy);
        let mut named: Vec<Named> = Vec::new();
        let known = storage.known_contents().expect("contents parse");
        let pending = known.iter().filter(|known| !known.is_applied);
        named.extend(pending.map(|known| (known.number.origin, known.number.seqno, known.id)));
        for entry in storage.registries.iter() {
            let (origin, registry) = entry.expect("a registry parses");
            let content = ContentId::of(&registry.last_hash);
            named.push((origin, registry.seqno, content));
            let content = ContentId([self.dice.below(4) as u8; 27]);
            let seqno = registry.seqno + self.dice.below(4) as u32;
            named.push((origin, seqno, content));
        }
        self.dice.pick(&named).expect("there are chains")
    }

    pub(super) fn some_base(&mut self) -> Cell {
        let copy = self.somewhere();
        if self.dice.one_in(2) {
            return base(&self.world, copy);
        }
        let mut builder = CellBuilder::new();
        for chain in self.world.chains() {
            let seqno = self.dice.below(4) as u32;
            builder
                .store_u8(chain.cast_unsigned())
                .and_then(|()| builder.store_u32(seqno))
                .expect("it fits");
        }
        builder.build().expect("a cell can be built")
    }

    /// Pays each honest copy to ask, one chain after another, where others have counted.
    pub(super) fn poke_until_equal(&mut self) {
        for _ in 0..MAX_POKES {
            let mut pokes = Vec::new();
            for chain in self.world.chains() {
                if Some(chain) != self.captured {
                    pokes.extend(self.lacking(chain));
                }
            }
            if pokes.is_empty() {
                return;
            }
            for (chain, (origin, seqno, content)) in pokes {
                let poke = Poke {
                    query_id: 1,
                    origin,
                    seqno,
                    content,
                };
                let to = self.world.delector(chain).address().clone();
                let rich = |who: &&Person| self.world.balance(who.address()) > 10 * COIN;
                let Some(who) = self.people.iter().find(rich).cloned() else {
                    return;
                };
                self.send(&who, &[World::message(&to, &poke, 2 * COIN)]);
                self.settle();
            }
        }
    }

    /// Returns the contents up to the next number that a copy knows only by votes and can still ask for, and those
    /// for which other honest copies have a better result.
    fn lacking(&self, chain: ChainId) -> Vec<(ChainId, Named)> {
        let own = self.known(chain);
        let mut lacking = Vec::new();
        for (&(origin, seqno, id), content) in &own {
            if origin == chain || seqno > self.world.registry(chain, origin).seqno + 1 {
                continue;
            }
            let mut others = self.world.chains().into_iter();
            let is_open =
                others.any(|other| other != chain && content.asked & 1 << (other + 1) == 0);
            if content.batch.is_none() && content.votes != 0 && is_open {
                lacking.push((chain, (origin, seqno, id)));
            }
        }
        let others = self.world.chains().into_iter();
        for other in others.filter(|&other| other != chain && Some(other) != self.captured) {
            for (named, theirs) in self.known(other) {
                let counted = theirs.found.as_ref().and_then(|found| found.at.as_ref());
                let ours = own.get(&named).map(Content::grade);
                let is_better = ours.is_some_and(|ours| ours < theirs.grade());
                let is_known = lacking.contains(&(chain, named));
                if counted.is_some() && is_better && !is_known {
                    lacking.push((chain, named));
                }
            }
        }
        lacking
    }

    fn known(&self, chain: ChainId) -> BTreeMap<Named, Content> {
        let known = self.world.storage(chain).known_contents();
        let known = known.expect("contents parse").into_iter();
        let named = |known: &KnownContent| (known.number.origin, known.number.seqno, known.id);
        known.map(|known| (named(&known), known.content)).collect()
    }
}

pub(super) fn encoded(batch: &Batch) -> Cell {
    CellBuilder::build_from(batch).expect("a batch can be encoded")
}

pub(super) fn chain_of_cells(length: u32) -> Cell {
    let mut cell = Cell::default();
    for place in 0..length {
        let mut builder = CellBuilder::new();
        cell = builder
            .store_u32(place)
            .and_then(|()| builder.store_reference(cell))
            .and_then(|()| builder.build())
            .expect("a cell can be built");
    }
    cell
}
