//! Output at 80 columns, and output that stays readable without a terminal.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Devnet, Person};
use snapbox::cmd::cargo_bin;

#[test]
fn tables_fit_into_eighty_columns() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "5000", "0");
    bob.run(&["wallet", "create", "500"]).ok();
    bob.run(&["wallet", "stake", "123.456789", "--pool", "pool-1"])
        .ok();
    let show = |args: &[&str]| {
        let ran = bob.command(args).env("COLUMNS", "80").output().unwrap();
        assert!(ran.status.code() <= Some(1), "{ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    };
    let batch = bob.json(&["query", "batches"])["items"][0].clone();
    let at = &batch["proposed"];
    let (chain, block) = (at["chain"].to_string(), at["block"].to_string());
    let asked: [&[&str]; 9] = [
        &["query", "pools"],
        &["query", "chains"],
        &["query", "validators"],
        &["query", "validators", "--chain", "0"],
        &["query", "batches"],
        &["query", "block", &chain, &block],
        &["key", "show", "bob", "--accounts"],
        &["wallet", "status"],
        &["config", "diff", "--chain", "0", "--with-chain", "1"],
    ];
    for args in asked {
        let shown = show(args);
        for line in shown.lines() {
            // an address in full, with its name, has more than 80 signs by itself
            let is_field = !line.contains('│') && line.split_whitespace().count() <= 4;
            let width = line.chars().count();
            assert!(width <= 80 || is_field, "{args:?}: {width}\n{shown}");
        }
    }
    // they are tables as far as they can be
    for args in [
        &["query", "pools"][..],
        &["query", "chains"],
        &["query", "validators"],
    ] {
        assert!(show(args).contains('┌'), "{}", show(args));
    }
    // a hash that is needed for the next question is not cut
    let wide = bob.json(&["query", "block", &chain, &block]);
    let hash = wide["transactions_first"][0]["hash"].as_str().unwrap();
    assert!(show(&["query", "block", &chain, &block]).contains(hash));
    // only differences are shown, an item that one side lacks once
    let diff = show(&["config", "diff", "--chain", "0", "--with-chain", "1"]);
    let key = bob.json(&["query", "validators", "--chain", "0"])["members"][0]["key"].clone();
    let key = &key.as_str().unwrap()[..12];
    let label = format!("list.{key}: only the first has it");
    // in the set in force, and perhaps in the one before
    let count = diff.matches(&label).count();
    assert!((1..=2).contains(&count), "{diff}");
    assert!(!diff.contains("adnl_addr"), "{diff}");
    assert!(!diff.contains("200  "), "{diff}");
}

#[test]
fn off_a_terminal_each_line_of_progress_comes_once() {
    let devnet = Devnet::start();
    let val = Person::new(&devnet.url);
    val.key("val");
    let ran = val.run(&["faucet", "val", "200000"]).ok();
    let all = format!("{}{}", ran.stderr, ran.stdout);
    assert_eq!(all.matches("send 200,000 coins").count(), 1, "{all}");
    let ran = val.run(&["validator", "create", "--stake", "60000"]).ok();
    let mut lines: Vec<_> = ran.stderr.lines().chain(ran.stdout.lines()).collect();
    let count = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), count, "{ran:?}");
    assert!(ran.stderr.contains(": done"), "{ran:?}");
}

#[test]
fn a_stream_that_ends_says_so() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    let follow = |json: bool| {
        let args = ["query", "events", "--follow", "--json"];
        let mut child = bob
            .command(&args[..if json { 4 } else { 3 }])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(errors.read_line(&mut line).unwrap() > 0);
        }
        (child, errors)
    };
    let (mut plain, mut errors) = follow(false);
    let (mut program, _errors) = follow(true);
    drop(devnet);
    assert_eq!(plain.wait().unwrap().code(), Some(2));
    let mut said = String::new();
    errors.read_to_string(&mut said).unwrap();
    assert!(
        said.contains("ended") && said.contains("repeat the command"),
        "{said}"
    );
    assert_eq!(program.wait().unwrap().code(), Some(2));
    let mut told = String::new();
    program
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    let last: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(last["error"]["exit_code"], 2, "{told}");
}

#[test]
fn closed_output_pipe_ends_a_stream() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    let mut child = bob
        .command(&["query", "events", "--follow", "--limit", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    bob.rich("bob", "100", "0");
    bob.run(&["wallet", "create", "50"]).ok();
    lines.next().unwrap().unwrap();
    drop(lines);
    bob.run(&["wallet", "stake", "20", "--pool", "pool-1"]).ok();
    let end = Instant::now() + Duration::from_secs(20);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < end, "it goes on for nobody");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success(), "{status}");
}

#[test]
fn the_address_of_a_busy_devnet_stays_in_sight() {
    // `script` gives it a terminal
    let command = format!(
        "{} devnet --listen 127.0.0.1:0 --activity --block-time-ms 50 --run-for 8s",
        cargo_bin!("ddvs").display()
    );
    let ran = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{shown}");
    let address = shown
        .lines()
        .find_map(|line| line.trim().strip_prefix("dashboard"))
        .unwrap()
        .trim();
    let line = format!("{address}  Ctrl-C ends it");
    let first = shown.find(&line).expect("it is shown");
    // after the output of the simulated users, too; not of the last one, after which the process may have ended at once
    let output = shown[first..].find("INFO").expect("they do something");
    assert!(shown[first + output..].contains(&line), "{shown}");
}
