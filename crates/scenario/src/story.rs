//! The order of the scenario.

use anyhow::{Result, bail};

use crate::stage::Stage;
use crate::{needs, steps};

/// Runs the whole scenario. Failed checks are in the report; an error means that the network did not answer or that a
/// step could not continue. A network on which it cannot run is refused before anything is sent.
pub fn tell(stage: &mut Stage<'_>) -> Result<()> {
    let lacks = needs::lacking(stage.backend, &stage.network, &stage.cast)?;
    if !lacks.is_empty() {
        bail!("the story cannot run on this network: {}", lacks.join("; "));
    }
    steps::opening::run(stage)?;
    steps::validator_joins::run(stage)?;
    steps::cross_chain_stake::run(stage)?;
    steps::majority::run(stage)?;
    steps::unlock::run(stage)?;
    steps::forgeries::run(stage)?;
    steps::values::run(stage)?;
    steps::double_sign::run(stage)?;
    steps::masterchain_silent::run(stage)?;
    steps::closing::run(stage)
}
