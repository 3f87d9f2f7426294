//! Making a block again from its body, and what proposing and executing have in common.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_chain::{Fault, Import, Made};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_light::{Header, ValidatorSet};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::error::Error;

use crate::body::{MAX_HEADERS, MAX_LATER, body_hash};
use crate::sets::Registries;
use crate::{
    BlockRefusal, Body, CertifiedHeader, ExecuteError, ImportRefusal, Replica, coins, cursor,
    headers, lanes, sets,
};

/// A block that was made.
#[derive(Debug)]
pub struct Executed {
    /// The chain after it.
    pub replica: Replica,
    /// Its header, whose hash validators sign.
    pub header: Cell,
    /// Its encoded body.
    pub body: Vec<u8>,
    /// Its transactions and messages.
    pub made: Made,
}

impl Replica {
    /// Makes a block again from its body.
    ///
    /// Fails with a refusal when the body is not one of a next block of this chain.
    pub fn execute(&self, body: &Body) -> Result<Executed, ExecuteError> {
        if body.time_ms <= self.header.time_ms {
            return Err(BlockRefusal::Time(body.time_ms).into());
        }
        let encoded = body.encode()?;
        let mut next = self.clone();
        if body.headers.len() > MAX_HEADERS {
            return Err(BlockRefusal::TooMany("headers").into());
        }
        let storage = self.delector()?;
        let mut changed = BTreeSet::new();
        for certified in &body.headers {
            changed.insert(next.take_header(storage.as_ref(), certified, body.time_ms)?);
        }
        for chain in changed {
            next.check_coins(chain)?;
        }
        let mut by_source = BTreeMap::<ChainId, Vec<Cell>>::new();
        for (source, message) in &body.imports {
            by_source.entry(*source).or_default().push(message.clone());
        }
        if !by_source.keys().eq(body.later.keys()) {
            return Err(BlockRefusal::Later.into());
        }
        for (source, messages) in &by_source {
            next.read_lane(*source, messages, &body.later[source])?;
        }
        let inputs = ddvs_chain::Body {
            time_ms: body.time_ms,
            steps: body.steps,
            imports: body.imports.clone(),
            externals: body.externals.clone(),
        };
        let (chain, made) = next.chain.execute(&inputs)?;
        next.chain = chain;
        Ok(next.finish(self, made, encoded)?)
    }

    /// Takes a header of another chain, and returns which.
    pub(crate) fn take_header(
        &mut self,
        storage: Option<&DElectorStorage>,
        certified: &CertifiedHeader,
        time_ms: u64,
    ) -> Result<ChainId, ImportRefusal> {
        let own = self.chain.id();
        let registries = Registries {
            storage,
            past: &self.past,
        };
        let received = |chain| {
            let lane = self.chain.received().get(chain);
            lane.map_or(0, |lane| lane.count)
        };
        let (chain, cursor) = headers::take(
            &self.cursors,
            own,
            &received,
            registries,
            certified,
            time_ms,
        )?;
        self.cursors.insert(chain, cursor);
        Ok(chain)
    }

    pub(crate) fn check_coins(&self, chain: ChainId) -> Result<(), ImportRefusal> {
        let sent = self.chain.sent().get(chain);
        let own_sent_nano = sent.map_or(0, |lane| lane.value_nano);
        coins::check(chain, &self.cursors, &self.issued_nano, own_sent_nano)
    }

    /// Returns these messages of a chain, if they are the next ones of its lane.
    pub(crate) fn read_lane(
        &self,
        chain: ChainId,
        messages: &[Cell],
        later: &[HashBytes],
    ) -> Result<Vec<Import>, ImportRefusal> {
        let own = self.chain.id();
        let missing = ImportRefusal::NoSuchChain(chain);
        let cursor = self.cursors.get(&chain).ok_or(missing.clone())?;
        let received = self.chain.received().get(chain).ok_or(missing)?;
        if later.len() > MAX_LATER {
            return Err(ImportRefusal::Lane(chain));
        }
        let imports = messages.iter().cloned();
        let imports = imports.map(|cell| Import::read(chain, own, cell));
        let imports = imports.collect::<Result<Vec<_>, Error>>()?;
        lanes::check(chain, cursor, own, received, imports.iter(), later)?;
        Ok(imports)
    }

    /// Looks which sets the registries tell now: those of other chains that were not agreed yet, and the base from which the own
    /// one follows.
    fn settle_sets(
        &mut self,
        storage: Option<&DElectorStorage>,
        before: BTreeMap<ChainId, u32>,
    ) -> Result<BTreeMap<ChainId, u32>, Error> {
        let registries = Registries {
            storage,
            past: &self.past,
        };
        for (&chain, cursor) in &mut self.cursors {
            if cursor.next_set.is_none() {
                let Header { base, next_set, .. } = &cursor.header;
                cursor.next_set = headers::agreed(registries, chain, base, next_set)?;
            }
        }
        let Some(now) = storage.map(DElectorStorage::base).transpose()? else {
            return Ok(before);
        };
        let own = sets::set_at(registries, self.chain.id(), &now)?;
        // otherwise the set waits, and the one in force follows from an earlier base
        Ok(match own.as_ref() == Some(&self.next_set) {
            true => now,
            false => before,
        })
    }

    /// Completes a block: what is known of sets, and the header.
    pub(crate) fn finish(
        mut self,
        before: &Self,
        made: Made,
        body: Vec<u8>,
    ) -> Result<Executed, Fault> {
        let id = self.chain.id();
        let cell = |what| Fault::state(id, what);
        let mut base = before.header.base.clone();
        let is_touched = |account| account == self.chain.delector();
        if (made.block.transactions.iter()).any(|transaction| is_touched(&transaction.account)) {
            // a param 34 that could not sign leaves the set as it is
            let config = self.chain.config();
            if let Ok(set) = ValidatorSet::from_model(&config.validator_set.set) {
                self.next_set = set;
            }
            let storage = self.delector()?;
            let earlier = before.delector()?;
            sets::remember(&mut self.past, earlier.as_ref(), storage.as_ref())
                .map_err(cell("reading the registries"))?;
            base = (self.settle_sets(storage.as_ref(), base))
                .map_err(cell("reading the registries"))?;
        }
        let lanes = self.chain.sent().iter().map(|(to, lane)| (to, *lane));
        let header = Header {
            scope: before.header.scope,
            height: before.header.height + 1,
            time_ms: made.block.gen_time_ms,
            parent: before.hash,
            body: body_hash(&body),
            result: made.block.hash,
            state: self.chain.state_hash().map_err(cell("hashing the state"))?,
            set: before.next_set.hash(),
            set_base: before.header.base.clone(),
            next_set: self.next_set.hash(),
            base,
            lanes: lanes.collect(),
            cursors: cursor::hash(self.cursors.iter(), &self.past)
                .map_err(cell("hashing the cursors"))?,
        };
        let encoded = header.to_cell().map_err(cell("encoding the header"))?;
        self.hash = *encoded.repr_hash();
        self.header = header;
        Ok(Executed {
            replica: self,
            header: encoded,
            body,
            made,
        })
    }
}
