//! Errors in the spec of a network.

/// A problem of a spec, with advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// The text is not TOML, or contains an unknown key.
    #[error("the network file cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// There are more Roots of one chain than every copy's account has room for, with all keys that a captured chain
    /// could leave.
    #[error(
        "limits.max_roots: {asked} is too many; with {workchains} workchains a D'Elector has room for {most}"
    )]
    TooManyRoots {
        /// The limit in the file.
        asked: u32,
        /// Workchains of the network.
        workchains: usize,
        /// The largest possible limit.
        most: u32,
    },
    /// A value has a wrong format.
    #[error("{field}: {value:?} is not {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// The value found.
        value: String,
        /// The expected format.
        expected: &'static str,
    },
    /// A chain id is invalid.
    #[error("chain {0}: workchain ids are 0 to {max}, each once", max = crate::MAX_WORKCHAIN)]
    ChainId(i8),
    /// There is no workchain for stake.
    #[error(
        "a network needs at least one workchain: no stake can be registered in the masterchain"
    )]
    NoWorkchain,
    /// There are too many chains.
    #[error("{0} chains: at most {max}", max = crate::MAX_CHAINS)]
    TooManyChains(usize),
    /// A validator is on a chain that does not exist, or on the masterchain.
    #[error("validator {index}: chain {chain} is not a workchain of this network")]
    ValidatorChain {
        /// Position in the list.
        index: usize,
        /// Its chain.
        chain: i8,
    },
    /// A stake is outside its limits.
    #[error("validator {index}: a stake of {stake} nano is not between {min} and {max}")]
    Stake {
        /// Position in the list.
        index: usize,
        /// Its stake.
        stake: u64,
        /// Minimum.
        min: u64,
        /// Maximum.
        max: u64,
    },
    /// There are fewer validators than the minimum.
    #[error("workchain {chain} starts with {found} validators, fewer than min_validators = {min}")]
    TooFewValidators {
        /// The chain.
        chain: i8,
        /// Number of its validators.
        found: usize,
        /// Minimum number.
        min: u16,
    },
    /// Signatures of a key prove nothing.
    #[error(
        "validator {0}: its key is of small order, or one of two encodings of a point: anybody could sign for it"
    )]
    Key(usize),
    /// Two validators have the same key.
    #[error("validator {0}: its key, or its Root, is used twice")]
    Twice(usize),
    /// Two accounts have the same address.
    #[error("account {0} is listed twice")]
    AccountTwice(String),
    /// Limits contradict each other.
    #[error("limits: {0}")]
    Limits(&'static str),
    /// A cell could not be built.
    #[error("a cell cannot be built: {0}")]
    Cell(#[from] tycho_types::error::Error),
}
