//! Messages of a captured chain to the others: any that its D'Elector could send, and many that it could not.

use ddvs_client::ChainId;
use ddvs_contracts::messages::{
    Batch, BatchEntry, BatchVote, Claim, ContentId, Message, Poke, Propose, Relay, Vote, Want,
};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};

use super::Walk;
use super::made::{chain_of_cells, encoded};
use crate::captured::{made_up, next_batch};
use crate::{COIN, World};

impl Walk {
    /// One message of the captured chain, to some or to all, once or repeatedly.
    pub(super) fn lie(&mut self) {
        let Some(liar) = self.captured else { return };
        let mut to: Vec<ChainId> = self.world.chains();
        to.retain(|chain| *chain != liar);
        if self.dice.one_in(2) {
            let kept = 1 + self.dice.below(to.len());
            while to.len() > kept {
                let place = self.dice.below(to.len());
                to.remove(place);
            }
        }
        for _ in 0..=self.dice.below(3) {
            match self.dice.below(12) {
                0 | 1 => self.propose_something(liar, &to),
                2 => self.propose_two(liar, &to),
                3 => self.propose_what_is_none(liar, &to),
                4 | 5 => self.vote_for_something(liar, &to),
                6 => self.forge_a_batch(liar, &to),
                7 => self.claim_something(liar, &to),
                8 => self.want_something(liar, &to),
                9 => self.relay_something(liar, &to),
                10 => self.poke_by_a_stranger(),
                _ => self.say_without_value(liar, &to),
            }
        }
    }

    /// Exactly the required value: then the copy loses whatever that does not cover.
    fn tell(&mut self, liar: ChainId, to: &[ChainId], body: &impl Message, value_nano: u64) {
        let from = self.world.delector(liar).address().clone();
        for &chain in to {
            self.lies += 1;
            let at = self.world.delector(chain).address().clone();
            let value = u128::from(value_nano);
            self.world.inject_with(&from, &at, body, value);
        }
    }

    fn propose(&mut self, liar: ChainId, to: &[ChainId], batch: Lazy<Batch>) {
        let values = self.world.params(liar);
        let entries = batch.load().map_or(1, |batch| batch.entries.keys().count());
        let value = values.peer_value_nano + entries as u64 * values.entry_value_nano.get();
        self.tell(liar, to, &Propose { batch }, value);
    }

    fn propose_something(&mut self, liar: ChainId, to: &[ChainId]) {
        let mut batch = self.some_batch(liar);
        if self.dice.one_in(3) {
            let mut other = batch.load().expect("it parses");
            match self.dice.below(4) {
                0 => other.seqno += 1 + self.dice.below(4) as u32,
                1 => other.seqno += 200 + self.dice.below(100) as u32,
                2 => other.seqno = other.seqno.saturating_sub(self.dice.below(12) as u32),
                _ => other.base = self.some_base(),
            }
            batch = Lazy::new(&other).expect("it can be encoded");
        }
        self.propose(liar, to, batch);
    }

    fn propose_two(&mut self, liar: ChainId, to: &[ChainId]) {
        let (one, other) = (self.some_batch(liar), self.some_batch(liar));
        let middle = self.dice.below(to.len() + 1);
        self.propose(liar, &to[..middle], one);
        self.propose(liar, &to[middle..], other);
    }

    /// Cells that are not batches, and batches that break the rules.
    fn propose_what_is_none(&mut self, liar: ChainId, to: &[ChainId]) {
        let batch = self.some_batch(liar);
        let mut broken = batch.load().expect("it parses");
        let cell = match self.dice.below(7) {
            0 => Cell::default(),
            1 => {
                let mut more = CellBuilder::new();
                let slice = batch.inner().as_slice().expect("an ordinary cell");
                more.store_slice(slice)
                    .and_then(|()| more.store_reference(Cell::default()))
                    .and_then(|()| more.build())
                    .expect("there is room")
            }
            2 => {
                broken.base = chain_of_cells(500);
                encoded(&broken)
            }
            3 => {
                for mark in 1..=11 {
                    let key = HashBytes([mark; 32]);
                    let entry = BatchEntry::ForgetKey { key };
                    broken.entries.set(key, entry).expect("it can be encoded");
                }
                encoded(&broken)
            }
            4 => {
                broken.origin = self.somewhere();
                encoded(&broken)
            }
            5 => {
                broken.entries = tycho_types::dict::Dict::new();
                encoded(&broken)
            }
            _ => chain_of_cells(900),
        };
        let vote = Vote::one(BatchVote {
            origin: liar,
            seqno: broken.seqno,
            batch_hash: *cell.repr_hash(),
        });
        let values = self.world.params(liar);
        if self.dice.one_in(2) {
            self.tell(liar, to, &vote, values.answer_value_nano);
        }
        let batch = Lazy::from_raw(cell).expect("an ordinary cell");
        if self.dice.one_in(2) {
            self.tell(liar, to, &Relay { batch }, values.relay_value_nano(8));
        } else {
            self.propose(liar, to, batch);
        }
    }

    fn vote_for_something(&mut self, liar: ChainId, to: &[ChainId]) {
        let (origin, seqno, ContentId(content)) = self.some_content();
        let mut batch_hash = HashBytes::ZERO;
        batch_hash.0[..27].copy_from_slice(&content);
        let vote = Vote::one(BatchVote {
            origin,
            seqno,
            batch_hash,
        });
        let value = self.world.params(liar).answer_value_nano;
        self.tell(liar, to, &vote, value);
    }

    /// A batch in the name of an honest chain, which never made it.
    fn forge_a_batch(&mut self, liar: ChainId, to: &[ChainId]) {
        let (copy, origin) = (self.somewhere(), self.somewhere());
        let registry = self.world.registry(copy, origin);
        let batch = if origin < 0 {
            made_up(origin, registry.seqno + 1, 7)
        } else {
            next_batch(&self.world, copy, origin, 150_000 * COIN)
        };
        let vote = Vote::one(BatchVote {
            origin,
            seqno: registry.seqno + 1,
            batch_hash: *batch.inner().repr_hash(),
        });
        let values = self.world.params(liar);
        self.tell(liar, to, &vote, values.answer_value_nano);
        self.tell(liar, to, &Relay { batch }, values.relay_value_nano(8));
    }

    fn claim_something(&mut self, liar: ChainId, to: &[ChainId]) {
        let (origin, seqno, content) = self.some_content();
        let claim = Claim {
            origin,
            seqno,
            content,
            base: self.some_base(),
        };
        let value = self.world.params(liar).answer_value_nano;
        self.tell(liar, to, &claim, value);
    }

    fn want_something(&mut self, liar: ChainId, to: &[ChainId]) {
        let (origin, seqno, content) = self.some_content();
        let want = Want {
            origin,
            seqno,
            content,
            lacks: self.dice.one_in(2),
        };
        let values = self.world.params(liar);
        let value = values.want_value_nano(want.lacks);
        self.tell(liar, to, &want, value);
    }

    fn relay_something(&mut self, liar: ChainId, to: &[ChainId]) {
        let copy = self.somewhere();
        let pending = self.world.storage(copy).pending;
        let contents = pending
            .counted()
            .map(|entry| entry.expect("a content parses").1);
        let known: Vec<_> = contents.filter_map(|content| content.batch).collect();
        if let Some(batch) = self.dice.pick(&known) {
            let value = self.world.params(liar).relay_value_nano(8);
            self.tell(liar, to, &Relay { batch }, value);
        }
    }

    fn poke_by_a_stranger(&mut self) {
        let (origin, seqno, content) = self.some_content();
        let at = self.somewhere();
        let poke = Poke {
            query_id: 1,
            origin,
            seqno,
            content,
        };
        let to = self.world.delector(at).address().clone();
        let value = [1, COIN / 100, COIN][self.dice.below(3)];
        if let Some(who) = self.dice.pick(&self.people) {
            self.send(&who, &[World::message(&to, &poke, value)]);
        }
    }

    fn say_without_value(&mut self, liar: ChainId, to: &[ChainId]) {
        let (origin, seqno, content) = self.some_content();
        let want = Want {
            origin,
            seqno,
            content,
            lacks: true,
        };
        let batch = self.some_batch(liar);
        let value = [0, 1, 1_000_000][self.dice.below(3)];
        self.tell(liar, to, &want, value);
        let relay = Relay {
            batch: batch.clone(),
        };
        self.tell(liar, to, &relay, value);
        self.tell(liar, to, &Propose { batch }, value);
    }
}
