//! The end: all copies agree, and every nano is accounted for.

use anyhow::Result;
use ddvs_types::coins;

use crate::agreement::replicas_differ;
use crate::stage::Stage;
use crate::words;

/// Checks `coins-stay-in-wallet`, `replicas-equal` and `coins-conserved`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin("closing", "At the end");
    stage.settle()?;
    let mut rows = vec![vec![
        "wallet".to_owned(),
        "balance".into(),
        "held".into(),
        "free".into(),
    ]];
    let mut has_held = false;
    for wallet in stage.wallets() {
        let held = wallet
            .storage(stage.backend)?
            .map_or(0, |storage| storage.held.into_inner());
        has_held |= held > 0;
        rows.push(vec![
            words::short(wallet.address()),
            coins(wallet.balance_nano(stage.backend)?),
            coins(held),
            coins(wallet.free_nano(stage.backend)?),
        ]);
    }
    stage.show("network", "coins in the DePool Wallets", rows);
    let broken = stage.broken_wallets().join("; ");
    let detail = match (broken.is_empty(), has_held) {
        (true, true) => {
            "at every block each watched wallet held the sum of its positions".to_owned()
        }
        (true, false) => "no watched wallet holds a position".to_owned(),
        (false, _) => broken.clone(),
    };
    stage.check(
        "coins-stay-in-wallet",
        broken.is_empty() && has_held,
        detail,
    );

    let delectors = stage.delectors()?;
    let differ = replicas_differ(stage.backend, &delectors)?;
    // copies that never applied anything are equal in any case
    let is_tested = !stage.applied.is_empty();
    let detail = match differ {
        None if !is_tested => "no batch was applied, so that nothing could differ".to_owned(),
        None => format!(
            "{} D'Electors hold equal registries of all chains",
            delectors.len()
        ),
        Some(chain) => format!("the registries of chain {chain} differ"),
    };
    stage.check("replicas-equal", differ.is_none() && is_tested, detail);

    let batches = stage
        .applied
        .iter()
        .filter(|applied| applied.copy == applied.batch.origin)
        .count();
    stage
        .report
        .figures
        .insert("batches".into(), batches.into());
    stage
        .report
        .figures
        .insert("applications".into(), stage.applied.len().into());
    let Some(supply) = stage.backend.supply() else {
        stage.not_applicable(
            "coins-conserved",
            "this network does not report where all of its coins are",
        );
        return Ok(());
    };
    let (total, issued) = (supply.total_nano(), supply.issued_nano);
    let ok = total == issued && supply.injected_nano == 0;
    let detail = format!(
        "accounts {} + fees {} + in flight {} + burnt {} = issued {}",
        coins(supply.accounts_nano()),
        coins(supply.fees_nano()),
        coins(supply.in_flight_nano),
        coins(supply.burnt_nano()),
        coins(issued),
    );
    stage.check("coins-conserved", ok, detail);
    Ok(())
}
