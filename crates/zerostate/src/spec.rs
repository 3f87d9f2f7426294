//! The spec of a network.

use ddvs_contracts::params::Limits;
use ddvs_types::{COIN_U64, MASTERCHAIN};
use tycho_types::cell::HashBytes;
use tycho_types::models::{StateInit, StdAddr};

use crate::{MAX_CHAINS, MAX_WORKCHAIN, Prices, SpecError};

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
            min_stake_nano: 10 * COIN_U64,
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
            if !self.limits.allow(&validator.root_terms()) {
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
        match self.limits.broken_rule() {
            Some(rule) => Err(SpecError::Limits(rule)),
            None => Ok(()),
        }
    }
}
