//! A staker's way through the binary, on a devnet that runs.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::time::{Duration, Instant};

use common::{Devnet, Person, coins};

#[test]
fn a_stake_comes_and_goes() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");

    let opened = bob.json(&["wallet", "create", "5"]);
    assert_eq!(opened["outcome"], "done", "{opened}");
    let again = bob.json(&["wallet", "create", "5"]);
    assert_eq!(again["outcome"], "exists");
    assert_eq!(coins(&again["balance_nano"]), 4); // 5, less the gas of the first message
    bob.run(&["wallet", "deposit", "200"]).ok();

    let pools = bob.json(&["query", "pools"]);
    assert_eq!(pools["count"], 8);
    // a pool on the other workchain
    let other = pools["pools"]
        .as_array()
        .unwrap()
        .iter()
        .find(|pool| pool["chain"] == 1)
        .unwrap();
    let pool = other["name"].as_str().unwrap();
    let locked = bob.json(&["wallet", "stake", "100", "--pool", pool]);
    assert_eq!(locked["outcome"], "locked", "{locked}");
    assert_eq!(coins(&locked["amount_nano"]), 100);

    let status = bob.json(&["wallet", "status"]);
    assert_eq!(status["positions"][0]["pool"], other["pool"]);
    assert_eq!(coins(&status["positions"][0]["staked_nano"]), 100);
    let shown = bob.run(&["wallet", "status"]).ok();
    assert!(
        shown.stdout.contains("DePool Wallet") && shown.stdout.contains(pool),
        "{shown:?}"
    );

    // the lock is 3 seconds: immediately is too early, later it is not
    let early = bob.run(&["wallet", "unstake", "ALL", "--json"]);
    if early.code == 1 {
        let message = early.json()["error"]["message"].to_string();
        assert!(
            message.contains("100 coins are locked with this pool until 20"),
            "{early:?}"
        );
    }
    let begin = Instant::now();
    let mut unlocking = early;
    while unlocking.code == 1 && begin.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(500));
        unlocking = bob.run(&["wallet", "unstake", "ALL", "--json"]);
    }
    assert_eq!(unlocking.ok().json()["outcome"], "unlocking");

    let early = bob
        .run(&["wallet", "settle"])
        .fails(1, "no coins are due yet: 100 are, from 20");
    let mut released = early;
    while released.code == 1 && begin.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(500));
        released = bob.run(&["wallet", "settle", "--json"]);
    }
    let released = released.ok().json();
    assert_eq!(coins(&released["amount_nano"]), 100, "{released}");
    let paid = bob.json(&["wallet", "withdraw", "150.5"]);
    assert_eq!(paid["outcome"], "paid");
    assert!(coins(&paid["amount_nano"]) >= 150, "{paid}");
    let gone = bob.json(&["wallet", "withdraw", "all"]);
    assert_eq!(gone["outcome"], "paid");
}

#[test]
fn free_coins_go_to_another_account() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    bob.run(&["wallet", "create", "100"]).ok();
    let account = format!("0:{}", "77".repeat(32));
    let send = |more: &[&str]| {
        let mut words = vec!["wallet", "withdraw", "20", "--to", &account];
        words.extend(more);
        bob.run(&words)
    };
    bob.run(&["wallet", "withdraw", "20", "--comment", "rent"])
        .fails(2, "--to");
    send(&["--comment", &"x".repeat(961)]).fails(1, "more than 960 bytes");
    let wallet = bob.json(&["wallet", "status"])["wallet"].clone();
    bob.run(&["wallet", "withdraw", "20", "--to", wallet.as_str().unwrap()])
        .fails(1, "is the wallet that pays");
    bob.run(&["wallet", "withdraw", "200", "--to", &account])
        .fails(1, "free coins");

    let shown = send(&["--dry-run"]).ok();
    assert!(shown.stdout.contains("WithdrawTo"), "{shown:?}");
    let paid = send(&["--comment", "rent for May", "--json"]).ok().json();
    assert_eq!(paid["outcome"], "paid", "{paid}");
    assert_eq!(paid["amount_nano"], "20000000000");
    let has = bob.json(&["balance", &account]);
    assert_eq!(has["balance_nano"], "20000000000", "{has}");
    let free = bob.json(&["wallet", "status"]);
    assert_eq!(coins(&free["free_nano"]), 79, "{free}");
}

#[test]
fn every_refusal_has_its_message() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.run(&["wallet", "status"])
        .fails(2, "there is no key yet");
    bob.key("bob");
    // no coins at all
    bob.run(&["wallet", "create"])
        .fails(1, "has 0 coins, and 1.1 are needed");
    bob.run(&["wallet", "stake", "10", "--pool", "pool-1"])
        .fails(1, "open it with `ddvs wallet create`");
    bob.run(&["faucet", "bob", "100"]).ok();
    bob.run(&["wallet", "create", "50"]).ok();

    // a request that the pool would refuse is not even sent
    let refused = bob
        .run(&["wallet", "stake", "1", "--pool", "pool-1", "--json"])
        .fails(1, "stake 10 coins or more");
    assert_eq!(refused.json()["error"]["kind"], "refused");
    bob.run(&["wallet", "create", "--chain", "-1"])
        .fails(1, "wallets of the masterchain hold no stakes");

    bob.run(&["wallet", "stake", "100", "--pool", "pool-1"])
        .fails(1, "coins to stake with this pool");
    bob.run(&["wallet", "stake", "10", "--pool", "nobody"])
        .fails(1, "there is no pool nobody");
    let nobody = format!("0:{}", "0".repeat(64));
    bob.run(&["wallet", "stake", "10", "--pool", &nobody])
        .fails(1, "there is no pool of this network at 0:0000");
    bob.run(&["wallet", "unstake", "10"])
        .fails(1, "no coins with any pool");
    bob.run(&["wallet", "deposit", "5000"])
        .fails(1, "are needed");
    bob.run(&["wallet", "stake", "ten", "--pool", "pool-1"])
        .fails(2, "is not an amount");
    bob.run(&["wallet", "status", "--chain", "9"])
        .fails(1, "there is no chain 9");
    bob.run(&["faucet", "bob", "1", "--seed", "999"])
        .fails(1, "--seed");
    bob.run(&["faucet", "carol", "1"])
        .fails(2, "carol is neither an address nor a key");
    bob.key("carol");
    bob.run(&["wallet", "status"]).fails(
        2,
        "there are several keys, bob, carol: choose one with --key NAME",
    );
    let error = bob
        .run(&["wallet", "unstake", "10", "--key", "bob", "--json"])
        .fails(1, "no coins")
        .json();
    assert_eq!(error["error"]["kind"], "refused");
}

#[test]
fn a_dry_run_sends_nothing_and_tells_the_answer() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    bob.run(&["wallet", "create", "200"]).ok();
    let before = bob.json(&["wallet", "status"]);
    let dry = bob.json(&["wallet", "stake", "100", "--pool", "pool-1", "--dry-run"]);
    assert_eq!(dry["answer"]["outcome"], "locked", "{dry}");
    let ops: Vec<_> = dry["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["op"].as_str())
        .collect();
    for op in [
        "Stake",
        "ConfirmStake",
        "Lock",
        "UpdateStake",
        "Propose",
        "Vote",
        "Applied",
    ] {
        assert!(ops.contains(&op), "{op} is not in {ops:?}");
    }
    let after = bob.json(&["wallet", "status"]);
    assert_eq!(before["balance_nano"], after["balance_nano"]);
    assert_eq!(before["owner_balance_nano"], after["owner_balance_nano"]);

    let shown = bob
        .run(&["wallet", "stake", "100", "--pool", "pool-1", "--dry-run"])
        .ok();
    for words in [
        "nothing was sent",
        "pool pool-1",
        "D'Elector 0",
        "locked: 100 coins",
    ] {
        assert!(shown.stdout.contains(words), "{words}: {shown:?}");
    }
    bob.run(&["wallet", "stake", "1", "--pool", "pool-1", "--dry-run"])
        .fails(1, "takes no stake below 10 coins");
}

#[test]
fn an_interrupted_stake_is_made_once() {
    let devnet = Devnet::with_block_time("1500");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    bob.run(&["wallet", "create", "500"]).ok();
    let stake = ["wallet", "stake", "100", "--pool", "pool-1"];
    // it is killed once its request is recorded: sent, or about to be
    let requests = bob.requests();
    let mut child = bob.command(&stake).spawn().unwrap();
    let begin = Instant::now();
    while bob.requests() <= requests && begin.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let again = bob.run(&[&stake[..], &["--json"]].concat()).ok();
    assert!(
        again
            .stderr
            .contains("its answer was not shown; continuing"),
        "{again:?}"
    );
    assert_eq!(again.json()["continued"], true);
    assert_eq!(again.json()["outcome"], "locked");
    let status = bob.json(&["wallet", "status"]);
    assert_eq!(coins(&status["positions"][0]["staked_nano"]), 100);
    // the next one is a new stake
    let next = bob.json(&stake);
    assert_eq!(next["continued"], false);
    let status = bob.json(&["wallet", "status"]);
    assert_eq!(coins(&status["positions"][0]["staked_nano"]), 200);
}
