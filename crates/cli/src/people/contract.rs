//! `ddvs contract`: our code, and the network's.

use std::collections::BTreeMap;

use anyhow::Result;
use ddvs_people::contracts::{Contract, verify};
use serde_json::json;

use super::connect::need_address;
use super::output::{Output, table};
use super::session::Session;
use crate::args::{ContractCommand, ContractHashesArgs, ContractVerifyArgs};

/// Wallets that the API is asked for, to be checked.
const MAX_WALLETS: usize = 1_000;

/// Returns whether it was done; of a check, whether it holds.
pub fn run(command: &ContractCommand) -> Result<bool> {
    match command {
        ContractCommand::Hashes(args) => hashes(args),
        ContractCommand::Verify(args) => check(args),
    }
}

fn hashes(args: &ContractHashesArgs) -> Result<bool> {
    let objects: Vec<_> = Contract::ALL
        .iter()
        .map(|contract| {
            let code = contract.code();
            json!({
                "contract": contract.id(),
                "name": contract.name(),
                "code_hash": code.repr_hash().to_string(),
                "code_depth": code.repr_depth(),
            })
        })
        .collect();
    Output::new(&args.output).print(&json!({ "contracts": objects }), || {
        let mut rows = table(&["contract", "code hash"], &[]);
        for contract in Contract::ALL {
            rows.add_row(vec![
                contract.name().to_owned(),
                contract.code().repr_hash().to_string(),
            ]);
        }
        rows.to_string()
    })?;
    Ok(true)
}

fn check(args: &ContractVerifyArgs) -> Result<bool> {
    let session = Session::open(&args.ask.connect, &args.ask.output, 30)?;
    let mut wallets = Vec::new();
    for text in &args.wallet {
        wallets.push(need_address(text)?);
    }
    let mut is_cut = false;
    if let Some(api) = &session.net.api {
        let mut next = Some("/api/v1/wallets".to_owned());
        while let Some(path) = next {
            let page = api.get(&path)?;
            for item in page["items"].as_array().into_iter().flatten() {
                let address = item["address"].as_str().unwrap_or_default();
                wallets.extend(super::connect::address(address));
            }
            is_cut = wallets.len() >= MAX_WALLETS;
            next = page["next"].as_str().filter(|_| !is_cut).map(str::to_owned);
        }
    }
    session.progress.doing("reading contracts");
    let found = verify(&session.net.backend, session.context(), &wallets)?;
    let wrong: Vec<_> = found
        .iter()
        .filter(|verified| verified.problem.is_some())
        .collect();
    let mut counts = BTreeMap::new();
    for verified in &found {
        *counts.entry(verified.contract.id()).or_insert(0) += 1;
    }
    let problems: Vec<_> = wrong
        .iter()
        .map(|verified| {
            json!({
                "contract": verified.contract.id(),
                "address": verified.address.to_string(),
                "code_hash": verified.code_hash.map(|hash| hash.to_string()),
                "problem": verified.problem,
            })
        })
        .collect();
    let object = json!({
        "ok": wrong.is_empty(),
        "checked": counts,
        "is_cut": is_cut,
        "problems": problems,
    });
    session.output.print(&object, || {
        let mut lines: Vec<_> = Contract::ALL
            .iter()
            .map(|contract| {
                let count = counts.get(contract.id()).copied().unwrap_or(0);
                format!("{count:>6}  {}", contract.name())
            })
            .collect();
        lines.push(match wrong.len() {
            0 => "all run the code of this version, at addresses that follow from it".to_owned(),
            count => format!("{count} do not:"),
        });
        for verified in &wrong {
            let (address, problem) = (&verified.address, verified.problem.unwrap_or_default());
            lines.push(format!(
                "  {} {address}: {problem}",
                verified.contract.name()
            ));
        }
        if is_cut {
            lines.push(format!("only the first {MAX_WALLETS} wallets were checked"));
        }
        lines.join("\n")
    })?;
    Ok(wrong.is_empty())
}
