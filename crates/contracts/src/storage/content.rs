//! A copy's state about contents, and when it looks at them again (`contracts/delector/storage.tolk`).

use tycho_types::cell::{
    Cell, CellBuilder, CellContext, CellDataBuilder, CellSlice, HashBytes, Lazy, Load, Store,
};
use tycho_types::dict::{DictKey, LoadDictKey, StoreDictKey};
use tycho_types::error::Error;

use super::{ChainRegistry, Total};
use crate::messages::{Batch, BatchNumber, ContentId};

/// State about one content that was named under (origin, seqno).
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Content {
    /// Voters, as bits chain + 1; the origin's implicit vote is not included.
    pub votes: u32,
    /// Whether the origin itself proposed it to this copy.
    pub told: bool,
    /// Whether it was next in line here, and failed the objective checks.
    pub refused: bool,
    /// Chains that this copy has asked for it, as bits chain + 1. Its own bit means that a second round has begun,
    /// for pokes.
    pub asked: u32,
    /// Chains that it has ever asked for it: their answers need to bring less value.
    pub may_answer: u32,
    /// Weight of the votes at the current totals, if that is all there is to weigh.
    pub weighed: Weighed,
    /// Whether the votes weigh the same at the base of the batch.
    pub weighed_at_base: bool,
    /// Value that [`DElectorStorage::moved`](super::DElectorStorage::moved) must reach before another look may find a better grade; zero if a look
    /// is due.
    pub rests_until: Total,
    /// The first missing batch that its base names.
    pub awaits: Option<BatchNumber>,
    /// The batch, if the copy has it.
    pub batch: Option<Lazy<Batch>>,
    /// The registry after the batch, once it has passed the objective checks.
    pub next: Option<Lazy<ChainRegistry>>,
    /// The best grade found.
    pub found: Option<Found>,
}

/// A content that a copy knows, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownContent {
    /// The batch's number.
    pub number: BatchNumber,
    /// The first 216 bits of its hash.
    pub id: ContentId,
    /// Whether it is applied and can still be reverted.
    pub is_applied: bool,
    /// Whether it counts: the copy has it, or it was vouched for.
    pub counts: bool,
    /// State about it.
    pub content: Content,
}

impl Content {
    /// Returns the grade found, 0 if none. It may be void, see [`Found`].
    pub fn grade(&self) -> u8 {
        self.found.as_ref().map_or(0, |found| found.grade)
    }
}

/// The best grade that a copy has found for a content; void after another batch than `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// 1: applicable, 2: settled.
    pub grade: u8,
    /// First bits of the hash of the origin's previous batch.
    pub after: ContentId,
    /// The base at which it was found, unless that of the batch: the copy's claim when it is asked.
    pub at: Option<Cell>,
}

/// Stake of the voters and all stake; void once [`DElectorStorage::changes`](super::DElectorStorage::changes) differs, all zero if nothing was
/// weighed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weighed {
    /// Changes of registries when it was weighed.
    pub changes: u32,
    /// Stake of the voters, in nano.
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
    fn store_into(
        &self,
        builder: &mut CellBuilder,
        context: &dyn CellContext,
    ) -> Result<(), Error> {
        builder.store_small_uint(self.grade, 2)?;
        self.after.store_into(builder, context)?;
        self.at.store_into(builder, context)
    }
}

impl<'a> Load<'a> for Found {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        Ok(Self {
            grade: slice.load_small_uint(2)?,
            after: ContentId::load_from(slice)?,
            at: Option::load_from(slice)?,
        })
    }
}

/// An entry of the agenda: a content to look at again once a batch has arrived. All zero except the content's number
/// if that is applied and due immediately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Store, Load)]
pub struct Appointment {
    /// The awaited batch.
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
