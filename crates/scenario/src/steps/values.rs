//! Too little value, and messages that fail on their path: nothing is lost.

use anyhow::Result;
use ddvs_client::DePoolRoot;
use ddvs_contracts::ExitCode;
use ddvs_types::{COIN, coins};

use crate::stage::Stage;
use crate::words;

/// Checks `too-little-value-refused` and `bounce-releases`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "values",
        "Too little value, and a stake with a Root that does not exist",
    );
    let uma = stage.cast.uma.clone();
    let root = stage.nora_root()?;
    let wallet = stage.wallet(&uma)?;
    let change = wallet.change_value(stage.backend)?;

    let before = wallet.position(stage.backend, root.address())?;
    let purse = stage.backend.account(uma.address())?.balance_nano;
    let id = stage.query_id();
    let poor = wallet.stake(&root, 20 * COIN, change - 1, id)?;
    let tree = stage.act(&uma, "stakes with one nano too little attached", &[poor])?;
    let exit = tree.exit_code_at(wallet.address());
    let unchanged = wallet.position(stage.backend, root.address())? == before;
    let cost = purse.saturating_sub(stage.backend.account(uma.address())?.balance_nano);
    let said = exit.map_or_else(|| "not executed".to_owned(), words::exit_code);
    stage.say("Wallet", format!("refuses: {said}; the value comes back"));
    let ok = exit == Some(ExitCode::TooLittleValue.code()) && unchanged && cost < COIN / 4;
    stage.check(
        "too-little-value-refused",
        ok,
        format!(
            "{said}; position unchanged: {unchanged}; it cost {} coins of fees",
            coins(cost)
        ),
    );

    // authentic by its terms, but never deployed: the confirmation bounces
    let nobody = DePoolRoot::new(&stage.network, 1, stage.terms(&uma, 4_711))?;
    let free = wallet.free_nano(stage.backend)?;
    let purse = stage.backend.account(uma.address())?.balance_nano;
    let id = stage.query_id();
    let lost = wallet.stake(&nobody, 20 * COIN, change, id)?;
    let tree = stage.act(&uma, "stakes with a Root that was never deployed", &[lost])?;
    let bounced = tree
        .transactions_of(wallet.address())
        .any(|transaction| transaction.in_message.is_bounced);
    let position = wallet.position(stage.backend, nobody.address())?;
    let freed = wallet.free_nano(stage.backend)?;
    let cost = purse.saturating_sub(stage.backend.account(uma.address())?.balance_nano);
    let released = position == Default::default() && freed + COIN / 10 >= free;
    let ok = bounced && released && cost < COIN / 4;
    stage.check(
        "bounce-releases",
        ok,
        format!(
            "the confirmation bounced: {bounced}; the stake is free again: {released}; it cost {} coins of fees",
            coins(cost)
        ),
    );
    Ok(())
}
