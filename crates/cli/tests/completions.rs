//! Shell completion: commands, names of keys and of pools.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::os::unix::fs::symlink;
use std::process::Command;

use common::{Devnet, Person};
use snapbox::cmd::cargo_bin;

#[test]
fn every_shell_gets_a_script_that_asks_the_program() {
    let person = Person::new("http://127.0.0.1:9");
    for (shell, words) in [
        ("bash", "complete -o"),
        ("zsh", "#compdef ddvs"),
        ("fish", "complete --keep-order --exclusive --command ddvs"),
        ("elvish", "edit:completion"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = person.run(&["completions", shell]).ok().stdout;
        assert!(script.contains(words), "{shell}: {script}");
        assert!(script.contains("DDVS_COMPLETE"), "{shell}");
    }
    person
        .run(&["completions", "cmd"])
        .fails(2, "possible values");
}

/// Completions of bash for the last of some words.
fn offered(person: &Person, words: &[&str]) -> Vec<String> {
    let bin = tempfile::tempdir().unwrap();
    symlink(cargo_bin!("ddvs"), bin.path().join("ddvs")).unwrap();
    let path = std::env::var("PATH").unwrap();
    // as readline calls a completion function: the command, the word, the word before
    let script = r#"
        source <(ddvs completions bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9
        eval "set -- $(complete -p ddvs)"
        while [ "$1" != -F ]; do shift; done
        "$2" ddvs "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let ran = Command::new("bash")
        .args(["--norc", "-c", script, "bash", "ddvs"])
        .args(words)
        .env("PATH", format!("{}:{path}", bin.path().display()))
        .env("DDVS_HOME", person.home())
        .env_remove("DDVS_RPC")
        .env_remove("DDVS_KEY")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let text = String::from_utf8(ran.stdout).unwrap();
    text.lines()
        .map(str::to_owned)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn keys_and_pools_are_offered_by_name() {
    let devnet = Devnet::start();
    let person = Person::new(&devnet.url);
    for name in ["alice", "albert", "bob"] {
        person.run(&["key", "new", name, "--unencrypted"]).ok();
    }
    let words = offered(&person, &["wal"]);
    assert_eq!(words, ["wallet"]);
    assert_eq!(
        offered(&person, &["wallet", "status", "--key", ""]),
        ["albert", "alice", "bob"]
    );
    assert_eq!(
        offered(&person, &["wallet", "status", "--key", "ali"]),
        ["alice"]
    );
    assert_eq!(offered(&person, &["key", "show", "b"]), ["bob"]);
    assert_eq!(offered(&person, &["faucet", "al"]), ["albert", "alice"]);
    assert_eq!(offered(&person, &["send", "al"]), ["albert", "alice"]);
    assert_eq!(offered(&person, &["balance", "b"]), ["bob"]);

    // before this machine has given names to them, pools are their addresses
    let ask = |words: &[&str]| {
        offered(
            &person,
            &[words, &["--rpc", &devnet.url, "--pool", ""]].concat(),
        )
    };
    let addresses = ask(&["wallet", "stake", "100"]);
    assert_eq!(addresses.len(), 8, "{addresses:?}");
    assert!(
        addresses.iter().all(|address| address.len() == 66),
        "{addresses:?}"
    );
    person.run(&["query", "pools"]).ok();
    let mut names = ask(&["wallet", "unstake", "100"]);
    names.sort();
    let expected: Vec<_> = (1..=8).map(|number| format!("pool-{number}")).collect();
    assert_eq!(names, expected);
    assert_eq!(
        offered(&person, &["query", "pool", "--rpc", &devnet.url, "pool-3"]),
        ["pool-3"]
    );
    // as bash splits a URL
    let (scheme, rest) = devnet.url.split_once(':').unwrap();
    let (host, port) = rest.split_once(':').unwrap();
    let apart = [
        "query", "pool", "--rpc", scheme, ":", host, ":", port, "pool-8",
    ];
    assert_eq!(offered(&person, &apart), ["pool-8"]);
    // and an address: the part after its colon is replaced
    let stranger = Person::new(&devnet.url);
    let (chain, digits) = addresses[0].split_once(':').unwrap();
    let apart = [&apart[..apart.len() - 1], &[chain, ":", &digits[..6]]].concat();
    assert_eq!(offered(&stranger, &apart), [digits]);

    // an unavailable network does not delay a key press, nor remove the names
    drop(devnet);
    let names = offered(
        &person,
        &["query", "pool", "--rpc", "http://127.0.0.1:9", "pool-"],
    );
    assert_eq!(names.len(), 8, "{names:?}");
}
