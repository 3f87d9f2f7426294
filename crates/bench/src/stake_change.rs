//! One stake change, and all that the D'Electors do for it.

use std::collections::BTreeMap;

use ddvs_contracts::messages::{Message, Stake};
use ddvs_contracts::{RootTerms, address};
use ddvs_types::COIN_U64;
use ddvs_zerostate::ValidatorSpec;
use tycho_types::cell::{Cell, CellFamily, Lazy};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::{BenchError, Stage, StageSpec, Tally};

/// Amount that each stake adds.
pub(crate) const AMOUNT_NANO: u64 = 1_000 * COIN_U64;

/// Value attached to each: more than a change costs on any network; the rest returns.
pub(crate) const VALUE_NANO: u64 = 200 * COIN_U64;

/// The validator whose stake changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A member of the set grows and stays in it.
    Member,
    /// The largest candidate grows so much that it replaces the smallest member.
    Candidate,
}

/// Gas of one stake change.
#[derive(Debug, Clone)]
pub struct StakeChange {
    /// By chain: the gas of the D'Elector there. Workchain 0 is the origin.
    pub delectors: BTreeMap<i8, Tally>,
}

impl StakeChange {
    /// Gas of the D'Elector of a chain.
    pub fn gas(&self, chain: i8) -> u64 {
        self.delectors.get(&chain).map_or(0, Tally::gas)
    }

    /// Gas of the most expensive transaction of any D'Elector.
    pub fn dearest(&self) -> u64 {
        let dearest = self.delectors.values().map(Tally::dearest);
        dearest.max().unwrap_or(0)
    }
}

/// Lets one validator of workchain 0 stake 1,000 coins more and follows that to its end.
///
/// Fails only when the network cannot be built or the change does not come into force.
pub fn measure(spec: &StageSpec, change: Change) -> Result<StakeChange, BenchError> {
    measure_many(spec, change, 1)
}

/// The same with the stakes of many validators, in one block. The first change is a batch of its own, all others share
/// the next ones.
pub fn measure_many(
    spec: &StageSpec,
    change: Change,
    changes: u32,
) -> Result<StakeChange, BenchError> {
    let mut stage = Stage::new(spec)?;
    let limit = u32::from(spec.limits.max_validators);
    let first = match change {
        Change::Member => spec.validators.min(limit) / 2,
        Change::Candidate => limit,
    };
    let indices = first..first + changes;
    for index in indices.clone() {
        let deposit_nano = AMOUNT_NANO + 10 * COIN_U64;
        let (owner, wallet) = stage.wallet(index)?;
        stage.send(&owner, &wallet, deposit_nano, None, Cell::empty_cell())?;
    }
    stage.settle(|_| ())?;

    let weight_before = stage.weight(0)?;
    for index in indices {
        let (owner, wallet) = stage.wallet(index)?;
        let body = stage.stake(index)?.to_cell()?;
        stage.send(&owner, &wallet, VALUE_NANO, None, body)?;
    }
    let mut delectors = BTreeMap::new();
    for chain in stage.spec.chain_ids() {
        delectors.insert(chain, (stage.delector(chain)?, Tally::default()));
    }
    stage.settle(|block| {
        if let Some((delector, tally)) = delectors.get_mut(&block.chain) {
            tally.add(delector, block);
        }
    })?;
    if stage.weight(0)? == weight_before {
        let text = "the change did not come into force".into();
        return Err(BenchError::NotDone(text));
    }
    Ok(StakeChange {
        delectors: delectors
            .into_iter()
            .map(|(chain, (_, tally))| (chain, tally))
            .collect(),
    })
}

fn no_validator(index: u32) -> BenchError {
    BenchError::NotDone(format!("there is no validator {index}"))
}

fn terms(validator: &ValidatorSpec) -> RootTerms {
    RootTerms {
        owner: validator.owner.clone(),
        lock_period: validator.terms.lock_period,
        unlock_period: validator.terms.unlock_period,
        min_stake: Tokens::new(validator.terms.min_stake_nano.into()),
        nonce: validator.terms.nonce,
    }
}

impl Stage {
    /// A validator's owner, and its DePool Wallet.
    pub(crate) fn wallet(&self, index: u32) -> Result<(StdAddr, StdAddr), BenchError> {
        let validator = self.spec.validators.get(index as usize);
        let validator = validator.ok_or_else(|| no_validator(index))?;
        let (chain, owner) = (validator.chain, validator.owner.clone());
        let wallet = address::wallet_address(&self.zero.network, chain, &owner)?;
        Ok((owner, wallet))
    }

    /// A stake of a validator's owner with its Root.
    pub(crate) fn stake(&self, index: u32) -> Result<Stake, BenchError> {
        let validator = self.spec.validators.get(index as usize);
        let root = self.zero.roots.get(index as usize);
        let (Some(validator), Some(root)) = (validator, root) else {
            return Err(no_validator(index));
        };
        Ok(Stake {
            query_id: 1,
            amount: Tokens::new(AMOUNT_NANO.into()),
            root: root.clone(),
            terms: Lazy::new(&terms(validator))?,
        })
    }

    /// Weight of the set in force.
    fn weight(&self, chain: i8) -> Result<u64, BenchError> {
        let config = self.network.config(chain);
        let missing = || BenchError::NotDone(format!("there is no chain {chain}"));
        Ok(config.ok_or_else(missing)?.validator_set.set.total_weight)
    }
}
