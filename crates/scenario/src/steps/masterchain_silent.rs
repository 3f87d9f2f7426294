//! The masterchain is halted throughout: the workchains remove one of its validators without it, for votes that are
//! signed here by hand.

use anyhow::Result;

use super::double_sign::{double_vote, submit};
use crate::stage::Stage;

/// Check `masterchain-silent`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "masterchain-silent",
        "The masterchain halts; one of its validators signs twice",
    );
    if stage.backend.operator().is_none() {
        stage.not_applicable(
            "masterchain-silent",
            "the masterchain of this network cannot be halted by its user",
        );
        return Ok(());
    }
    let walter = stage.cast.walter.clone();
    // the largest of workchain 0 is in the masterchain's set
    let Some(culprit) = stage
        .cast
        .validators
        .iter()
        .rfind(|validator| validator.chain == 0)
        .cloned()
    else {
        stage.check("masterchain-silent", false, "workchain 0 has no validator");
        return Ok(());
    };
    let key = culprit.key.public();
    let delector = stage.delector(0)?;
    let was_in_main = stage.is_in_set(-1, &key)?;
    if let Some(operator) = stage.backend.operator() {
        operator.silence(-1)?;
    }
    let halted_at = stage.block_of(-1);
    stage.say("network", "the masterchain makes no blocks any more");

    let evidence = double_vote(stage, &culprit.key, 2_000)?;
    let message = submit(stage, &delector, &evidence)?;
    stage.act_within(
        &walter,
        &format!("brings two votes of {}", culprit.owner.name),
        &[message],
        80,
    )?;
    let removed = delector.root_entry(stage.backend, &culprit.root)?.is_none()
        && !stage.is_in_set(0, &key)?;
    let mut agreed = true;
    for other in stage
        .delectors()?
        .into_iter()
        .filter(|other| other.chain() >= 0)
    {
        agreed &= other.root_entry(stage.backend, &culprit.root)?.is_none();
    }
    let still_in_main = stage.is_in_set(-1, &key)?;
    let halted = stage.block_of(-1) == halted_at;
    stage.say(
        "network",
        "the workchains have agreed without the masterchain",
    );

    if let Some(operator) = stage.backend.operator() {
        operator.resume(-1)?;
    }
    stage.say("network", "the masterchain is back");
    stage.settle()?;
    let followed = !stage.is_in_set(-1, &key)?;
    let table = stage.set_table(-1)?;
    stage.show("network", "validator set of the masterchain now", table);
    let ok = was_in_main && removed && agreed && halted && still_in_main && followed;
    let detail = format!(
        "removed by its chain: {removed}, agreed by all workchains: {agreed}, with the masterchain halted: {halted}; it followed when it returned: {followed}"
    );
    stage.check("masterchain-silent", ok, detail);
    Ok(())
}
