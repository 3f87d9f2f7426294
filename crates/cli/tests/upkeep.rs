//! Large changes of a stake that others help to complete, and coins that one pool holds back from a wallet that
//! leaves.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::time::Duration;

use common::{Devnet, Person, Ran, coins};

#[test]
fn anybody_can_have_a_pools_stake_counted() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "500001", "0");
    bob.run(&["wallet", "create", "500000"]).ok();
    // bob's balance pays for fewer batches than this takes
    let staked = bob.json(&["wallet", "stake", "495000", "--pool", "pool-1"]);
    let about = staked["about"].as_str().unwrap();
    assert!(about.contains("batches"), "{about}");
    let pool = || bob.json(&["query", "pool", "pool-1"]);
    bob.until(&["query", "pool", "pool-1", "--json"], |ran| {
        let pool = ran.json();
        pool["in_flight"] == false && coins(&pool["counted_nano"]) > 110_000
    });
    let part = pool();
    let counted = || {
        let pool = pool();
        (pool["counted_nano"].clone(), pool["stake_nano"].clone())
    };
    let (counts, has) = counted();
    assert!(coins(&counts) < coins(&has), "{part}");
    let words = part["words"].as_str().unwrap();
    assert!(
        words.contains("anyone may, with `ddvs wallet sync"),
        "{words}"
    );
    bob.run(&["wallet", "sync", "--pool", "pool-1"])
        .fails(1, "are needed");

    // a user without a stake there
    let carl = Person::new(&devnet.url);
    carl.rich("carl", "10", "0");
    let before = coins(&carl.json(&["balance"])["balance_nano"]);
    let dry = carl.json(&["wallet", "sync", "--pool", "pool-1", "--dry-run"]);
    assert_eq!(dry["answer"]["outcome"], "done", "{dry}");
    assert_eq!(counted(), (counts, has.clone()));
    let synced = carl.json(&["wallet", "sync", "--pool", "pool-1"]);
    assert_eq!(synced["outcome"], "synced", "{synced}");
    assert_eq!(synced["is_whole"], true, "{synced}");
    assert_eq!(synced["counted_nano"], has);
    assert_eq!(counted(), (has.clone(), has));
    let paid = before - coins(&carl.json(&["balance"])["balance_nano"]);
    assert!(paid <= 2, "{paid}");
    // by name or by the only pool with coins of the wallet: there is nothing left to request
    let again = carl.json(&["wallet", "sync", "--pool", "pool-1"]);
    assert_eq!(again["outcome"], "nothing_to_do", "{again}");
    let own = bob.json(&["wallet", "sync"]);
    assert_eq!(own["outcome"], "nothing_to_do", "{own}");
}

#[test]
fn a_large_top_up_is_followed_until_all_of_it_counts() {
    let devnet = Devnet::start();
    let val = Person::new(&devnet.url);
    val.rich("val", "2000000", "0");
    val.run(&["validator", "create", "--stake", "20000"]).ok();
    let topped = val.json(&["validator", "top-up", "900000"]);
    // a third of the total fits into a batch
    assert_eq!(coins(&topped["counted_nano"]), 920_000, "{topped}");
    assert_eq!(coins(&topped["added_nano"]), 900_000);
    assert_eq!(topped["rest"], serde_json::Value::Null);
    assert_eq!(topped["weight"], 920_000);
    // a request sent without waiting has the same result, whoever waits for it then
    let more = ["validator", "top-up", "500000"];
    val.run(&[&more[..], &["--no-wait"]].concat()).ok();
    let waited = val.run(&[&more[..], &["--json"]].concat()).ok();
    assert!(waited.stderr.contains("nothing new is sent"), "{waited:?}");
    assert_eq!(coins(&waited.json()["counted_nano"]), 1_420_000);
}

#[test]
fn coins_held_by_one_pool_do_not_delay_those_of_another() {
    let devnet = Devnet::start();
    let [val, bob] = ["val", "bob"].map(|name| {
        let person = Person::new(&devnet.url);
        person.rich(name, "100000", "0");
        person
    });
    let made = val.json(&["validator", "create", "--stake", "20000"]);
    let own = made["pool"].as_str().unwrap();
    val.run(&["wallet", "deposit", "500"]).ok();
    val.run(&["wallet", "stake", "100", "--pool", "pool-1"])
        .ok();
    bob.run(&["wallet", "create", "500"]).ok();
    bob.run(&["wallet", "stake", "70", "--pool", own]).ok();
    let unstake = |who: &Person, amount, pool| {
        let command = ["wallet", "unstake", amount, "--pool", pool];
        who.until(&command, |ran| ran.code == 0);
    };
    let settles = |pool, is_it: fn(&Ran) -> bool| {
        let command = ["wallet", "settle", "--pool", pool, "--dry-run"];
        val.until(&command, is_it);
    };
    unstake(&val, "ALL", "pool-1");
    settles("pool-1", |ran| ran.code == 0);
    // the owner's coins wait for the users': bob's begin to unlock some seconds later, so both stay as long as those
    unstake(&val, "50", own);
    std::thread::sleep(Duration::from_secs(4));
    unstake(&bob, "ALL", own);
    settles(own, |ran| ran.stderr.contains("50 coins counted lately"));
    let left = val.run(&["wallet", "exit", "--json"]).ok();
    assert!(left.stderr.contains("50 coins counted lately"), "{left:?}");
    let left = left.json();
    let settled = left["settled"].as_array().unwrap();
    assert_eq!(settled.len(), 1, "{left}");
    assert_eq!(coins(&settled[0]["released_nano"]), 100);
    assert_eq!(coins(&left["held_nano"]), 20_000);
    // all coins that were free before, too
    assert!(coins(&left["amount_nano"]) >= 499, "{left}");
    // then the other one releases as well
    let last = val.until(&["wallet", "exit", "--json"], |ran| ran.code == 0);
    assert_eq!(coins(&last.json()["held_nano"]), 19_950, "{last:?}");
}

#[test]
fn a_top_up_that_is_interrupted_after_its_answer_is_not_made_twice() {
    let devnet = Devnet::with_block_time("1500");
    let val = Person::new(&devnet.url);
    val.rich("val", "200000", "0");
    val.run(&["validator", "create", "--stake", "20000"]).ok();
    let command = ["validator", "top-up", "1000"];
    let mut child = val.command(&command).spawn().unwrap();
    // the stake is locked, and the command waits until the chains count it
    val.until(&["wallet", "status", "--json"], |ran| {
        let position = &ran.json()["positions"][0];
        coins(&position["staked_nano"]) == 21_000
    });
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(child.try_wait().unwrap(), None, "it has ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    let staked = |ran: Ran| coins(&ran.json()["owner_active_nano"]);
    let json = [&command[..], &["--json"]].concat();
    let again = val.run(&json).ok();
    assert!(
        again
            .stderr
            .contains("its answer was not shown; continuing"),
        "{again:?}"
    );
    assert_eq!(staked(again), 21_000);
    // reported: the next one is another one
    assert_eq!(staked(val.run(&json).ok()), 22_000);
}
