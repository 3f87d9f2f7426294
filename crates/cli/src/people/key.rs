//! `ddvs key`: creating, storing, showing, exporting and deleting keys.

mod delete;
mod export;

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result};
use ddvs_keystore::{KeyEntry, KeyStore, Protection, Secret, Zeroizing};
use ddvs_people::staker;
use ddvs_types::coins;
use serde_json::{Value, json};

use super::home::Home;
use super::output::{Output, chain_name, fields, table};
use super::password;
use super::session::Session;
use crate::args::{KeepArgs, KeyCommand, KeyImportArgs, KeyNewArgs, KeyShowArgs};

/// Maximum size of an imported file, in bytes.
const MAX_IMPORT_BYTES: u64 = 1 << 16;

/// Returns whether it was done.
pub fn run(command: &KeyCommand) -> Result<bool> {
    match command {
        KeyCommand::New(args) => new(args),
        KeyCommand::Show(args) => show(args),
        KeyCommand::List(args) => {
            let store = Home::open()?.keys();
            list(&store, &Output::new(&args.output))
        }
        KeyCommand::Import(args) => import(args),
        KeyCommand::Export(args) => export::run(args),
        KeyCommand::Delete(args) => delete::run(args),
    }
}

fn keep(store: &KeyStore, name: &str, secret: &Secret, args: &KeepArgs) -> Result<KeyEntry> {
    if args.unencrypted {
        return Ok(store.create(name, secret, Protection::None)?);
    }
    let password = password::choose(&args.password, name)?;
    Ok(store.create(name, secret, Protection::Password(&password))?)
}

/// Fails early, before the user writes words down for nothing.
fn check_free(store: &KeyStore, name: &str) -> Result<()> {
    if store.holds(name)? {
        store.create(name, &Secret::from_seed([0; 32]), Protection::None)?;
    }
    Ok(())
}

fn new(args: &KeyNewArgs) -> Result<bool> {
    let store = Home::open()?.keys();
    check_free(&store, &args.name)?;
    let secret = Secret::generate()?;
    let entry = keep(&store, &args.name, &secret, &args.keep)?;
    let words = secret.words().unwrap_or_default();
    let mut object = object(&entry);
    object["words"] = words.into();
    Output::new(&args.output).print(&object, || {
        let numbered: Vec<_> = (1..)
            .zip(words.split(' '))
            .map(|(number, word)| format!("{number:>2} {word:<10}"))
            .collect();
        let lines: Vec<_> = numbered
            .chunks(6)
            .map(|line| line.join(" ").trim_end().to_owned())
            .collect();
        format!(
            "{}\n\nThese 24 words restore the key, here or in any TON wallet. Write them down now; anyone who has them has the key.\n\n{}",
            human(&entry),
            lines.join("\n")
        )
    })?;
    Ok(true)
}

fn import(args: &KeyImportArgs) -> Result<bool> {
    let store = Home::open()?.keys();
    check_free(&store, &args.name)?;
    let text = match &args.file {
        Some(path) => {
            let file = std::fs::File::open(path);
            read(file.with_context(|| format!("opening {}", path.display()))?)?
        }
        None if std::io::stdin().is_terminal() => Zeroizing::new(rpassword::prompt_password(
            "24 words, or 64 hexadecimal digits (they do not show): ",
        )?),
        None => read(std::io::stdin())?,
    };
    let secret = Secret::parse(&text)?;
    let entry = keep(&store, &args.name, &secret, &args.keep)?;
    Output::new(&args.output).print(&object(&entry), || human(&entry))?;
    Ok(true)
}

fn read(source: impl Read) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    source
        .take(MAX_IMPORT_BYTES)
        .read_to_string(&mut text)
        .context("reading the key")?;
    Ok(text)
}

fn show(args: &KeyShowArgs) -> Result<bool> {
    let store = Home::open()?.keys();
    let output = Output::new(&args.output);
    let Some(name) = &args.name else {
        return list(&store, &output);
    };
    let entry = store.entry(name)?;
    let mut found = object(&entry);
    let mut text = human(&entry);
    if args.secret {
        let secret = store.unlock(name, || password::ask(&args.password, name))?;
        let (kind, value) = match secret.words() {
            Some(words) => ("words", words.to_owned()),
            None => ("secret", hex(secret.seed())),
        };
        text.push_str(&format!("\n\n{value}"));
        found[kind] = value.into();
    }
    if args.accounts {
        let session = Session::open(&args.connect, &args.output, 30)?;
        let (objects, rows) = accounts(&session, &entry)?;
        found["accounts"] = objects;
        text.push_str(&format!("\n\n{rows}"));
    }
    output.print(&found, || text)?;
    Ok(true)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Accounts follow from the public half, so no password is needed.
fn accounts(session: &Session, entry: &KeyEntry) -> Result<(Value, String)> {
    let mut objects = Vec::new();
    // addresses are meant to be copied
    let mut rows = table(
        &[
            "chain",
            "account",
            "coins",
            "DePool Wallet",
            "coins of the wallet",
        ],
        &[2, 4],
    )
    .whole(1)
    .whole(3);
    for &chain in &session.context().chains {
        let viewer = session.view(entry, chain)?;
        let wallet = staker::view(&session.net.backend, &viewer.wallet)?;
        let (owner, balance) = (&wallet.owner, wallet.owner_balance_nano);
        rows.add_row(vec![
            chain_name(chain),
            owner.to_string(),
            coins(balance),
            match wallet.exists {
                true => wallet.address.to_string(),
                false => "none yet".to_owned(),
            },
            match wallet.exists {
                true => coins(wallet.balance_nano),
                false => String::new(),
            },
        ]);
        objects.push(json!({
            "chain": chain,
            "address": owner.to_string(),
            "balance_nano": balance.to_string(),
            "wallet": wallet.address.to_string(),
            "wallet_exists": wallet.exists,
            "wallet_balance_nano": wallet.balance_nano.to_string(),
        }));
    }
    Ok((objects.into(), rows.to_string()))
}

fn object(entry: &KeyEntry) -> Value {
    json!({
        "name": entry.name,
        "public": hex(&entry.public),
        "is_encrypted": entry.is_encrypted,
        "file": entry.path.display().to_string(),
    })
}

fn protection(entry: &KeyEntry) -> &'static str {
    match entry.is_encrypted {
        true => "password",
        false => "none",
    }
}

fn human(entry: &KeyEntry) -> String {
    fields(&[
        ("key", entry.name.clone()),
        ("public", hex(&entry.public)),
        ("protected by", protection(entry).to_owned()),
        ("file", entry.path.display().to_string()),
    ])
}

fn list(store: &KeyStore, output: &Output) -> Result<bool> {
    let entries = store.list()?;
    let objects: Vec<_> = entries.iter().map(object).collect();
    let damaged = store.damaged()?.into_iter();
    let damaged: Vec<_> = damaged.map(|error| error.to_string()).collect();
    output.print(&json!({ "keys": objects, "damaged": damaged }), || {
        if entries.is_empty() && damaged.is_empty() {
            return format!(
                "no keys yet in {}: make one with `ddvs key new NAME`",
                store.dir().display()
            );
        }
        let mut rows = table(&["key", "public", "protected by"], &[]);
        for entry in &entries {
            rows.add_row(vec![
                entry.name.clone(),
                hex(&entry.public),
                protection(entry).to_owned(),
            ]);
        }
        let broken = damaged.iter().map(|error| format!("\nno key: {error}"));
        broken.fold(rows.to_string(), |text, line| text + &line)
    })?;
    Ok(true)
}
