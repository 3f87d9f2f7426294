//! Messages of the D'Elector & Config: from anyone, and among the copies.

use tycho_types::cell::Lazy;
use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::prelude::*;

use super::{BatchEntry, Evidence, messages};

messages! {
    /// Messages declared in this file.
    DELECTOR;

    /// Anyone to D'Elector of the chain where the key is registered: remove the key.
    "#48f6c863" SubmitEvidence: Anyone => DElector,
    problem "evidence" = "**Evidence** against key {key} submitted by {owner}" {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Two conflicting votes.
        pub evidence: Lazy<Evidence>,
    }

    /// Anyone to D'Elector: forget a key that left longer than the evidence window ago.
    "#23c95e10" PurgeKey: Anyone => DElector {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Account id of the Root that held the key.
        pub root: HashBytes,
        /// The key.
        pub key: HashBytes as key,
    }

    /// Anyone to D'Elector: write collected changes to param 34, once the interval has passed.
    "#6d2adb5b" PublishSet: Anyone => DElector {
        /// Chosen by the sender.
        pub query_id: u64,
    }

    /// Wallet to D'Elector of the Root's chain: the loss of a settled slash.
    "#568efac5" SlashedCoins: Wallet => DElector {
        /// Query id of the request that settled.
        pub query_id: u64,
        /// The Root.
        pub root: StdAddr as root,
    }

    /// Origin to all copies: the batch. The origin's vote is implicit.
    "#1fdd4975" Propose: Peer => DElector {
        /// The batch.
        pub batch: Lazy<Batch>,
    }

    /// A copy to all copies: its votes.
    "#544cfcc7" Vote: Peer => DElector {
        /// Number of the first batch.
        pub number: BatchNumber,
        /// Hash of that batch's cell.
        pub batch_hash: HashBytes,
        /// Hashes of further batches by number, at most [`MAX_VOTES`] in total.
        pub more: Dict<BatchNumber, HashBytes>,
    }

    /// A copy to one that asked: the votes for this content are worth more at this base.
    "#510bfb87" Claim: Peer => DElector {
        /// Origin of the batch.
        pub origin: i8,
        /// Number of the batch.
        pub seqno: u32,
        /// Content of the batch.
        pub content: ContentId,
        /// The base: applied seqno of each chain, packed.
        pub base: Cell,
    }

    /// A copy to another one: asks for a content, or, if it has that, where its votes were counted.
    "#73fb5ea3" Want: Peer => DElector {
        /// Origin of the batch.
        pub origin: i8,
        /// Number of the batch.
        pub seqno: u32,
        /// Content of the batch.
        pub content: ContentId,
        /// Whether the sender lacks the batch.
        pub lacks: bool,
    }

    /// A content for a copy that lacks it, from a copy that was asked, or from anyone.
    "#48a775a0" Relay: Anyone => DElector {
        /// The batch.
        pub batch: Lazy<Batch>,
    }

    /// Anyone to D'Elector: ask the next chain about a content.
    "#74acdb4b" Poke: Anyone => DElector {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Origin of the batch.
        pub origin: i8,
        /// Number of the batch.
        pub seqno: u32,
        /// Content of the batch.
        pub content: ContentId,
    }

    /// D'Elector to itself: close the batch of this block.
    "#5bebd977" CloseBatch: Itself => DElector {}

    /// D'Elector to itself: send the votes that were cast in this block.
    "#5180bcb8" SendVotes: Itself => DElector {}

    /// D'Elector to itself: continue where one transaction's limit was reached.
    "#1e260722" Proceed: Itself => DElector {
        /// Whether to ask for missing contents; otherwise decide.
        pub is_asking: bool,
        /// Key of the content to start from.
        pub from: HashBytes,
    }
}

/// Maximum number of votes in one message.
pub const MAX_VOTES: usize = 8;

/// A vote for one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchVote {
    /// Origin of the batch.
    pub origin: i8,
    /// Number of the batch.
    pub seqno: u32,
    /// Hash of the batch's cell.
    pub batch_hash: HashBytes,
}

impl BatchVote {
    fn number(&self) -> BatchNumber {
        BatchNumber {
            origin: self.origin,
            seqno: self.seqno,
        }
    }
}

impl Vote {
    /// Returns a message with one vote.
    pub fn one(vote: BatchVote) -> Self {
        Self {
            number: vote.number(),
            batch_hash: vote.batch_hash,
            more: Dict::new(),
        }
    }

    /// Returns a message with these votes, each of which has another number.
    ///
    /// Fails only when there are no votes, or a cell cannot be built, which their number rules out.
    pub fn of(votes: &[BatchVote]) -> Result<Self, Error> {
        let (first, others) = votes.split_first().ok_or(Error::InvalidData)?;
        let mut message = Self::one(*first);
        for vote in others {
            message.more.set(vote.number(), vote.batch_hash)?;
        }
        Ok(message)
    }

    /// Returns the votes in the message.
    ///
    /// Fails only when there are more than [`MAX_VOTES`], or they cannot be read: a D'Elector refuses such a message.
    pub fn list(&self) -> Result<Vec<BatchVote>, Error> {
        let mut list = vec![BatchVote {
            origin: self.number.origin,
            seqno: self.number.seqno,
            batch_hash: self.batch_hash,
        }];
        for vote in self.more.iter() {
            let (BatchNumber { origin, seqno }, batch_hash) = vote?;
            if list.len() == MAX_VOTES {
                return Err(Error::InvalidData);
            }
            list.push(BatchVote {
                origin,
                seqno,
                batch_hash,
            });
        }
        Ok(list)
    }
}

/// Identifies a batch: an origin proposes one under each number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Store, Load)]
pub struct BatchNumber {
    /// The chain that proposes it.
    pub origin: i8,
    /// Its number in the origin's sequence.
    pub seqno: u32,
}

impl DictKey for BatchNumber {
    const BITS: u16 = 40;
}

impl StoreDictKey for BatchNumber {
    fn store_into_data(&self, builder: &mut CellDataBuilder) -> Result<(), Error> {
        builder.store_u8(self.origin as u8)?;
        builder.store_u32(self.seqno)
    }
}

impl LoadDictKey for BatchNumber {
    fn load_from_data(data: &CellDataBuilder) -> Option<Self> {
        let mut slice = data.as_data_slice();
        let origin = slice.load_u8().ok()? as i8;
        let seqno = slice.load_u32().ok()?;
        Some(Self { origin, seqno })
    }
}

/// Identifies the content of a batch under its number: the first 216 bits of the batch's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub [u8; 27]);

impl ContentId {
    /// Returns the content with this hash.
    pub fn of(batch_hash: &HashBytes) -> Self {
        let mut bytes = [0; 27];
        bytes.copy_from_slice(&batch_hash.0[..27]);
        Self(bytes)
    }
}

impl Store for ContentId {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_raw(&self.0, 216)
    }
}

impl<'a> Load<'a> for ContentId {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        let mut bytes = [0; 27];
        slice.load_raw(&mut bytes, 216)?;
        Ok(Self(bytes))
    }
}

impl DictKey for ContentId {
    const BITS: u16 = 216;
}

impl StoreDictKey for ContentId {
    fn store_into_data(&self, builder: &mut CellDataBuilder) -> Result<(), Error> {
        builder.store_raw(&self.0, 216)
    }
}

impl LoadDictKey for ContentId {
    fn load_from_data(data: &CellDataBuilder) -> Option<Self> {
        Self::load_from(&mut data.as_data_slice()).ok()
    }
}

/// The changes that one origin proposes under one number.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Batch {
    /// Chain whose registry changes.
    pub origin: i8,
    /// Number of the batch.
    pub seqno: u32,
    /// Hash of the previous batch.
    pub previous: HashBytes,
    /// The base, what the origin had applied: the seqno of each chain, packed.
    pub base: Cell,
    /// Changes by account id of the Root.
    pub entries: Dict<HashBytes, BatchEntry>,
}
