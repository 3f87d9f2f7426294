//! A newcomer becomes a validator of workchain 1.

use anyhow::Result;
use ddvs_types::{COIN, coins};

use crate::stage::Stage;

/// Nora's own stake: enough for workchain 1, not enough for the masterchain.
pub(crate) const NORA_STAKE: u128 = 60_000 * COIN;

/// Check `validator-joins`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "validator-joins",
        "Nora deploys a DePool Root in workchain 1, registers a key and stakes",
    );
    let nora = stage.cast.nora.clone();
    let key = stage.cast.nora_key.clone();
    let root = stage.nora_root()?;
    let wallet = stage.wallet(&nora)?;
    let change = root.change_value(stage.backend)?;

    stage.act(&nora, "deploys her DePool Root", &[root.deploy(2 * COIN)?])?;
    let proof = key.prove(&stage.network.genesis, root.address());
    let id = stage.query_id();
    // the Root keeps its storage reserve from its first change on
    let first_change = change + root.reserve_nano(stage.backend)?;
    stage.act(
        &nora,
        "registers her consensus key",
        &[root.register_key(key.public(), &proof, first_change, id)?],
    )?;
    stage.act(
        &nora,
        "opens her DePool Wallet with 70,000 coins",
        &[wallet.deposit(70_000 * COIN)?],
    )?;

    let before = stage.set(1)?.list.len();
    let id = stage.query_id();
    let stake = wallet.stake(&root, NORA_STAKE, change, id)?;
    let sent_at = stage.block_of(1);
    let first_applied = stage.applied.len();
    stage.act(
        &nora,
        &format!("stakes {} coins", coins(NORA_STAKE)),
        &[stake],
    )?;

    stage.blocks_each(1)?;
    let agreed = stage.applied[first_applied..]
        .iter()
        .find(|a| a.copy == 1 && a.batch.origin == 1)
        .cloned();
    let in_set = stage.is_in_set(1, &key.public())?;
    let table = stage.set_table(1)?;
    stage.show("network", "validator set of chain 1 now", table);
    let (ok, detail) = match agreed {
        Some(applied) => {
            let next = stage.backend.blocks_since(0, usize::MAX)?;
            let follows = next
                .iter()
                .find(|block| block.chain == 1 && block.seqno == applied.block + 1);
            // nodes of a stock engine follow the masterchain's set: their blocks do not name this chain's
            let own_sets = stage.backend.operator().is_some();
            let in_next = !own_sets
                || follows.is_some_and(|block| {
                    block
                        .validator_set
                        .set
                        .list
                        .iter()
                        .any(|member| member.public_key == key.public())
                });
            let blocks = applied.block + 1 - sent_at;
            stage
                .report
                .figures
                .insert("blocks_from_stake_to_set".into(), blocks.into());
            let detail = format!(
                "majority in block {}, in force in block {}: {blocks} blocks after the stake was sent; {} of {} members",
                applied.block,
                applied.block + 1,
                before + 1,
                stage.set(1)?.list.len(),
            );
            (in_set && in_next, detail)
        }
        None => (false, "no batch of chain 1 was applied".to_owned()),
    };
    stage.check("validator-joins", ok, detail);
    let in_main = stage.is_in_set(-1, &key.public())?;
    stage.say(
        "Nora",
        if in_main {
            "is in the masterchain's set"
        } else {
            "is not in the masterchain's set yet"
        },
    );
    Ok(())
}
