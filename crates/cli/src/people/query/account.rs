//! An account, and the supply.

use anyhow::Result;
use ddvs_client::Live;
use ddvs_people::contracts::{Contract, check};
use ddvs_types::coins;
use serde_json::{Value, json};
use tycho_types::models::AccountStatus;

use super::open;
use super::past::{amount, text};
use crate::args::{AskArgs, QueryAccountArgs};
use crate::people::output::{chain_name, fields, table};

/// Prints an account. Returns whether it was answered.
pub fn account(args: &QueryAccountArgs) -> Result<bool> {
    let session = open(&args.ask)?;
    let address = session.account_of(&args.account, args.chain)?;
    session.context().check_chain(address.workchain)?;
    let account = session.net.backend.account(&address)?;
    let known = Contract::ALL.into_iter().find(|&contract| {
        check(session.context(), contract, &account)
            .problem
            .is_none()
    });
    let (status, words) = match account.status() {
        AccountStatus::Active => ("active", "active"),
        AccountStatus::Uninit => ("uninit", "without a contract: it has coins only"),
        AccountStatus::Frozen => ("frozen", "frozen: it owed fees for too long"),
        AccountStatus::NotExists => ("not_exists", "there is nothing at this address yet"),
    };
    let code = account.code().map(|code| code.repr_hash().to_string());
    let last = account.last_transaction_lt;
    let hash = (last > 0).then(|| account.last_transaction_hash.to_string());
    // a server knows more kinds of contracts
    let told = match &session.net.api {
        Some(api) => api
            .maybe(&format!("/api/v1/accounts/{address}"))?
            .unwrap_or_default(),
        None => Value::Null,
    };
    let standard = told["standard_wallet"]["kind"].as_str();
    let object = json!({
        "address": address.to_string(),
        "chain": address.workchain,
        "status": status,
        "contract": known.map(Contract::id),
        "standard_wallet": standard,
        "name": session.book.name(&address),
        "balance_nano": account.balance_nano.to_string(),
        "code_hash": code,
        "last_transaction_lt": last.to_string(),
        "last_transaction": hash,
    });
    session.output.print(&object, || {
        let what = match (known, standard) {
            (Some(contract), _) => contract.name().to_owned(),
            (None, Some(wallet)) => wallet.to_owned(),
            (None, None) if code.is_some() => "another contract".to_owned(),
            (None, None) => "-".to_owned(),
        };
        let mut rows = vec![
            ("account", address.to_string()),
            ("chain", chain_name(address.workchain)),
            ("status", words.to_owned()),
            ("contract", what),
            ("coins", coins(account.balance_nano)),
        ];
        if let Some(name) = session.book.name(&address) {
            rows.push(("pool", name.to_owned()));
        }
        rows.extend(code.clone().map(|code| ("code hash", code)));
        rows.extend(hash.clone().map(|hash| ("last transaction", hash)));
        fields(&rows)
    })?;
    Ok(true)
}

/// Prints the distribution of all coins. Returns whether none is missing.
pub fn supply(args: &AskArgs) -> Result<bool> {
    let session = open(args)?;
    let found = session.net.past()?.get("/api/v1/supply")?;
    session.output.print(&found, || {
        let mut rows = table(&["chain", "accounts", "fees", "burnt"], &[1, 2, 3]);
        for chain in found["chains"].as_array().into_iter().flatten() {
            let id = chain["chain"].as_i64().and_then(|id| id.try_into().ok());
            rows.add_row(vec![
                id.map_or_else(|| text(&chain["chain"]), chain_name),
                amount(&chain["accounts_nano"]),
                amount(&chain["fees_nano"]),
                amount(&chain["burnt_nano"]),
            ]);
        }
        let sums = fields(&[
            ("on their way", amount(&found["in_flight_nano"])),
            ("total", amount(&found["total_nano"])),
            ("issued", amount(&found["issued_nano"])),
            ("brought in later", amount(&found["injected_nano"])),
        ]);
        let verdict = match found["is_conserved"].as_bool() {
            Some(true) => "all that was issued is somewhere, to the nano",
            _ => "coins are missing, or there are too many",
        };
        format!("{rows}\n{sums}\n{verdict}")
    })?;
    Ok(found["is_conserved"].as_bool().unwrap_or(false))
}
