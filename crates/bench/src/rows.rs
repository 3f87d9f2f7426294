//! The rows of the gas table.

use serde::{Deserialize, Serialize};

use crate::{BenchError, Change, StageSpec, measure, measure_many, operations};

/// One figure of the gas table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GasRow {
    /// Name of the operation.
    pub operation: String,
    /// Validators registered on the chain where it was done.
    pub validators: u32,
    /// Stakers of the Root in question.
    pub stakers: u32,
    /// Gas used.
    pub gas: u64,
}

/// Numbers of registered validators that a stake change is measured with.
const VALIDATORS: [u32; 5] = [10, 100, 400, 1_000, 10_000];

/// The few stakers that operations of wallets and Roots are measured beside.
const FEW_STAKERS: u32 = 10;

/// All rows, in a fixed order; operations of wallets and Roots beside 10 and beside `many_stakers` others.
///
/// Fails only when something that was to be measured did not happen.
pub fn gas_rows(many_stakers: u32) -> Result<Vec<GasRow>, BenchError> {
    let mut rows = Vec::new();
    let mut row = |operation: &str, validators, gas| {
        rows.push(GasRow {
            operation: operation.into(),
            validators,
            stakers: 1,
            gas,
        });
    };
    for validators in VALIDATORS {
        let spec = StageSpec::new(validators);
        let cost = measure(&spec, Change::Member)?;
        row("stake-change", validators, cost.gas(0));
        row("stake-change-other-workchain", validators, cost.gas(1));
        row("stake-change-masterchain", validators, cost.gas(-1));
        if validators > u32::from(spec.limits.max_validators) {
            let cost = measure(&spec, Change::Candidate)?;
            row("stake-change-displacing", validators, cost.gas(0));
        }
    }
    let spec = StageSpec {
        workchains: 3,
        ..StageSpec::new(400)
    };
    let cost = measure(&spec, Change::Member)?;
    row("stake-change-4-chains", 400, cost.gas(0));
    // the first change goes alone, the others fill a batch
    let spec = StageSpec::new(10_000);
    let changes = u32::from(spec.limits.max_batch) + 1;
    let cost = measure_many(&spec, Change::Candidate, changes)?;
    row("full-batch-dearest-transaction", 10_000, cost.dearest());
    for stakers in [FEW_STAKERS, many_stakers] {
        for operation in operations(stakers)? {
            rows.push(GasRow {
                operation: operation.name.into(),
                validators: operation.validators,
                stakers,
                gas: operation.gas,
            });
        }
    }
    Ok(rows)
}
