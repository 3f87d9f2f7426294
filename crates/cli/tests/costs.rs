//! The costs in the guides are right: each row of their tables is run and measured.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::{Devnet, Person};

/// Nano by which a cost may differ: the guides have two digits, and storage is paid by the second.
const NEAR_NANO: u128 = 12_000_000;

/// Rows of a guide's table of costs: a command, and its coins in nano.
fn rows(guide: &str) -> Vec<(String, u128)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/guide")
        .join(guide);
    let text = std::fs::read_to_string(path).unwrap();
    let table = text
        .split_once("| step | cost in coins |\n|---|---|\n")
        .unwrap()
        .1;
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let command = cells.next().unwrap().split('`').nth(1).unwrap();
        let cost = cells.next().unwrap().split(',').next().unwrap();
        let (whole, part) = cost.split_once('.').unwrap();
        let nano = format!("{whole}{part:0<9}").parse().unwrap();
        (command.strip_prefix("ddvs ").unwrap().to_owned(), nano)
    })
    .collect()
}

/// Coins of a key in its account on workchain 0 and in its DePool Wallet there.
fn coins(person: &Person, key: &str) -> u128 {
    let shown = person.json(&["key", "show", key, "--accounts"]);
    let accounts = shown["accounts"].as_array().unwrap();
    let own = accounts.iter().find(|own| own["chain"] == 0).unwrap();
    let nano = |name: &str| own[name].as_str().unwrap().parse::<u128>().unwrap();
    nano("balance_nano") + nano("wallet_balance_nano")
}

/// The same once nothing returns any more: no change for two seconds.
fn settled(person: &Person, key: &str) -> u128 {
    let (mut last, mut since) = (coins(person, key), Instant::now());
    while since.elapsed() < Duration::from_secs(2) {
        std::thread::sleep(Duration::from_millis(200));
        let now = coins(person, key);
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    last
}

fn measure(guide: &str, key: &str, coins: &str) {
    let devnet = Devnet::start();
    let person = Person::new(&devnet.url);
    person.key(key);
    person.run(&["faucet", key, coins]).ok();
    person.run(&["query", "pools"]).ok();
    let mut wrong = Vec::new();
    let rows = rows(guide);
    for (command, said) in &rows {
        // the lock of 3 s, the unlock period of 9 s from when the network counted less
        match command {
            command if command.contains(" unstake ") => std::thread::sleep(Duration::from_secs(4)),
            command if command.contains(" settle") => std::thread::sleep(Duration::from_secs(14)),
            _ => {}
        }
        let before = settled(&person, key);
        let words: Vec<&str> = command.split(' ').collect();
        person.run(&words).ok();
        let cost = before - settled(&person, key);
        println!("{command}: {cost} nano, {said} by the guide");
        if cost.abs_diff(*said) > NEAR_NANO {
            wrong.push(format!("{command} cost {cost} nano, the guide says {said}"));
        }
    }
    assert!(wrong.is_empty(), "docs/guide/{guide}: {wrong:#?}");
    assert!(rows.len() >= 5, "{rows:?}");
}

#[test]
#[ignore = "waits a minute for periods to pass; `.ci/nightly costs` runs it"]
fn a_staker_pays_what_the_guide_says() {
    measure("stakers.md", "alice", "1000");
}

#[test]
#[ignore = "waits a minute for periods to pass; `.ci/nightly costs` runs it"]
fn a_validator_pays_what_the_guide_says() {
    measure("validators.md", "carol", "200000");
}
