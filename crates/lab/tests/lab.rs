//! The command line as its users see it.

use serde_json::Value;
use snapbox::cmd::{Command, cargo_bin};
use snapbox::file;

fn lab(args: &[&str]) -> Command {
    Command::new(cargo_bin!("ddvs-lab"))
        .args(args)
        .env("COLUMNS", "100")
}

#[test]
fn help() {
    lab(&["--help"])
        .assert()
        .success()
        .stdout_eq(file!["snapshots/help.txt"]);
}

#[test]
fn gas_rows_are_one_array() {
    let output = lab(&["gas", "--json", "--many-stakers", "100"])
        .output()
        .expect("ddvs-lab runs");
    assert!(output.status.success());
    let rows: Vec<Value> =
        serde_json::from_slice(&output.stdout).expect("an array and nothing else");
    let gas = |validators: u64| {
        let row = rows
            .iter()
            .find(|row| row["operation"] == "stake-change" && row["validators"] == validators);
        row.and_then(|row| row["gas"].as_u64())
            .expect("a row stake-change")
    };
    assert!(
        gas(10_000) <= 2 * gas(10),
        "a stake change at most doubles from 10 to 10,000 validators"
    );
    assert!(
        gas(400) < 32_000_000 / 200,
        "an election of 400 costs 32 million"
    );
}

#[test]
fn wrong_arguments_are_reported_as_a_json_object() {
    let output = lab(&["gas", "--json", "--many-stakers", "1"])
        .output()
        .expect("ddvs-lab runs");
    assert_eq!(output.status.code(), Some(2));
    let object: Value = serde_json::from_slice(&output.stdout).expect("one object");
    let error = &object["error"];
    assert_eq!(error["kind"], "usage");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("11..=200000"), "{message}");
}

#[test]
fn a_drill_needs_a_network() {
    let output = lab(&["switching", "--dir", "/nonexistent/net"])
        .output()
        .expect("ddvs-lab runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        words.starts_with("error: drilling changes of the set: "),
        "{words}"
    );
}
