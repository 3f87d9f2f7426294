//! Batches and the numbers that name them.

/// Most chains an instance may have.
pub const MAX_CHAINS: usize = 8;

/// Index of a chain in its instance, `0..MAX_CHAINS`.
pub type Chain = u8;

/// Number of a batch of one origin; the first is 1.
pub type Seqno = u8;

/// For every chain, the number of its batches that were applied: the state of the registries at which stakes are looked up.
pub type Base = [Seqno; MAX_CHAINS];

/// One batch as an origin's script has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Change of the origin's total stake, in units of stake.
    pub delta: i32,
    /// Consensus key that the batch registers; 0 for none.
    pub key: u8,
    /// Fails the objective checks; only a captured origin sends such a batch.
    pub invalid: bool,
}

/// A valid batch that moves `delta` units of stake.
pub const fn stake(delta: i32) -> Batch {
    Batch {
        delta,
        key: 0,
        invalid: false,
    }
}

/// A valid batch that moves `delta` units of stake and registers `key`.
pub const fn with_key(delta: i32, key: u8) -> Batch {
    Batch {
        delta,
        key,
        invalid: false,
    }
}

/// A batch that fails the objective checks.
pub const fn invalid(delta: i32) -> Batch {
    Batch {
        delta,
        key: 0,
        invalid: true,
    }
}

/// Stands for a batch's hash: two contents are equal exactly if their ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId {
    /// The chain that is said to have proposed it.
    pub origin: Chain,
    /// Position in the origin's script.
    pub index: u8,
    /// [`MAIN`], [`FORK`], or a value without any batch behind it.
    pub branch: u8,
}

/// Branch of the contents that an honest origin proposes.
pub const MAIN: u8 = 0;
/// Branch of the other contents of an origin that forks.
pub const FORK: u8 = 1;
/// Branch of hashes that a liar made up: no batch has them.
pub const MADE_UP: u8 = 2;
/// Branch of the content in a vote that names none.
pub(crate) const UNNAMED: u8 = 3;

impl ContentId {
    /// The content at `index` of `origin`'s script on `branch`.
    pub const fn new(origin: Chain, index: u8, branch: u8) -> Self {
        Self {
            origin,
            index,
            branch,
        }
    }
}
