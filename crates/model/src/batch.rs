//! Batches and their numbers.

/// Maximum number of chains in an instance.
pub const MAX_CHAINS: usize = 8;

/// Index of a chain in its instance, `0..MAX_CHAINS`.
pub type Chain = u8;

/// Number of a batch of one origin, starting from 1.
pub type Seqno = u8;

/// For every chain, the number of its applied batches: the registries at which stakes are looked up.
pub type Base = [Seqno; MAX_CHAINS];

/// One batch of an origin's script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Change of the origin's total stake, in units of stake.
    pub delta: i32,
    /// Consensus key that the batch registers; 0 for none.
    pub key: u8,
    /// Whether it fails the objective checks; only a captured origin sends such a batch.
    pub invalid: bool,
}

/// Returns a valid batch that moves `delta` units of stake.
pub const fn stake(delta: i32) -> Batch {
    Batch {
        delta,
        key: 0,
        invalid: false,
    }
}

/// Returns a valid batch that moves `delta` units of stake and registers `key`.
pub const fn with_key(delta: i32, key: u8) -> Batch {
    Batch {
        delta,
        key,
        invalid: false,
    }
}

/// Returns a batch that fails the objective checks.
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
    /// The chain that supposedly proposed it.
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
/// Branch of made-up hashes: no batch has them.
pub const MADE_UP: u8 = 2;
/// Branch of the content in a vote that names none.
pub(crate) const UNNAMED: u8 = 3;

impl ContentId {
    /// Returns the content at `index` of `origin`'s script on `branch`.
    pub const fn new(origin: Chain, index: u8, branch: u8) -> Self {
        Self {
            origin,
            index,
            branch,
        }
    }
}
