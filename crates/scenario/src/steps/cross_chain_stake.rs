//! A user of another chain stakes with Nora, which lifts her into the masterchain's set.

use anyhow::Result;
use ddvs_client::received;
use ddvs_contracts::messages::{self, Lock, Message};
use ddvs_types::{COIN, coins};

use crate::stage::Stage;

/// Uma's stake.
pub(crate) const UMA_STAKE: u128 = 70_000 * COIN;

/// Checks `cross-chain-stake` and `masterchain-set-follows`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "cross-chain-stake",
        "Uma, on workchain 0, stakes with Nora's Root on workchain 1",
    );
    let uma = stage.cast.uma.clone();
    let key = stage.cast.nora_key.public();
    let root = stage.nora_root()?;
    let wallet = stage.wallet(&uma)?;
    let in_main_before = stage.is_in_set(-1, &key)?;
    let table = stage.set_table(-1)?;
    stage.show("network", "validator set of the masterchain before", table);

    // any Root deploys wallets on request
    let id = stage.query_id();
    let deploy = root.deploy_wallet(uma.address(), 0, 90_000 * COIN, id)?;
    stage.act(
        &uma,
        "asks Nora's Root to deploy her a DePool Wallet with 90,000 coins",
        &[deploy],
    )?;

    let change = wallet.change_value(stage.backend)?;
    let id = stage.query_id();
    let stake = wallet.stake(&root, UMA_STAKE, change, id)?;
    let tree = stage.act(
        &uma,
        &format!("stakes {} coins from her wallet", coins(UMA_STAKE)),
        &[stake],
    )?;
    let locked = tree
        .transactions_of(wallet.address())
        .find_map(|transaction| {
            received::with_body(transaction, |op, body| match op {
                Lock::OP => messages::read_body::<Lock>(body),
                _ => None,
            })
        });
    let position = wallet.position(stage.backend, root.address())?;
    let counted = stage
        .delector(1)?
        .root_entry(stage.backend, root.address())?;
    let ok = locked
        .as_ref()
        .is_some_and(|lock| lock.amount.into_inner() == UMA_STAKE)
        && position.staked_nano() == UMA_STAKE
        && counted
            .as_ref()
            .is_some_and(|entry| entry.stake.into_inner() >= UMA_STAKE)
        && tree.succeeded();
    let said = locked.as_ref().map_or_else(
        || "no Lock came back".to_owned(),
        |lock| {
            let amount = coins(lock.amount.into_inner());
            format!("Lock of {amount} coins until {}", lock.lock_until)
        },
    );
    let counts = counted.as_ref().map_or_else(
        || "nothing".to_owned(),
        |entry| format!("{} coins", coins(entry.stake.into_inner())),
    );
    let detail = format!("{said}; the D'Elector counts {counts} for the Root");
    stage.check("cross-chain-stake", ok, detail);

    stage.publish_set(-1)?;
    let in_main = stage.is_in_set(-1, &key)?;
    let table = stage.set_table(-1)?;
    stage.show("network", "validator set of the masterchain after", table);
    let said = |inside: bool| if inside { "in" } else { "out" };
    let detail = format!(
        "Nora was {} before Uma's stake and is {} after it",
        said(in_main_before),
        said(in_main)
    );
    stage.check(
        "masterchain-set-follows",
        !in_main_before && in_main,
        detail,
    );
    Ok(())
}
