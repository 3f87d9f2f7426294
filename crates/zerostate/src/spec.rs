//! The spec of a network.

use tycho_types::cell::HashBytes;
use tycho_types::models::{StateInit, StdAddr};

use crate::{COIN, MASTERCHAIN, MAX_CHAINS, MAX_WORKCHAIN, Prices, SpecError};

/// All inputs of a zerostate.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Name of the network; part of its genesis hash.
    pub name: String,
    /// Unix time of the zerostate.
    pub start_time: u32,
    /// Signature domain of standard wallets (param 19).
    pub global_id: i32,
    /// The masterchain and the workchains, in any order.
    pub chains: Vec<ChainSpec>,
    /// Limits of the network.
    pub limits: Limits,
    /// Prices of gas, storage and messages.
    pub prices: Prices,
    /// Genesis validators.
    pub validators: Vec<ValidatorSpec>,
    /// Further accounts.
    pub accounts: Vec<AccountSpec>,
}

/// One chain.
#[derive(Debug, Clone)]
pub struct ChainSpec {
    /// -1 for the masterchain.
    pub id: i8,
    /// Time between blocks.
    pub block_time_ms: u64,
}

/// Limits of the network: param 200 without the prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Minimum size of a set.
    pub min_validators: u16,
    /// Maximum size of a workchain's set.
    pub max_validators: u16,
    /// Maximum size of the masterchain's set.
    pub main_validators: u16,
    /// Maximum number of entries in a batch.
    pub max_batch: u8,
    /// Maximum number of Roots in one chain's registry; a network of many chains has room for fewer, see
    /// [`Limits::most_roots`].
    pub max_roots: u32,
    /// Maximum number of changes that wait for a batch.
    pub max_queue: u32,
    /// Smallest stake of a validator, in nano.
    pub min_stake_nano: u64,
    /// Largest stake of a validator, in nano.
    pub max_stake_nano: u64,
    /// Share of the registered stake that a batch may move, in 1/10,000.
    pub churn_bp: u16,
    /// Share of all slashable coins, in 1/10,000.
    pub slash_bp: u16,
    /// How long a key that left can be held accountable, in seconds.
    pub evidence_window: u32,
    /// Shortest unlock period of a Root, in seconds.
    pub min_unlock_period: u32,
    /// Longest lock period of a Root, in seconds.
    pub max_lock_period: u32,
    /// Longest unlock period of a Root, in seconds.
    pub max_unlock_period: u32,
    /// Minimum time between two sets in param 34, in seconds.
    pub set_interval: u32,
    /// Minimum number of members in param 34.
    pub least_set: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_validators: 3,
            max_validators: 400,
            main_validators: 100,
            max_batch: 8,
            max_roots: 20_000,
            max_queue: 4_096,
            min_stake_nano: 10_000 * COIN,
            max_stake_nano: 100_000_000 * COIN,
            churn_bp: 3_333,
            slash_bp: 1_000,
            evidence_window: 86_400,
            min_unlock_period: 2 * 86_400,
            max_lock_period: 365 * 86_400,
            max_unlock_period: 180 * 86_400,
            set_interval: 0,
            least_set: 1,
        }
    }
}

/// Longest period of a Root's terms that a network may allow, in seconds: ten years. Sums of times then stay far
/// below 2^32.
const LONGEST_PERIOD: u32 = 3_652 * 86_400;

/// Number of cells of a copy's account that registries may take, out of 2^20 for the whole account.
const REGISTRY_CELLS: u32 = 1_000_000;
/// Number of cells of a Root or a key, with its branch of the dictionary.
const ENTRY_CELLS: u32 = 2;
/// Number of entries of a Root: itself, its key and three retired keys.
const ENTRIES_OF_ROOT: u32 = 5;
/// Number of entries of a removed Root: its id, its key and three retired keys.
const ENTRIES_OF_REMOVED: u32 = 5;
/// `MAX_REMOVED` of `contracts/delector/storage.tolk`: how many more Roots may be removed than may be registered.
const MAX_REMOVED: u32 = 1_000;

impl Limits {
    /// Returns the maximum number of Roots of one chain for which every copy has room in a network of `workchains`,
    /// whatever a captured chain registers and removes.
    pub fn most_roots(workchains: usize) -> u32 {
        let entries = REGISTRY_CELLS / ENTRY_CELLS / (workchains as u32).max(1);
        let of_removed = ENTRIES_OF_REMOVED * MAX_REMOVED;
        entries.saturating_sub(of_removed) / (ENTRIES_OF_ROOT + ENTRIES_OF_REMOVED)
    }

    /// Whether a Root may have these terms.
    pub fn allow(&self, terms: &Terms) -> bool {
        terms.lock_period <= self.max_lock_period
            && (self.min_unlock_period..=self.max_unlock_period).contains(&terms.unlock_period)
            && terms.min_stake_nano <= self.max_stake_nano
    }
}

/// Terms of a genesis Root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Seconds from Lock until a stake may leave.
    pub lock_period: u32,
    /// Seconds from unstake until the coins are free.
    pub unlock_period: u32,
    /// Smallest stake that the Root accepts, in nano.
    pub min_stake_nano: u64,
    /// Distinguishes Roots of one owner.
    pub nonce: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            lock_period: 86_400,
            unlock_period: 3 * 86_400,
            min_stake_nano: 10 * COIN,
            nonce: 0,
        }
    }
}

/// A genesis validator: its Root, and its own stake in its own DePool Wallet on the Root's chain.
#[derive(Debug, Clone)]
pub struct ValidatorSpec {
    /// A workchain.
    pub chain: i8,
    /// Account of the validator's owner.
    pub owner: StdAddr,
    /// Consensus public key.
    pub key: HashBytes,
    /// Its stake.
    pub stake_nano: u64,
    /// Terms of its Root.
    pub terms: Terms,
}

/// A funded account.
#[derive(Debug, Clone)]
pub struct AccountSpec {
    /// Its address.
    pub address: StdAddr,
    /// Its code and data; without them it holds coins until it is deployed.
    pub state_init: Option<StateInit>,
    /// Its balance.
    pub balance_nano: u64,
}

impl Spec {
    /// Chain ids in ascending order, the masterchain first.
    pub fn chain_ids(&self) -> Vec<i8> {
        let mut ids: Vec<_> = self.chains.iter().map(|chain| chain.id).collect();
        ids.sort_unstable();
        ids
    }

    /// Checks the spec. Fails only when it describes a network that could not run.
    pub fn check(&self) -> Result<(), SpecError> {
        self.check_chains()?;
        self.check_limits()?;
        for (index, validator) in self.validators.iter().enumerate() {
            let (chain, stake) = (validator.chain, validator.stake_nano);
            if chain == MASTERCHAIN || !self.chains.iter().any(|spec| spec.id == chain) {
                return Err(SpecError::ValidatorChain { index, chain });
            }
            let (min, max) = (self.limits.min_stake_nano, self.limits.max_stake_nano);
            if !(min..=max).contains(&stake) {
                return Err(SpecError::Stake {
                    index,
                    stake,
                    min,
                    max,
                });
            }
            if !ddvs_contracts::signing::is_provable_key(&validator.key) {
                return Err(SpecError::Key(index));
            }
            if !self.limits.allow(&validator.terms) {
                return Err(SpecError::Limits(
                    "a genesis Root's lock_period, unlock_period or min_stake is beyond the limits",
                ));
            }
        }
        let min = self.limits.min_validators;
        for chain in self.chain_ids().into_iter().filter(|&id| id != MASTERCHAIN) {
            let found = self
                .validators
                .iter()
                .filter(|validator| validator.chain == chain)
                .count();
            if found < usize::from(min) {
                return Err(SpecError::TooFewValidators { chain, found, min });
            }
        }
        Ok(())
    }

    fn check_chains(&self) -> Result<(), SpecError> {
        if self.chains.len() > MAX_CHAINS {
            return Err(SpecError::TooManyChains(self.chains.len()));
        }
        let ids = self.chain_ids();
        for pair in ids.windows(2) {
            if pair[0] == pair[1] {
                return Err(SpecError::ChainId(pair[0]));
            }
        }
        if let Some(&id) = ids
            .iter()
            .find(|&&id| !(MASTERCHAIN..=MAX_WORKCHAIN).contains(&id))
        {
            return Err(SpecError::ChainId(id));
        }
        if ids.first() != Some(&MASTERCHAIN) {
            return Err(SpecError::Limits("the masterchain (-1) is missing"));
        }
        if ids.len() < 2 {
            return Err(SpecError::NoWorkchain);
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), SpecError> {
        let limits = &self.limits;
        let rules = [
            (limits.min_validators >= 1, "min_validators is at least 1"),
            (
                limits.max_validators >= limits.min_validators,
                "max_validators is at least min_validators",
            ),
            (
                limits.main_validators >= limits.min_validators,
                "main_validators is at least min_validators",
            ),
            (
                (1..=8).contains(&limits.max_batch),
                "max_batch is 1 to 8, or a batch may run out of gas",
            ),
            (
                limits.min_stake_nano >= COIN,
                "min_stake is at least one coin",
            ),
            (
                limits.max_stake_nano >= limits.min_stake_nano,
                "max_stake is at least min_stake",
            ),
            (
                (1..=10_000).contains(&limits.churn_bp),
                "churn_bp is 1 to 10,000",
            ),
            (limits.slash_bp <= 10_000, "slash_bp is at most 10,000"),
            (
                limits.least_set <= limits.max_validators.min(limits.main_validators),
                "least_set is at most max_validators and main_validators, or no set could ever be written",
            ),
            (
                limits.min_unlock_period > limits.evidence_window,
                "min_unlock_period is longer than evidence_window, or evidence could come too late",
            ),
            (
                limits.max_unlock_period >= limits.min_unlock_period,
                "max_unlock_period is at least min_unlock_period",
            ),
            (
                limits.max_lock_period.max(limits.max_unlock_period) <= LONGEST_PERIOD,
                "max_lock_period and max_unlock_period are at most ten years",
            ),
        ];
        match rules.iter().find(|(holds, _)| !holds) {
            Some((_, rule)) => Err(SpecError::Limits(rule)),
            None => Ok(()),
        }
    }
}
