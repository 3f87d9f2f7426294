//! Cost of stake changes for their users, in coins: the burnt part, the part that the D'Electors keep, and the
//! messages among them.

use ddvs_contracts::messages::Message;
use serde::{Deserialize, Serialize};
use tycho_types::cell::{Cell, CellFamily};
use tycho_types::models::StdAddr;

use crate::stake_change::{AMOUNT_NANO, VALUE_NANO};
use crate::{BenchError, Stage, StageSpec, Tally};

/// Users who change stakes, all in one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// One user.
    One,
    /// One user, and while that change is agreed on a full batch of others on the same workchain, which share the next one.
    FullBatch,
    /// One user on each workchain.
    EachWorkchain,
}

/// Cost of one change for its user, averaged over the load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostRow {
    /// The load.
    pub load: String,
    /// Workchains of the network.
    pub workchains: u8,
    /// Total cost of a change for its user, in nano.
    pub paid_nano: u64,
    /// Burnt part of it: gas, storage and forwarding of all messages that it causes, in nano.
    pub burnt_nano: u64,
    /// Gas of all D'Electors, for a change.
    pub delector_gas: u64,
    /// Messages among D'Electors, of all changes together.
    pub messages: u64,
}

impl CostRow {
    /// Returns the cost per burnt coin.
    pub fn factor(&self) -> f64 {
        self.paid_nano as f64 / self.burnt_nano as f64
    }
}

/// Validators on the first workchain: as many as a small network has.
const VALIDATORS: u32 = 10;

/// The numbers of workchains that changes are measured with.
const WORKCHAINS: [i8; 4] = [2, 3, 8, 23];

/// All rows, in a fixed order.
///
/// Fails only when something that was to be measured did not happen.
pub fn cost_rows() -> Result<Vec<CostRow>, BenchError> {
    let mut rows = Vec::new();
    for load in [Load::One, Load::FullBatch, Load::EachWorkchain] {
        for workchains in WORKCHAINS {
            rows.push(cost(workchains, load)?);
        }
    }
    Ok(rows)
}

/// Measures one load.
///
/// Fails only when the network cannot be built or the changes do not come into force.
pub fn cost(workchains: i8, load: Load) -> Result<CostRow, BenchError> {
    let spec = StageSpec {
        workchains,
        ..StageSpec::new(VALIDATORS)
    };
    let mut stage = Stage::new(&spec)?;
    let batch = u32::from(spec.limits.max_batch);
    let (name, all): (_, Vec<u32>) = match load {
        Load::One => ("one", vec![0]),
        Load::FullBatch => ("full-batch", (0..=batch).collect()),
        Load::EachWorkchain => ("each-workchain", stage.first_of_each_workchain()),
    };
    let delectors = stage
        .spec
        .chain_ids()
        .into_iter()
        .map(|chain| stage.delector(chain));
    let delectors = delectors.collect::<Result<Vec<_>, _>>()?;
    for &index in &all {
        let (owner, wallet) = stage.wallet(index)?;
        stage.send(
            &owner,
            &wallet,
            AMOUNT_NANO + 10_000_000_000,
            None,
            Cell::empty_cell(),
        )?;
    }
    stage.settle(|_| ())?;
    // the first change of a full batch goes alone, so it is not counted
    let (alone, counted) = match load {
        Load::FullBatch => all.split_at(1),
        _ => all.split_at(0),
    };
    let before = stage.totals(&all)?;
    for &index in &all {
        let (owner, wallet) = stage.wallet(index)?;
        let body = stage.stake(index)?.to_cell()?;
        stage.send(&owner, &wallet, VALUE_NANO, None, body)?;
    }
    let mut tallies = vec![Tally::default(); delectors.len()];
    stage.settle(|block| {
        for (delector, tally) in delectors.iter().zip(&mut tallies) {
            tally.add(delector, block);
        }
    })?;
    let after = stage.totals(&all)?;
    if after.staked_nano != before.staked_nano + all.len() as u128 * u128::from(AMOUNT_NANO) {
        return Err(BenchError::NotDone(
            "a change did not come into force".into(),
        ));
    }
    let injected = all.len() as u128 * u128::from(VALUE_NANO);
    let mut paid = before.users_nano + injected - after.users_nano;
    let mut burnt = after.burnt_nano - before.burnt_nano;
    let mut gas: u64 = tallies.iter().map(Tally::gas).sum();
    let mut messages = tallies.iter().map(Tally::from_peers).sum();
    if !alone.is_empty() {
        let one = cost(workchains, Load::One)?;
        paid -= u128::from(one.paid_nano);
        burnt -= u128::from(one.burnt_nano);
        gas -= one.delector_gas;
        messages -= one.messages;
    }
    let count = counted.len() as u64;
    let each = |nano: u128| nano as u64 / count;
    Ok(CostRow {
        load: name.into(),
        workchains: workchains as u8,
        paid_nano: each(paid),
        burnt_nano: each(burnt),
        delector_gas: gas / count,
        messages,
    })
}

/// Distribution of coins.
struct Totals {
    users_nano: u128,
    burnt_nano: u128,
    staked_nano: u128,
}

impl Stage {
    /// The first validator of each workchain.
    fn first_of_each_workchain(&self) -> Vec<u32> {
        let mut firsts = Vec::new();
        let mut last = None;
        for (index, validator) in self.spec.validators.iter().enumerate() {
            if last != Some(validator.chain) {
                firsts.push(index as u32);
                last = Some(validator.chain);
            }
        }
        firsts
    }

    /// Returns the coins of these validators' owners, with their wallets and Roots; the network's burnt coins; all
    /// stake that counts.
    fn totals(&self, indices: &[u32]) -> Result<Totals, BenchError> {
        let balance = |address: &StdAddr| -> Result<u128, BenchError> {
            Ok(self.network.account(address)?.balance_nano)
        };
        let mut users_nano = 0;
        for &index in indices {
            let (owner, wallet) = self.wallet(index)?;
            users_nano +=
                balance(&owner)? + balance(&wallet)? + balance(&self.zero.roots[index as usize])?;
        }
        let supply = self.network.supply();
        let fees_nano: u128 = supply.chains.values().map(|chain| chain.fees_nano).sum();
        Ok(Totals {
            users_nano,
            burnt_nano: fees_nano + supply.burnt_nano(),
            staked_nano: self.staked_nano()?,
        })
    }

    /// Stake that the masterchain's copy counts, of all workchains.
    fn staked_nano(&self) -> Result<u128, BenchError> {
        let account = self.network.account(&self.delector(-1)?)?;
        let missing = || BenchError::NotDone("the masterchain's copy is missing".into());
        let data = account.state_init().and_then(|init| init.data.clone());
        let storage: ddvs_contracts::storage::DElectorStorage =
            data.ok_or_else(missing)?.parse()?;
        let mut sum = 0;
        for entry in storage.registries.iter() {
            let (_, registry) = entry?;
            sum += registry.total.into_inner();
        }
        Ok(sum)
    }
}
