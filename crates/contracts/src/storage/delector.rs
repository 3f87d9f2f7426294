//! Storage of the D'Elector & Config (`contracts/delector/storage.tolk`).

use tycho_types::cell::{Cell, CellBuilder, CellContext, CellSlice, HashBytes, Lazy, Load, Store};
use tycho_types::dict::{Dict, RawDict};
use tycho_types::error::Error;
use tycho_types::num::Tokens;

use super::{
    Accused, Appointment, Content, KeyEntry, KnownContent, Pending, RootEntry, Waiting,
    WaitingRemoval,
};
use crate::messages::{BatchNumber, ContentId};

/// The whole storage. Its first reference is the dictionary of config parameters.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct DElectorStorage {
    /// Root of the dictionary of config parameters.
    pub config: Cell,
    /// Registries by chain.
    pub registries: Dict<i8, ChainRegistry>,
    /// Contents that are not applied.
    pub pending: Pending,
    /// State that is not replicated.
    pub local: Lazy<Local>,
    /// Hash of the network's genesis description.
    pub genesis: HashBytes,
    /// Its chain.
    pub chain: i8,
    /// Slashed coins, in nano.
    pub treasury: Tokens,
    /// Number of registry changes so far: weights computed before a change are void after it.
    pub changes: u32,
    /// All stake in the registries, in nano.
    pub total: Total,
    /// Stake moved by these changes in nano, plus one for each; reverting a batch counts as 2^64.
    pub moved: Total,
    /// Value that `moved` must reach before any sleeping content is worth a look.
    pub wake_at: Total,
    /// Origins of which contents may be kept that do not count, as bits chain modulo 32.
    pub unvouched: u32,
    /// Origins whose next number must be looked at after the next change, as bits chain modulo 32.
    pub awake: u32,
    /// Origins about whose next number something is known, as bits chain modulo 32.
    pub open: u32,
}

/// Replicated registry of one chain: a function of the applied batches of one origin.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct ChainRegistry {
    /// Number of the last applied batch.
    pub seqno: u32,
    /// Registered stake, in nano.
    pub total: Tokens,
    /// Number of entries in `roots`.
    pub count: u32,
    /// Number of entries whose stake reaches the minimum.
    pub eligible: u32,
    /// Number of removed Roots, whose entries are permanent.
    pub removed: u32,
    /// Hash of batch `seqno`.
    pub last_hash: HashBytes,
    /// Total stakes of the last three batches before.
    pub recent: RecentTotals,
    /// Roots by account id.
    pub roots: Dict<HashBytes, RootEntry>,
    /// Keys by public key.
    pub keys: Dict<HashBytes, KeyEntry>,
    /// Total stakes of the last 1,024 batches, in complete groups of four, by seqno / 4 modulo 256.
    pub history: Dict<u8, HistoryPage>,
    /// State replaced by the last 8 batches, by seqno modulo 8: each an [`Undo`].
    pub undo: RawDict<3>,
}

impl DElectorStorage {
    /// Returns all contents about which the copy has state: those that are not applied, by number, first those that count; then those
    /// that can be reverted.
    ///
    /// Fails only when one of them cannot be decoded.
    pub fn known_contents(&self) -> Result<Vec<KnownContent>, Error> {
        let mut known = Vec::new();
        for entry in self.pending.counted() {
            let (key, content) = entry?;
            let [origin, a, b, c, d, prefix @ ..] = key.0;
            known.push(KnownContent {
                number: BatchNumber {
                    origin: origin.cast_signed(),
                    seqno: u32::from_be_bytes([a, b, c, d]),
                },
                id: ContentId(prefix),
                is_applied: false,
                counts: true,
                content,
            });
        }
        for entry in self.pending.unvouched() {
            let (number, all) = entry?;
            for named in all.contents.iter() {
                let (id, named) = named?;
                known.push(KnownContent {
                    number,
                    id,
                    is_applied: false,
                    counts: false,
                    content: named.content(),
                });
            }
        }
        for entry in self.registries.iter() {
            let (origin, registry) = entry?;
            let first = registry.seqno.saturating_sub(UNDO_DEPTH - 1).max(1);
            for seqno in first..=registry.seqno {
                let Some(undo) = registry.undo_of(seqno) else {
                    continue;
                };
                let content = undo.content.load()?;
                let batch = content.batch.as_ref().ok_or(Error::InvalidData)?;
                known.push(KnownContent {
                    number: BatchNumber { origin, seqno },
                    id: ContentId::of(batch.inner().repr_hash()),
                    is_applied: true,
                    counts: true,
                    content,
                });
            }
        }
        Ok(known)
    }
}

impl ChainRegistry {
    /// Returns the state that batch `seqno` replaced; `None` if it cannot be reverted.
    pub fn undo_of(&self, seqno: u32) -> Option<Undo> {
        let mut key = CellBuilder::new();
        key.store_small_uint((seqno & 7) as u8, 3).ok()?;
        let mut found = self.undo.get(key.as_data_slice()).ok()??;
        Undo::load_from(&mut found).ok()
    }

    /// Returns the registered stake after batch `seqno`, in nano; `None` for a future batch or one older than the
    /// history.
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

/// Number of batches that the history covers.
pub const HISTORY_DEPTH: u32 = 1_024;

/// Number of last batches of a registry that can be reverted.
pub const UNDO_DEPTH: u32 = 8;

/// Number of seqnos, from the next one on, for which a copy accepts messages.
pub const SEQNO_WINDOW: u32 = 256;

/// Total stakes after four batches, in nano: 4n to 4n + 3 for page n.
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

/// Stores a `uint120`: amounts have no more bits.
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

/// The registry before a batch, except for older undos, and the content that was applied.
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
    /// State about the content that was applied.
    pub content: Lazy<Content>,
}

/// State that is not replicated.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Local {
    /// Changes that wait for a batch, by ticket.
    pub waiting: Dict<u32, Waiting>,
    /// Next ticket to be served.
    pub head: u32,
    /// Next ticket to be issued.
    pub tail: u32,
    /// Tickets before this one are in the batch in flight.
    pub closed_end: u32,
    /// Number of entries of the batch in flight.
    pub batch_items: u8,
    /// Whether the batch in flight contains a part of the change of ticket `closed_end`.
    pub partial: bool,
    /// Whether a batch is in flight.
    pub in_flight: bool,
    /// Whether missing contents are to be asked for.
    pub ask_due: bool,
    /// Whether param 34 is behind the ranking.
    pub set_dirty: bool,
    /// Unix time of the last set.
    pub published_at: u32,
    /// Value attached to changes that wait or are in flight, in nano.
    pub owed: Tokens,
    /// Votes that were cast but not sent: hashes of batches.
    pub cast: Dict<BatchNumber, HashBytes>,
    /// Number of votes in `cast`.
    pub cast_count: u8,
    /// Unix time at which the last attempt to send them began; 0 while there are none.
    pub cast_at: u32,
    /// Unix time at which the copy last sent itself a message to process everything that waits; 0 once it has.
    pub look_at: u32,
    /// State that is usually empty.
    pub rare: Option<Lazy<Rare>>,
    /// The validator set, maintained in place.
    pub ranking: Lazy<Ranking>,
}

impl Local {
    /// Returns the state that is usually empty.
    ///
    /// Fails only when it does not parse.
    pub fn rare(&self) -> Result<Rare, Error> {
        match &self.rare {
            Some(rare) => rare.load(),
            None => Ok(Rare::default()),
        }
    }
}

/// State that is usually empty; then it takes no cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Store, Load)]
pub struct Rare {
    /// Removals that wait or are in flight, one for each Root.
    pub removals: Dict<Accused, WaitingRemoval>,
    /// The agenda: entries for contents to look at again, as a set.
    pub agenda: Dict<Appointment, ()>,
    /// Bases at which own batches were counted, unless their own base, by number.
    pub counted: Dict<u32, Counted>,
    /// By origin and number: which chains voted, bit chain + 1, where there are many contents.
    pub voted: Dict<BatchNumber, u32>,
}

/// State about an own batch that remains once it is applied, for copies that ask where it was counted.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Counted {
    /// First 216 bits of the batch's hash.
    pub content: ContentId,
    /// The base.
    pub at: Cell,
}

/// The validator set, maintained in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Store, Load)]
pub struct Ranking {
    /// Number of members.
    pub count: u16,
    /// Sum of their weights.
    pub total_weight: u64,
    /// Validator descriptors by slot, as in param 34.
    pub list: Dict<u16, ValidatorDescr>,
    /// Slots by rank; ranks order by stake, then by (chain, address).
    pub active: Dict<HashBytes, u16>,
    /// Keys of candidates, by rank.
    pub candidates: Dict<HashBytes, HashBytes>,
}

/// A validator in param 34 (`validator#53`).
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
