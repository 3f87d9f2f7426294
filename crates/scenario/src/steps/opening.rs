//! The initial state of the network.

use anyhow::Result;

use crate::stage::Stage;

/// Shows the chains and their first sets.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "opening",
        "The network starts: every chain holds a D'Elector & Config",
    );
    stage.blocks_each(1)?;
    for chain in stage.backend.chains()? {
        let table = stage.set_table(chain.id)?;
        stage.show(
            "network",
            format!("validator set of chain {} (param 34)", chain.id),
            table,
        );
    }
    Ok(())
}
