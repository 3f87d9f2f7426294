//! A batch that silenced chains hold below one half waits, and is applied when they return.

use anyhow::Result;
use ddvs_types::{COIN, coins};

use crate::stage::Stage;

const STAKE: u128 = 1_000 * COIN;

/// Check `majority-applied`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "majority-applied",
        "Workchains fall silent: a change waits for its majority",
    );
    if stage.backend.operator().is_none() {
        let count = stage.applied.len();
        let with = stage
            .applied
            .iter()
            .filter(|applied| applied.is_majority())
            .count();
        stage.say("network", "chains of this network cannot be silenced");
        let detail = format!(
            "{with} of {count} batches that were applied had a majority; holding one back needs a network whose chains can be silenced"
        );
        // none at all shows nothing
        stage.check("majority-applied", count > 0 && with == count, detail);
        return Ok(());
    }
    let ivan = stage.cast.ivan.clone();
    let root = stage.nora_root()?;
    let wallet = stage.wallet(&ivan)?;
    stage.act(
        &ivan,
        "opens a DePool Wallet on workchain 1 with 5,000 coins",
        &[wallet.deposit(5_000 * COIN)?],
    )?;

    let silenced: Vec<_> = stage
        .backend
        .chains()?
        .iter()
        .map(|c| c.id)
        .filter(|&id| id >= 0 && id != 1)
        .collect();
    for &chain in &silenced {
        if let Some(operator) = stage.backend.operator() {
            operator.silence(chain)?;
        }
    }
    stage.say(
        "network",
        format!("workchains {silenced:?} make no blocks any more"),
    );
    let (before, first) = (
        stage.delector(1)?.registry(stage.backend, 1)?.seqno,
        stage.applied.len(),
    );
    let change = wallet.change_value(stage.backend)?;
    let id = stage.query_id();
    let stake = wallet.stake(&root, STAKE, change, id)?;
    stage.act_within(
        &ivan,
        &format!("stakes {} coins with Nora", coins(STAKE)),
        &[stake],
        60,
    )?;
    let locked = wallet
        .position(stage.backend, root.address())?
        .staked_nano()
        == STAKE;
    let held = stage.delector(1)?.registry(stage.backend, 1)?.seqno == before
        && stage.applied.len() == first;
    stage.say(
        "network",
        "the batch waits: the chains that are left hold less than half of the stake",
    );

    for &chain in &silenced {
        if let Some(operator) = stage.backend.operator() {
            operator.resume(chain)?;
        }
    }
    stage.say("network", format!("workchains {silenced:?} are back"));
    stage.settle()?;
    let counted = stage
        .delector(1)?
        .root_entry(stage.backend, root.address())?;
    let applied = stage.applied[first..]
        .iter()
        .any(|a| a.copy == 1 && a.batch.origin == 1 && a.batch.seqno == before + 1);
    let all = stage.applied.iter().all(|applied| applied.is_majority());
    let detail = format!(
        "held back while silent: {held}; Lock came at once: {locked}; applied after the return: {applied} (counted: {}); all {} applications so far had more than 50 %: {all}",
        counted.map_or_else(
            || "nothing".to_owned(),
            |entry| coins(entry.stake.into_inner())
        ),
        stage.applied.len(),
    );
    stage.check("majority-applied", held && locked && applied && all, detail);
    Ok(())
}
