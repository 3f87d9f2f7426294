//! Storage of the D'Elector & Config (`contracts/delector/storage.tolk`).

use tycho_types::cell::{Cell, CellBuilder, CellContext, CellSlice, HashBytes, Lazy, Load, Store};
use tycho_types::dict::{Dict, RawDict};
use tycho_types::error::Error;
use tycho_types::num::Tokens;

use super::{Accused, KeyEntry, RootEntry, Waiting, WaitingRemoval};
use crate::messages::{Batch, BatchNumber};

/// The whole storage. Its first reference is the dictionary of config parameters.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct DElectorStorage {
    /// Root of the dictionary of config parameters.
    pub config: Cell,
    /// By chain.
    pub registries: Dict<i8, ChainRegistry>,
    /// Contents that are not applied, by (origin, seqno, hash).
    pub pending: Dict<HashBytes, Content>,
    /// What only this copy keeps.
    pub local: Lazy<Local>,
    /// Hash of the network's genesis description.
    pub genesis: HashBytes,
    /// The chain it lives on.
    pub chain: i8,
    /// Slashed coins in nano.
    pub treasury: Tokens,
    /// Changes of registries so far: what was weighed before one is void after it.
    pub changes: u32,
    /// Stake in nano that these changes have moved, and one for each; taking a batch back counts as 2^64.
    pub moved: Total,
}

/// Replicated: a function of the applied batches of one origin.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct ChainRegistry {
    /// Number of the last applied batch.
    pub seqno: u32,
    /// Registered stake in nano.
    pub total: Tokens,
    /// Entries in `roots`.
    pub count: u32,
    /// Entries whose stake reaches the minimum.
    pub eligible: u32,
    /// Roots that were removed, of which traces stay for good.
    pub removed: u32,
    /// Hash of batch `seqno`.
    pub last_hash: HashBytes,
    /// Total stakes of the last three batches before.
    pub recent: RecentTotals,
    /// By account id.
    pub roots: Dict<HashBytes, RootEntry>,
    /// By public key.
    pub keys: Dict<HashBytes, KeyEntry>,
    /// Total stakes of the last 1,024 batches, by seqno / 4 modulo 256: groups of four that are complete.
    pub history: Dict<u8, HistoryPage>,
    /// What the last 8 batches replaced, by seqno modulo 8: each an [`Undo`].
    pub undo: RawDict<3>,
}

impl ChainRegistry {
    /// What batch `seqno` replaced; `None` if it cannot be taken back.
    pub fn undo_of(&self, seqno: u32) -> Option<Undo> {
        let mut key = CellBuilder::new();
        key.store_small_uint((seqno & 7) as u8, 3).ok()?;
        let mut found = self.undo.get(key.as_data_slice()).ok()??;
        Undo::load_from(&mut found).ok()
    }

    /// Registered stake after batch `seqno`, in nano; `None` for a batch to come or one older than the history.
    ///
    /// Fails only when the history cannot be decoded.
    pub fn total_after(&self, seqno: u32) -> Result<Option<u128>, Error> {
        let Some(behind) = self.seqno.checked_sub(seqno) else {
            return Ok(None);
        };
        Ok(match behind {
            0 => Some(self.total.into_inner()),
            1..=3 => Some(self.recent.0[behind as usize - 1]),
            4..HISTORY_DEPTH => {
                let page = self.history.get((seqno >> 2) as u8)?;
                page.map(|page| page.0[(seqno & 3) as usize])
            }
            _ => None,
        })
    }
}

/// Batches that the history reaches back.
pub const HISTORY_DEPTH: u32 = 1_024;

/// Last batches of a registry that can be taken back.
pub const UNDO_DEPTH: u32 = 8;

/// A copy listens to what is said of so many numbers from the next one on.
pub const SEQNO_WINDOW: u32 = 256;

/// Total stakes after four batches, in nano: 4n to 4n + 3 of the page n.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryPage(pub [u128; 4]);

impl Store for HistoryPage {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        self.0
            .iter()
            .try_for_each(|total| store_total(builder, *total))
    }
}

impl<'a> Load<'a> for HistoryPage {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        let mut totals = [0; 4];
        for total in &mut totals {
            *total = load_total(slice)?;
        }
        Ok(Self(totals))
    }
}

/// Total stakes one, two and three batches ago, in nano.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecentTotals(pub [u128; 3]);

impl Store for RecentTotals {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        self.0
            .iter()
            .try_for_each(|total| store_total(builder, *total))
    }
}

impl<'a> Load<'a> for RecentTotals {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        let mut totals = [0; 3];
        for total in &mut totals {
            *total = load_total(slice)?;
        }
        Ok(Self(totals))
    }
}

/// `uint120`: a sum of amounts in nano.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total(pub u128);

impl Store for Total {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        store_total(builder, self.0)
    }
}

impl<'a> Load<'a> for Total {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        load_total(slice).map(Self)
    }
}

/// `uint120`: amounts have no more bits.
fn store_total(builder: &mut CellBuilder, total: u128) -> Result<(), Error> {
    if total >> 120 != 0 {
        return Err(Error::IntOverflow);
    }
    builder.store_raw(&total.to_be_bytes()[1..], 120)
}

fn load_total(slice: &mut CellSlice<'_>) -> Result<u128, Error> {
    let mut bytes = [0; 16];
    slice.load_raw(&mut bytes[1..], 120)?;
    Ok(u128::from_be_bytes(bytes))
}

/// What is known of one content that somebody named under (origin, seqno).
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Content {
    /// Bit chain + 1; the origin's own yes is not among them.
    pub votes: u32,
    /// Whether the origin itself proposed it to this copy.
    pub told: bool,
    /// Whether it was next in line here, and failed the objective checks.
    pub refused: bool,
    /// Whom this copy has asked for the batch: bit chain + 1.
    pub asked: u32,
    /// The best grade found.
    pub found: Option<Found>,
    /// What the votes weigh, where the base of the batch is what this copy has applied. While the batch is lacking, these bits are
    /// what [`DElectorStorage::moved`] must be before enough stake may vouch for it to ask.
    pub weighed: Weighed,
    /// How far the bases have been tried at which votes may be counted.
    pub search: Search,
    /// What bases of the batch and of claims name and is not applied here yet.
    pub waits: Waits,
    /// The batch, if it is at hand.
    pub batch: Option<Lazy<Batch>>,
    /// Where to count: bases by who claims them, the chain as `u8`.
    pub claims: Dict<u8, ClaimedBase>,
    /// The registry after it, once it has passed the objective checks.
    pub next: Option<Lazy<ChainRegistry>>,
}

/// A base that a copy claims for a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedBase {
    /// How often it has claimed another one for the content, at most 6.
    pub times: u8,
    /// The base.
    pub base: Cell,
}

impl Store for ClaimedBase {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_small_uint(self.times, 3)?;
        builder.store_reference(self.base.clone())
    }
}

impl<'a> Load<'a> for ClaimedBase {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        Ok(Self {
            times: slice.load_small_uint(3)?,
            base: slice.load_reference_cloned()?,
        })
    }
}

/// `uint50`: twice 25 bits, above what the content that is applied under the number waits for, below what this one does. Zero is nothing and 1
/// several batches; else a bit that is set, the chain (8 bits) and the last 16 bits of the number of the batch that is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waits(pub u64);

impl Store for Waits {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_uint(self.0, 50)
    }
}

impl<'a> Load<'a> for Waits {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        slice.load_uint(50).map(Self)
    }
}

/// The best grade that a copy has found for a content; void after another batch than `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// 1: applicable, 2: settled.
    pub grade: u8,
    /// Hash of the origin's batch before it.
    pub after: HashBytes,
}

/// How far the bases have been tried at which votes for a content may be counted; void with every vote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Store, Load)]
pub struct Search {
    /// [`DElectorStorage::moved`] when it was begun; once all have been tried, what it is when they must be tried again.
    pub moved: Total,
    /// The first claimant whose base is left to try, a chain as `u8`.
    pub next: u8,
    /// Whether all have been tried.
    pub is_done: bool,
    /// Whether there is one.
    pub is_open: bool,
}

/// Stake of the voters and all stake; void once [`DElectorStorage::changes`] is another, all zero if nothing was weighed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weighed {
    /// Of registries, when it was weighed.
    pub changes: u32,
    /// Stake of those who voted for it, in nano.
    pub yes_nano: u128,
    /// All stake, in nano.
    pub all_nano: u128,
}

impl Store for Weighed {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_u32(self.changes)?;
        for nano in [self.yes_nano, self.all_nano] {
            if nano >> WEIGHED_BITS != 0 {
                return Err(Error::IntOverflow);
            }
            builder.store_raw(&nano.to_be_bytes()[3..], WEIGHED_BITS)?;
        }
        Ok(())
    }
}

impl<'a> Load<'a> for Weighed {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        let changes = slice.load_u32()?;
        let mut nano = [0; 2];
        for nano in &mut nano {
            let mut bytes = [0; 16];
            slice.load_raw(&mut bytes[3..], WEIGHED_BITS)?;
            *nano = u128::from_be_bytes(bytes);
        }
        let [yes_nano, all_nano] = nano;
        Ok(Self {
            changes,
            yes_nano,
            all_nano,
        })
    }
}

/// Bits of stake in [`Weighed`].
const WEIGHED_BITS: u16 = 104;

impl Store for Found {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_small_uint(self.grade, 2)?;
        builder.store_u256(&self.after)
    }
}

impl<'a> Load<'a> for Found {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        Ok(Self {
            grade: slice.load_small_uint(2)?,
            after: slice.load_u256()?,
        })
    }
}

/// The registry as it was before a batch, but for older undos; and the content that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Undo {
    /// As in [`ChainRegistry`].
    pub total: Tokens,
    /// As in [`ChainRegistry`].
    pub count: u32,
    /// As in [`ChainRegistry`].
    pub eligible: u32,
    /// As in [`ChainRegistry`].
    pub removed: u32,
    /// As in [`ChainRegistry`].
    pub last_hash: HashBytes,
    /// As in [`ChainRegistry`].
    pub recent: RecentTotals,
    /// As in [`ChainRegistry`].
    pub roots: Dict<HashBytes, RootEntry>,
    /// As in [`ChainRegistry`].
    pub keys: Dict<HashBytes, KeyEntry>,
    /// As in [`ChainRegistry`].
    pub history: Dict<u8, HistoryPage>,
    /// What is known of the content that was applied.
    pub content: Lazy<Content>,
}

/// What only this copy keeps.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Local {
    /// Changes that wait for a batch, by ticket.
    pub waiting: Dict<u32, Waiting>,
    /// The next ticket to be served.
    pub head: u32,
    /// The next ticket to be given.
    pub tail: u32,
    /// Tickets before it are in the batch in flight.
    pub closed_end: u32,
    /// Entries of the batch in flight.
    pub batch_items: u8,
    /// Whether ticket `closed_end` is in the batch in flight with a part of its change.
    pub partial: bool,
    /// Whether a batch is in flight.
    pub in_flight: bool,
    /// Whether contents that are lacking are to be asked for.
    pub ask_due: bool,
    /// Whether param 34 is behind the ranking.
    pub set_dirty: bool,
    /// Unix time of the last set.
    pub published_at: u32,
    /// Value that came with changes which wait or are in flight, in nano.
    pub owed: Tokens,
    /// Votes that were cast and not sent: hashes of batches.
    pub cast: Dict<BatchNumber, HashBytes>,
    /// How many.
    pub cast_count: u8,
    /// Unix time at which sending them was last begun; 0 while there are none.
    pub cast_at: u32,
    /// Unix time at which the copy last woke itself up to look at all that waits; 0 once it has looked.
    pub look_at: u32,
    /// Removals that wait or are in flight, one for each Root.
    pub removals: Dict<Accused, WaitingRemoval>,
    /// The validator set as it is kept in place.
    pub ranking: Lazy<Ranking>,
}

/// The validator set as it is kept in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Store, Load)]
pub struct Ranking {
    /// Members.
    pub count: u16,
    /// Sum of their weights.
    pub total_weight: u64,
    /// Descriptors by slot, as in param 34.
    pub list: Dict<u16, ValidatorDescr>,
    /// Slots by rank; a rank orders by stake, then by (chain, address).
    pub active: Dict<HashBytes, u16>,
    /// Keys of those beyond the limit, by rank.
    pub candidates: Dict<HashBytes, HashBytes>,
}

/// A validator as it stands in param 34 (`validator#53`).
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#53")]
pub struct ValidatorDescr {
    /// Always [`KEY_MAGIC`].
    pub key_magic: u32,
    /// Its consensus key.
    pub key: HashBytes,
    /// Stake in whole coins.
    pub weight: u64,
}

/// Constructor of an Ed25519 public key.
pub const KEY_MAGIC: u32 = 0x8e81_278a;
