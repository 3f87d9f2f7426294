//! Several requests of one account, one after the other and at the same time: none is lost, and none is made twice.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::time::{Duration, Instant};

use common::{Devnet, Person, Ran, coins};

#[test]
fn request_sent_without_waiting_can_be_followed() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "100", "1");
    let sent = bob.json(&["wallet", "create", "5", "--chain", "1", "--no-wait"]);
    assert_eq!(sent["outcome"], "sent");
    let message = sent["message"].as_str().unwrap();
    settled(&bob, &sent["message"]);
    let shown = bob.run(&["query", "message", message]).ok();
    assert!(shown.stdout.contains("come to its end"), "{shown:?}");
}

#[test]
fn request_whose_seqno_was_taken_is_signed_again() {
    let devnet = Devnet::with_block_time("1000");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "100", "0");
    bob.run(&["wallet", "create", "50"]).ok();
    // the same key on another machine: both sign before the first one has run, so both have the same number
    let other = Person::new(&devnet.url);
    copy(&bob.path("keys"), &other.path("keys"));
    other.run(&["wallet", "withdraw", "1", "--no-wait"]).ok();
    let second = bob.json(&["wallet", "withdraw", "2"]);
    assert_eq!(second["outcome"], "paid", "{second}");
    let status = bob.json(&["wallet", "status"]);
    // 50 without the reserve and the two
    assert_eq!(coins(&status["free_nano"]), 46, "{status}");
}

/// Waits until a sent message has ended.
fn settled(person: &Person, message: &serde_json::Value) {
    let question = ["query", "message", message.as_str().unwrap(), "--json"];
    person.until(&question, |ran| {
        ran.code == 0 && ran.json()["tree"]["is_settled"] == true
    });
}

#[test]
fn all_that_is_sent_without_waiting_arrives() {
    let devnet = Devnet::with_block_time("1000");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    // each needs the one before: a wallet, its coins, a stake, and coins that are paid out
    let commands: [&[&str]; 5] = [
        &["wallet", "create", "50", "--no-wait"],
        &["wallet", "deposit", "100", "--no-wait"],
        &["wallet", "deposit", "200", "--no-wait"],
        &["wallet", "stake", "300", "--pool", "pool-1", "--no-wait"],
        &["wallet", "withdraw", "20", "--no-wait"],
    ];
    let sent = commands.map(|command| bob.json(command));
    for sent in &sent {
        assert_eq!(sent["outcome"], "sent", "{sent}");
        assert_eq!(sent["continued"], false);
    }
    for sent in &sent {
        settled(&bob, &sent["message"]);
    }
    let status = bob.json(&["wallet", "status"]);
    assert_eq!(
        coins(&status["positions"][0]["staked_nano"]),
        300,
        "{status}"
    );
    // 350 without 300, 20 and the reserve
    assert_eq!(coins(&status["free_nano"]), 29, "{status}");
}

#[test]
fn commands_at_the_same_time_take_their_turns() {
    let devnet = Devnet::with_block_time("500");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    bob.run(&["wallet", "create", "50"]).ok();
    let amounts = ["10", "11", "12", "13", "14", "15"];
    let children = amounts.map(|amount| {
        let mut command = bob.command(&["wallet", "deposit", amount, "--no-wait", "--json"]);
        command.stdout(std::process::Stdio::piped());
        command.spawn().unwrap()
    });
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let sent: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        settled(&bob, &sent["message"]);
    }
    let status = bob.json(&["wallet", "status"]);
    assert_eq!(coins(&status["balance_nano"]), 49 + 75, "{status}");
}

#[test]
fn equal_requests_are_one_until_the_answer_was_told() {
    let devnet = Devnet::with_block_time("1000");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    bob.run(&["wallet", "create", "50"]).ok();
    let deposit = ["wallet", "deposit", "10", "--no-wait"];
    let first = bob.json(&deposit);
    // immediately: the first one has not even run
    let second = bob.run(&deposit).ok();
    let said = |ran: &Ran| {
        ran.stdout.contains("nothing new was sent") || ran.stderr.contains("nothing new is sent")
    };
    assert!(said(&second), "{second:?}");
    settled(&bob, &first["message"]);
    // unless the second one has reported the answer already, the third one does
    if !second.stdout.contains("done") {
        let third = bob.run(&[&deposit[..], &["--json"]].concat()).ok();
        assert!(
            third.stderr.contains("repeat the command for another one"),
            "{third:?}"
        );
        assert_eq!(third.json()["outcome"], "done");
        assert_eq!(third.json()["message"], first["message"]);
    }
    let status = bob.json(&["wallet", "status"]);
    assert_eq!(coins(&status["balance_nano"]), 59, "{status}");
    // reported: the next one is another one
    let next = bob.json(&["wallet", "deposit", "10"]);
    assert_ne!(next["message"], first["message"]);
    let status = bob.json(&["wallet", "status"]);
    assert_eq!(coins(&status["balance_nano"]), 69, "{status}");
}

#[test]
fn command_that_waits_for_an_earlier_request_says_so() {
    let devnet = Devnet::with_block_time("1000");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    bob.run(&["wallet", "create", "50"]).ok();
    let first = bob.json(&["wallet", "deposit", "10", "--no-wait"]);
    let second = bob.run(&["wallet", "deposit", "10", "--json"]).ok();
    assert!(second.stderr.contains("nothing new is sent"), "{second:?}");
    assert_eq!(second.json()["message"], first["message"]);
    assert_eq!(second.json()["continued"], true);
    let status = bob.json(&["wallet", "status"]);
    assert_eq!(coins(&status["balance_nano"]), 59, "{status}");
}

#[test]
fn request_with_pruned_outcome_is_not_sent_again() {
    let devnet = Devnet::with(&["--block-time-ms", "50", "--keep", "100"]);
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "100", "0");
    bob.key("carl");
    let forgotten = |amount| {
        let sent = bob.json(&["send", "carl", amount, "--key", "bob", "--no-wait"]);
        settled(&bob, &sent["message"]);
        let chains = bob.json(&["query", "chains"]);
        let heads = chains["chains"].as_array().unwrap().iter();
        let head = heads.filter_map(|chain| chain["block"].as_u64()).max();
        let head = head.unwrap().to_string();
        bob.until(&["query", "block", "0", &head], |ran| ran.code != 0);
    };
    let balance = || bob.json(&["balance", "carl"])["balance_nano"].clone();
    forgotten("5");
    let before = balance();
    // it may have run, so a new one could send the coins twice
    let send = ["send", "carl", "5", "--key", "bob"];
    bob.run(&send)
        .fails(1, "the network does not keep that past any more");
    assert_eq!(balance(), before);
    // now that this was reported, another one is meant
    bob.run(&send).ok();
    assert!(coins(&balance()) >= 9, "{}", balance());
    // it does not delay other commands, and they say so
    forgotten("7");
    let next = bob.run(&["send", "carl", "1", "--key", "bob"]).ok();
    assert!(
        next.stderr.contains("of an earlier request is not known"),
        "{next:?}"
    );
    assert!(coins(&balance()) >= 17, "{}", balance());
}

#[test]
fn a_network_that_goes_away_leaves_words_on_how_to_go_on() {
    let devnet = Devnet::with_block_time("3000");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "100", "0");
    let first = bob.json(&["send", "bob", "1", "--to-chain", "1", "--no-wait"]);
    settled(&bob, &first["message"]);
    let mut command = bob.command(&["send", "bob", "2", "--to-chain", "1", "--timeout", "5"]);
    let child = command.stderr(std::process::Stdio::piped());
    let child = child.stdout(std::process::Stdio::null()).spawn().unwrap();
    // it is noted before it is sent
    let begin = Instant::now();
    while bob.requests() < 2 {
        assert!(begin.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(devnet);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(2 | 3)), "{said}");
    assert!(
        said.contains("the same command again continues it"),
        "{said}"
    );
    assert_eq!(bob.requests(), 2);
}

#[test]
fn dropped_request_is_reported_with_its_reason() {
    let devnet = Devnet::with_block_time("1500");
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "1000", "0");
    bob.run(&["wallet", "create", "50"]).ok();
    // the same key on another machine
    let other = Person::new(&devnet.url);
    copy(&bob.path("keys"), &other.path("keys"));
    let mut dropped = None;
    for amount in ["10", "11", "12"] {
        let here = bob.json(&["wallet", "deposit", amount, "--no-wait"]);
        let there = other.run(&["wallet", "withdraw", "1", "--no-wait", "--json"]);
        if there.code != 0 {
            continue;
        }
        for (person, sent) in [(&bob, &here), (&other, &there.json())] {
            let message = sent["message"].as_str().unwrap();
            settled(person, &sent["message"]);
            let shown = person.run(&["query", "message", message]).ok();
            if shown.stdout.contains("dropped") {
                assert!(shown.stdout.contains("took its number"), "{shown:?}");
                dropped = Some(person);
            }
        }
        if dropped.is_some() {
            break;
        }
    }
    let Some(person) = dropped else {
        panic!("none of the requests lost its number");
    };
    // and the user's next command says so too
    let next = person.run(&["wallet", "deposit", "1"]).ok();
    assert!(
        next.stderr.contains("an earlier request was dropped")
            && next.stderr.contains("took its number"),
        "{next:?}"
    );
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}
