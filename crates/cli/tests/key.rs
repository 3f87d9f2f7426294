//! `ddvs key`, for which no network is needed.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use common::{Devnet, Person, text};

const NOWHERE: &str = "http://127.0.0.1:9";
const WORDS: &str = "dose ice enrich trigger test dove century still betray gas diet dune use other base gym mad law immense village world example praise game";
const PUBLIC: &str = "c04ad1885c127fe863abb00752fa844e6439bb04f264d70de7cea580b32637ab";

#[test]
fn an_encrypted_key_needs_its_password() {
    let alice = Person::new(NOWHERE);
    let right = alice.write("right", "open sesame\n");
    let wrong = alice.write("wrong", "open barley\n");
    let made = alice.json(&["key", "new", "alice", "--password-file", text(&right)]);
    assert_eq!(made["is_encrypted"], true);
    let words = made["words"].as_str().unwrap();
    assert_eq!(words.split(' ').count(), 24);
    let file = made["file"].as_str().unwrap();
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!std::fs::read_to_string(file).unwrap().contains(words));

    let shown = ["key", "show", "alice", "--secret", "--password-file"];
    let with = |path| [&shown[..], &[path]].concat();
    assert_eq!(alice.json(&with(text(&right)))["words"], words);
    alice
        .run(&with(text(&wrong)))
        .fails(2, "the password does not decrypt the key alice");
    // nobody is there to be asked
    alice
        .run(&["key", "show", "alice", "--secret"])
        .fails(2, "give --password-file, or set DDVS_PASSWORD_FILE");
    let ran = alice
        .command(&["key", "show", "alice", "--secret", "--json"])
        .env("DDVS_PASSWORD_FILE", &right)
        .output()
        .unwrap();
    assert!(ran.status.success());
    // its public half is open
    assert_eq!(
        alice.json(&["key", "show", "alice"])["public"],
        made["public"]
    );
}

#[test]
fn a_damaged_key_is_told_and_no_other_one_taken_in_its_place() {
    let devnet = Devnet::start();
    let alice = Person::new(&devnet.url);
    alice.key("alice");
    alice.key("bob");
    let file = alice.path("keys").join("bob.json");
    std::fs::write(&file, "garbage").unwrap();
    let listed = alice.json(&["key", "list"]);
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1, "{listed}");
    let damaged = listed["damaged"][0].as_str().unwrap();
    assert!(damaged.contains("bob.json"), "{damaged}");
    let shown = alice.run(&["key", "list"]).ok();
    assert!(shown.stdout.contains("no key: "), "{shown:?}");
    alice
        .run(&["wallet", "status"])
        .fails(2, "a key cannot be read");
    alice.run(&["wallet", "status", "--key", "alice"]).ok();
}

#[test]
fn no_key_is_made_without_a_decision_about_its_password() {
    let alice = Person::new(NOWHERE);
    alice
        .run(&["key", "new", "alice"])
        .fails(2, "--unencrypted");
    let empty = alice.write("empty", "\n");
    alice
        .run(&["key", "new", "alice", "--password-file", text(&empty)])
        .fails(2, "the password is empty");
    assert_eq!(
        alice.json(&["key", "show"])["keys"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn a_key_is_never_overwritten() {
    let alice = Person::new(NOWHERE);
    alice.key("alice");
    let before = alice.json(&["key", "show", "alice", "--secret"]);
    alice
        .run(&["key", "new", "alice", "--unencrypted"])
        .fails(2, "there is a key alice already");
    let error = alice
        .run(&["key", "new", "alice", "--unencrypted", "--json"])
        .fails(2, "there is a key alice already")
        .json();
    assert_eq!(error["error"]["kind"], "error");
    assert_eq!(error["error"]["exit_code"], 2);
    assert_eq!(alice.json(&["key", "show", "alice", "--secret"]), before);
    alice
        .run(&["key", "new", "../alice", "--unencrypted"])
        .fails(2, "is not a valid key name");
}

#[test]
fn words_and_nodes_keys_can_be_imported() {
    let alice = Person::new(NOWHERE);
    let file = alice.write("words", WORDS);
    let import = [
        "key",
        "import",
        "old",
        "--unencrypted",
        "--file",
        text(&file),
    ];
    assert_eq!(alice.json(&import)["public"], PUBLIC);
    // from stdin
    let mut child = alice
        .command(&["key", "import", "piped", "--unencrypted"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(WORDS.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(alice.json(&["key", "show", "piped"])["public"], PUBLIC);

    let broken = alice.write("broken", &WORDS.replace("dose", "dosis"));
    alice
        .run(&[
            "key",
            "import",
            "broken",
            "--unencrypted",
            "--file",
            text(&broken),
        ])
        .fails(2, "word 1 is not in the list");
    let listed = alice.json(&["key", "show"]);
    let names: Vec<_> = listed["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["name"])
        .collect();
    assert_eq!(names, ["old", "piped"]);
}

#[test]
fn missing_key_or_network_is_reported_with_the_next_step() {
    let alice = Person::new(NOWHERE);
    alice
        .run(&["key", "show", "alice"])
        .fails(2, "make one with `ddvs key new alice`");
    let listed = alice.run(&["key", "show"]).ok();
    assert!(listed.stdout.contains("no keys yet"), "{listed:?}");
    alice.key("alice");
    // no network
    let ran = alice
        .run(&["wallet", "status"])
        .fails(2, "start a network with `ddvs devnet`");
    assert!(
        ran.stderr.contains("nothing answers at http://127.0.0.1:9"),
        "{ran:?}"
    );
    alice
        .run(&["wallet", "status", "--rpc", "ftp://example.org"])
        .fails(2, "is not an http:// or https:// address");

    let nowhere = alice.path("net");
    alice
        .run(&["query", "chains", "--network", text(&nowhere)])
        .fails(2, "ddvs tycho init");
}
