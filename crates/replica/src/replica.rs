//! A chain between two blocks, and how the next one is made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ddvs_chain::{Chain, Fault, Import, Inputs, Made};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_light::{Header, ValidatorSet};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::error::Error;
use tycho_types::models::AccountState;

use crate::body::{MAX_HEADERS, MAX_LATER, body_hash};
use crate::offer::Turns;
use crate::{
    BlockRefusal, Body, CertifiedHeader, Cursor, ExecuteError, ImportRefusal, LaneOffer, Offer,
    coins, cursor, headers, lanes, sets,
};

/// A chain as its validators agree on it, after one of its blocks. A clone shares all cells.
#[derive(Debug, Clone)]
pub struct Replica {
    pub(crate) chain: Chain,
    /// Header of the last block.
    pub(crate) header: Header,
    pub(crate) hash: HashBytes,
    /// The set that signs the next block.
    pub(crate) next_set: ValidatorSet,
    /// How far each other chain is followed.
    pub(crate) cursors: BTreeMap<ChainId, Cursor>,
    /// What the zerostate issued on each chain.
    pub(crate) issued_nano: Arc<BTreeMap<ChainId, u128>>,
}

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

/// A block that was proposed.
#[derive(Debug)]
pub struct Proposed {
    /// The block.
    pub executed: Executed,
    /// What of the offer was not valid, and why.
    pub refused: Vec<ImportRefusal>,
}

impl Replica {
    /// Header of the last block; the zerostate's before the first.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Hash of that header.
    pub fn hash(&self) -> HashBytes {
        self.hash
    }

    /// The set that signs the next block.
    pub fn next_set(&self) -> &ValidatorSet {
        &self.next_set
    }

    /// How far each other chain is followed.
    pub fn cursors(&self) -> &BTreeMap<ChainId, Cursor> {
        &self.cursors
    }

    /// The chain's state.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the storage of the chain's D'Elector; `None` if it cannot be read as such.
    ///
    /// Fails only when the state is broken.
    pub fn delector(&self) -> Result<Option<DElectorStorage>, Fault> {
        Self::delector_of(&self.chain)
    }

    pub(crate) fn delector_of(chain: &Chain) -> Result<Option<DElectorStorage>, Fault> {
        let account = chain.account(chain.delector())?.account;
        let data = account.and_then(|account| match account.state {
            AccountState::Active(state) => state.data,
            AccountState::Uninit | AccountState::Frozen(_) => None,
        });
        Ok(data.and_then(|data| data.parse().ok()))
    }

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
        let made = next.chain.propose(Inputs {
            time_ms,
            imports: &mut Turns::new(messages),
            externals: offer.externals,
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
        for certified in offered.into_iter().take(MAX_HEADERS) {
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

    /// Takes a header of another chain, and returns which.
    fn take_header(
        &mut self,
        storage: Option<&DElectorStorage>,
        certified: &CertifiedHeader,
        time_ms: u64,
    ) -> Result<ChainId, ImportRefusal> {
        let own = self.chain.id();
        let (chain, cursor) = headers::take(&self.cursors, own, storage, certified, time_ms)?;
        self.cursors.insert(chain, cursor);
        Ok(chain)
    }

    fn check_coins(&self, chain: ChainId) -> Result<(), ImportRefusal> {
        let sent = self.chain.sent().get(chain);
        let own_sent_nano = sent.map_or(0, |lane| lane.value_nano);
        coins::check(chain, &self.cursors, &self.issued_nano, own_sent_nano)
    }

    /// Returns these messages of a chain, if they are the next ones of its lane.
    fn read_lane(
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

    /// Looks which sets the registries tell now: those of other chains that were not agreed yet, and the base from which the own
    /// one follows.
    fn settle_sets(
        &mut self,
        storage: Option<&DElectorStorage>,
        before: BTreeMap<ChainId, u32>,
    ) -> Result<BTreeMap<ChainId, u32>, Error> {
        for (&chain, cursor) in &mut self.cursors {
            if cursor.next_set.is_none() {
                let Header { base, next_set, .. } = &cursor.header;
                cursor.next_set = headers::agreed(storage, chain, base, next_set)?;
            }
        }
        let Some(now) = storage.map(DElectorStorage::base).transpose()? else {
            return Ok(before);
        };
        let own = sets::set_at(storage, self.chain.id(), &now)?;
        // otherwise the set waits, and the one in force follows from an earlier base
        Ok(match own.as_ref() == Some(&self.next_set) {
            true => now,
            false => before,
        })
    }

    /// Completes a block: what is known of sets, and the header.
    fn finish(mut self, before: &Self, made: Made, body: Vec<u8>) -> Result<Executed, Fault> {
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
            cursors: cursor::hash(self.cursors.iter()).map_err(cell("hashing the cursors"))?,
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
