//! `ddvs balance`: the coins of an account.

use anyhow::Result;
use ddvs_client::DePoolWallet;
use ddvs_people::staker;
use ddvs_types::coins;
use serde_json::json;

use super::output::fields;
use super::session::{Session, key_name};
use crate::args::BalanceArgs;

/// Seconds to wait for an answer.
const PATIENCE_S: u64 = 30;

/// Returns whether it was answered.
pub fn run(args: &BalanceArgs) -> Result<bool> {
    let session = Session::open(&args.ask.connect, &args.ask.output, PATIENCE_S)?;
    let named = std::env::var("DDVS_KEY").ok();
    let named = named.filter(|name| !name.is_empty());
    let who = match &args.who {
        Some(who) => who.clone(),
        None => key_name(&session.home, named.as_deref())?,
    };
    let address = session.account_of(&who, args.chain)?;
    let context = session.context();
    context.check_chain(address.workchain)?;
    let wallet = DePoolWallet::new(&context.network, address.workchain, &address)?;
    let view = staker::view(&session.net.backend, &wallet)?;
    let object = json!({
        "address": address.to_string(),
        "balance_nano": view.owner_balance_nano.to_string(),
        "wallet": view.address.to_string(),
        "wallet_exists": view.exists,
        "wallet_balance_nano": view.balance_nano.to_string(),
        "wallet_free_nano": view.free_nano.to_string(),
        "wallet_held_nano": view.held_nano.to_string(),
    });
    session.output.print(&object, || {
        let in_wallet = match view.exists {
            true => format!(
                "{}: {} free, {} in pools",
                coins(view.balance_nano),
                coins(view.free_nano),
                coins(view.held_nano)
            ),
            false => "it has none".to_owned(),
        };
        fields(&[
            ("account", address.to_string()),
            ("coins", coins(view.owner_balance_nano)),
            ("DePool Wallet", in_wallet),
        ])
    })?;
    Ok(true)
}
