//! Leaving: too early, in part, after the unlock period, to the owner.

use anyhow::Result;
use ddvs_client::received;
use ddvs_contracts::Reason;
use ddvs_types::{COIN, coins};

use super::cross_chain_stake::UMA_STAKE;
use crate::setup::{LOCK_PERIOD, UNLOCK_PERIOD};
use crate::stage::Stage;
use crate::words;

const PART: u128 = 5_000 * COIN;

/// Checks `early-unstake-refused` and `unlock-and-withdraw`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin("unlock", "Uma wants a part of her stake back");
    let uma = stage.cast.uma.clone();
    let root = stage.nora_root()?;
    let wallet = stage.wallet(&uma)?;
    let change = wallet.change_value(stage.backend)?;

    // stake a little more, so that some coins are locked whatever time has passed
    let id = stage.query_id();
    let more = wallet.stake(&root, 10 * COIN, change, id)?;
    stage.act(
        &uma,
        "stakes 10 coins more: only they are locked anew",
        &[more],
    )?;
    let id = stage.query_id();
    let all = UMA_STAKE + 10 * COIN;
    let early = wallet.unstake(root.address(), all, change, id)?;
    let tree = stage.act(
        &uma,
        &format!(
            "unstakes all {} coins before the last lock has passed",
            coins(all)
        ),
        &[early],
    )?;
    let reason = tree
        .transactions()
        .find_map(|transaction| received::refusal_in(transaction));
    let position = wallet.position(stage.backend, root.address())?;
    let untouched =
        position.staked_nano() == UMA_STAKE + 10 * COIN && position.unlocking.is_empty();
    let said = reason.map_or_else(|| "nothing".to_owned(), words::reason);
    stage.say("Root", format!("refuses: {said}"));
    let ok = reason == Some(Reason::Locked.code()) && untouched;
    stage.check(
        "early-unstake-refused",
        ok,
        format!("answer: {said}; stake untouched: {untouched}"),
    );

    stage.pass(LOCK_PERIOD + 2)?;
    let id = stage.query_id();
    let part = wallet.unstake(root.address(), PART, change, id)?;
    stage.act(
        &uma,
        &format!("unstakes {} coins after the lock", coins(PART)),
        &[part],
    )?;
    let position = wallet.position(stage.backend, root.address())?;
    let unlocking =
        position.staked_nano() == UMA_STAKE + 10 * COIN - PART && !position.unlocking.is_empty();

    // coins that unlock cannot be withdrawn
    let free = wallet.free_nano(stage.backend)?;
    let id = stage.query_id();
    let too_soon = wallet.withdraw(Some(free + PART), COIN, id)?;
    let tree = stage.act(&uma, "tries to withdraw them at once", &[too_soon])?;
    let refused = tree.exit_code_at(wallet.address());

    // the period starts when the network counts less, and several of them share one end
    stage.pass(UNLOCK_PERIOD + UNLOCK_PERIOD / 8 + 20)?;
    let id = stage.query_id();
    let settle = wallet.settle(root.address(), change, id)?;
    stage.act(&uma, "releases them after the unlock period", &[settle])?;
    let freed = wallet.free_nano(stage.backend)?;
    let before = stage.backend.account(uma.address())?.balance_nano;
    let id = stage.query_id();
    let withdraw = wallet.withdraw(Some(PART), COIN, id)?;
    stage.act(
        &uma,
        &format!("withdraws {} coins", coins(PART)),
        &[withdraw],
    )?;
    let after = stage.backend.account(uma.address())?.balance_nano;
    let received = after.saturating_sub(before);
    let ok = unlocking
        && refused == Some(ddvs_contracts::ExitCode::NotEnoughFree.code())
        && freed >= free + PART - COIN
        && received > PART - COIN;
    let detail = format!(
        "unlocking after the lock: {unlocking}; withdrawal before the unlock period: {}; {} coins more in the owner's account",
        refused.map_or_else(|| "not refused".to_owned(), words::exit_code),
        coins(received),
    );
    stage.check("unlock-and-withdraw", ok, detail);
    Ok(())
}
