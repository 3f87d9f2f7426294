//! The order of the story.

use anyhow::Result;

use crate::stage::Stage;
use crate::steps;

/// Tells the whole story. What a check did not see is in the report; an error means that the network did not answer
/// or that a step could not go on.
pub fn tell(stage: &mut Stage<'_>) -> Result<()> {
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
