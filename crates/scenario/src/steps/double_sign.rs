//! A masterchain validator signs two conflicting votes: permanently removed, and slashed, its owner first.
//!
//! The scenario signs them itself, with the validator's key: no node casts such votes yet, and Tycho nodes never will.

use anyhow::Result;
use ddvs_client::{DElector, MASTERCHAIN, Outgoing, seeded::ConsensusKey};
use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::Evidence;
use ddvs_contracts::signing;
use ddvs_types::coins;

use crate::stage::Stage;
use crate::words;

/// Two conflicting votes in the masterchain, signed here by hand.
pub(crate) fn double_vote(stage: &Stage<'_>, key: &ConsensusKey, height: u64) -> Result<Evidence> {
    let genesis = &stage.network.genesis;
    Ok(signing::double_vote(
        key.pair(),
        genesis,
        MASTERCHAIN,
        height,
    )?)
}

pub(crate) fn submit(
    stage: &mut Stage<'_>,
    delector: &DElector,
    evidence: &Evidence,
) -> Result<Outgoing> {
    let value = 2 * delector.change_value(stage.backend)?;
    let id = stage.query_id();
    Ok(delector.submit_evidence(evidence, value, id)?)
}

/// Checks `evidence-forged-refused`, `double-sign-slashed` and `evidence-twice-refused`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "double-sign",
        "Nora's key signs two conflicting votes in the masterchain, by hand: no node of Tycho casts such",
    );
    let walter = stage.cast.walter.clone();
    let key = stage.cast.nora_key.clone();
    let delector = stage.delector(1)?;
    let root = stage.nora_root()?;

    let real = double_vote(stage, &key, 1_000)?;
    let mut forged = real.clone();
    forged.height += 1;
    let mut same = real.clone();
    same.second = same.first.clone();
    let (mut refused, mut details) = (Vec::new(), Vec::new());
    for (what, evidence) in [
        ("with another height than was signed", &forged),
        ("with one vote twice", &same),
    ] {
        let message = submit(stage, &delector, evidence)?;
        let before = delector.registry_digest(stage.backend, 1)?;
        let tree = stage.act(&walter, &format!("brings evidence {what}"), &[message])?;
        let exit = tree.exit_code_at(delector.address());
        let unchanged = delector.registry_digest(stage.backend, 1)? == before;
        refused.push(exit == Some(ExitCode::EvidenceForged.code()) && unchanged);
        let said = exit.map_or_else(|| "not executed".to_owned(), words::exit_code);
        details.push(format!("{what}: {said}, registry unchanged: {unchanged}"));
    }
    let ok = refused.iter().all(|refused| *refused);
    stage.check("evidence-forged-refused", ok, details.join("; "));

    let before = root.state(stage.backend)?;
    let was_in_main = stage.is_in_set(-1, &key.public())?;
    let message = submit(stage, &delector, &real)?;
    stage.act(
        &walter,
        "brings both votes to the D'Elector of workchain 1",
        &[message],
    )?;
    stage.publish_set(-1)?;
    let after = root.state(stage.backend)?;
    let gone = !stage.is_in_set(-1, &key.public())? && !stage.is_in_set(1, &key.public())?;
    let entry = delector.root_entry(stage.backend, root.address())?;
    let prices = after.prices().map(|prices| prices.load()).transpose()?;
    let (owner_before, users_before) = (
        before.owner_active.into_inner() + before.owner_unlocking.into_inner(),
        before.users_active.into_inner() + before.users_unlocking.into_inner(),
    );
    let (owner_after, users_after) = (
        after.owner_active.into_inner() + after.owner_unlocking.into_inner(),
        after.users_active.into_inner() + after.users_unlocking.into_inner(),
    );
    let slashed = (owner_before + users_before).saturating_sub(owner_after + users_after);
    let wanted = (owner_before + users_before) / 2;
    let owner_first = owner_after == 0 || users_after == users_before;
    stage.show(
        "Root",
        "what the pool is worth",
        vec![
            vec![String::new(), "before".into(), "after".into()],
            vec!["Nora".into(), coins(owner_before), coins(owner_after)],
            vec![
                "everybody else".into(),
                coins(users_before),
                coins(users_after),
            ],
        ],
    );

    // each wallet settles when it next acts, or when anyone sends `Settle`
    let treasury = delector.storage(stage.backend)?.treasury.into_inner();
    for (who, owner) in [
        ("Nora's", stage.cast.nora.clone()),
        ("Uma's", stage.cast.uma.clone()),
    ] {
        let wallet = stage.wallet(&owner)?;
        let value = wallet.change_value(stage.backend)?;
        let id = stage.query_id();
        let poke = wallet.settle(root.address(), value, id)?;
        stage.act(
            &walter,
            &format!("pokes {who} wallet to settle the slash"),
            &[poke],
        )?;
    }
    let collected = delector.storage(stage.backend)?.treasury.into_inner() - treasury;
    // a pool without other stakers shows nothing
    let ok = was_in_main
        && gone
        && slashed > 0
        && entry.is_none()
        && prices.is_some()
        && owner_first
        && slashed.abs_diff(wanted) <= 2
        && collected > 0;
    let detail = format!(
        "in the masterchain's set before: {was_in_main}; in no set after: {gone}; slashed {} coins, Nora's first: {owner_first}; {} coins in the treasury",
        coins(slashed),
        coins(collected),
    );
    stage.check("double-sign-slashed", ok, detail);

    let message = submit(stage, &delector, &real)?;
    let before = root.state(stage.backend)?;
    let tree = stage.act(&walter, "brings the same evidence again", &[message])?;
    let exit = tree.exit_code_at(delector.address());
    let unchanged = root.state(stage.backend)? == before;
    let ok = exit == Some(ExitCode::EvidenceTwice.code()) && unchanged;
    let said = exit.map_or_else(|| "not executed".to_owned(), words::exit_code);
    stage.check(
        "evidence-twice-refused",
        ok,
        format!("{said}; no second slash: {unchanged}"),
    );
    Ok(())
}
