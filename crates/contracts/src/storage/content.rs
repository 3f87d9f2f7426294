//! What a copy knows of contents, and when it looks at them again (`contracts/delector/storage.tolk`).

use tycho_types::cell::{
    Cell, CellBuilder, CellContext, CellDataBuilder, CellSlice, HashBytes, Lazy, Load, Store,
};
use tycho_types::dict::{Dict, DictKey, LoadDictKey, StoreDictKey};
use tycho_types::error::Error;

use super::{ChainRegistry, Total};
use crate::messages::{Batch, BatchNumber};

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
    /// Batches that bases of the batch and of claims name and that are missing here.
    pub waits: Dict<BatchNumber, ()>,
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

/// A content is to be looked at again once a batch has come; all zero but for the content's number if that is applied, and due at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Store, Load)]
pub struct Appointment {
    /// The batch.
    pub after: BatchNumber,
    /// The content's origin (`u8`) and number, and the first 216 bits of its hash.
    pub content: HashBytes,
}

impl DictKey for Appointment {
    const BITS: u16 = 296;
}

impl StoreDictKey for Appointment {
    fn store_into_data(&self, builder: &mut CellDataBuilder) -> Result<(), Error> {
        self.after.store_into_data(builder)?;
        builder.store_u256(&self.content)
    }
}

impl LoadDictKey for Appointment {
    fn load_from_data(data: &CellDataBuilder) -> Option<Self> {
        Self::load_from(&mut data.as_data_slice()).ok()
    }
}
