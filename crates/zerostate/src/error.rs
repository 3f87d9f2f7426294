//! Why a network cannot start.

/// What is wrong with a spec, and what to change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// Not TOML, or a key that is not known.
    #[error("the network file cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// More Roots of one chain than every copy's account has room for, with all keys that a captured chain could leave.
    #[error(
        "limits.max_roots: {asked} is too many; with {workchains} workchains a D'Elector has room for {most}"
    )]
    TooManyRoots {
        /// What the file says.
        asked: u32,
        /// Workchains of the network.
        workchains: usize,
        /// The most.
        most: u32,
    },
    /// A value has another form.
    #[error("{field}: {value:?} is not {expected}")]
    Value {
        /// Where it stands.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What should.
        expected: &'static str,
    },
    /// Chain ids.
    #[error("chain {0}: workchain ids are 0 to {max}, each once", max = crate::MAX_WORKCHAIN)]
    ChainId(i8),
    /// No chain for stake.
    #[error(
        "a network needs at least one workchain: no stake can be registered in the masterchain"
    )]
    NoWorkchain,
    /// Too many chains.
    #[error("{0} chains: at most {max}", max = crate::MAX_CHAINS)]
    TooManyChains(usize),
    /// A validator on a chain that is not there, or in the masterchain.
    #[error("validator {index}: chain {chain} is no workchain of this network")]
    ValidatorChain {
        /// Place in the list.
        index: usize,
        /// Its chain.
        chain: i8,
    },
    /// Stake limits.
    #[error("validator {index}: a stake of {stake} nano is not between {min} and {max}")]
    Stake {
        /// Place in the list.
        index: usize,
        /// Its stake.
        stake: u64,
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// Fewer validators than the minimum.
    #[error("workchain {chain} starts with {found} validators, fewer than min_validators = {min}")]
    TooFewValidators {
        /// The chain.
        chain: i8,
        /// How many it has.
        found: usize,
        /// How many it needs.
        min: u16,
    },
    /// A key whose signatures prove nothing.
    #[error(
        "validator {0}: its key is of small order, or one of two encodings of a point: anybody could sign for it"
    )]
    Key(usize),
    /// Two validators with one key.
    #[error("validator {0}: its key, or its Root, is used twice")]
    Twice(usize),
    /// Two accounts at one address.
    #[error("account {0} is listed twice")]
    AccountTwice(String),
    /// Limits that contradict each other.
    #[error("limits: {0}")]
    Limits(&'static str),
    /// A cell could not be built.
    #[error("a cell cannot be built: {0}")]
    Cell(#[from] tycho_types::error::Error),
}
