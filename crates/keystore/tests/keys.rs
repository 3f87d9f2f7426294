//! Keys are kept, found and opened again, and never lost to a mistake.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ddvs_keystore::{KeyError, KeyStore, Protection, Secret, Zeroizing};

fn password(text: &str) -> impl FnOnce() -> Result<Zeroizing<String>, KeyError> {
    let text = Zeroizing::new(text.to_owned());
    move || Ok(text)
}

fn unasked() -> Result<Zeroizing<String>, KeyError> {
    panic!("no password is needed")
}

/// Words of a published test, and the key that TON's wallets derive from them.
const WORDS: &str = "dose ice enrich trigger test dove century still betray gas diet dune use other base gym mad law immense village world example praise game";
const PUBLIC: &str = "c04ad1885c127fe863abb00752fa844e6439bb04f264d70de7cea580b32637ab";

#[test]
fn words_give_the_key_that_ton_wallets_give() {
    let secret = Secret::parse(WORDS).unwrap();
    assert_eq!(secret.public_hex(), PUBLIC);
    let spaced = format!("  {}\n", WORDS.to_uppercase().replace(' ', "  "));
    assert_eq!(Secret::parse(&spaced).unwrap().public_hex(), PUBLIC);
}

#[test]
fn a_new_key_has_24_words_that_bring_it_back() {
    let secret = Secret::generate().unwrap();
    let words = secret.words().unwrap();
    assert_eq!(words.split(' ').count(), 24);
    assert_eq!(Secret::parse(words).unwrap().public(), secret.public());
    assert_ne!(Secret::generate().unwrap().public(), secret.public());
}

#[test]
fn wrong_words_say_what_is_wrong() {
    let fails = |text: &str| Secret::parse(text).unwrap_err().to_string();
    assert!(fails("dose ice").contains("there are 2 of them"));
    let misspelt = WORDS.replace("enrich", "enrisch");
    assert!(fails(&misspelt).contains("word 3 is not in the list"));
    let swapped = WORDS.replace("dose ice", "ice dose");
    assert!(fails(&swapped).contains("check fails"));
    assert!(fails("nonsense").contains("64 hexadecimal digits"));
}

#[test]
fn a_nodes_key_can_be_brought_in() {
    let secret = Secret::from_seed([7; 32]);
    let public = secret.public_hex();
    let seed = "07".repeat(32);
    let json = format!("{{\"public\": \"{public}\", \"secret\": \"{seed}\"}}");
    assert_eq!(Secret::parse(&json).unwrap().public(), secret.public());
    assert_eq!(Secret::parse(&seed).unwrap().public(), secret.public());
    let wrong = json.replace(&public, PUBLIC);
    assert!(matches!(Secret::parse(&wrong), Err(KeyError::Mismatch(_))));
}

#[test]
fn an_encrypted_key_opens_with_its_password_only() {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path().join("keys"));
    let secret = Secret::generate().unwrap();
    let entry = store
        .create("alice", &secret, Protection::Password("open sesame"))
        .unwrap();
    assert!(entry.is_encrypted);
    assert_eq!(entry.public, secret.public());

    let text = fs::read_to_string(&entry.path).unwrap();
    assert!(text.contains("xchacha20-poly1305"));
    let first = secret.words().unwrap().split(' ').next().unwrap();
    assert!(!text.contains(first) && !text.contains(&hex(secret.seed())));
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&entry.path), 0o600);
    assert_eq!(mode(store.dir()), 0o700);

    let opened = store.unlock("alice", password("open sesame")).unwrap();
    assert_eq!(opened.words(), secret.words());
    let wrong = store.unlock("alice", password("open barley")).unwrap_err();
    assert!(matches!(wrong, KeyError::WrongPassword(name) if name == "alice"));
    let empty = store.create("bob", &secret, Protection::Password(""));
    assert!(matches!(empty, Err(KeyError::EmptyPassword)));
    assert!(!store.holds("bob").unwrap());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_sealed_key_is_bound_to_its_public_half() {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path());
    let secret = Secret::from_seed([1; 32]);
    let entry = store
        .create("alice", &secret, Protection::Password("open sesame"))
        .unwrap();
    let text = fs::read_to_string(&entry.path).unwrap();
    fs::write(&entry.path, text.replace(&hex(&entry.public), PUBLIC)).unwrap();
    let refused = store.unlock("alice", password("open sesame"));
    assert!(matches!(refused, Err(KeyError::WrongPassword(_))));
}

#[test]
fn a_key_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path());
    let secret = Secret::from_seed([1; 32]);
    store.create("alice", &secret, Protection::None).unwrap();
    let other = Secret::from_seed([2; 32]);
    let again = store.create("alice", &other, Protection::None);
    assert!(matches!(again, Err(KeyError::Exists { .. })));
    let kept = store.unlock("alice", unasked).unwrap();
    assert_eq!(kept.public(), secret.public());
    // no other file is left
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn an_open_key_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path());
    let secret = Secret::from_seed([1; 32]);
    let entry = store.create("alice", &secret, Protection::None).unwrap();
    fs::set_permissions(&entry.path, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = store.unlock("alice", unasked);
    assert!(matches!(refused, Err(KeyError::Exposed(_))));
}

#[test]
fn names_stay_inside_the_directory() {
    let store = KeyStore::new("nowhere");
    for name in ["", "../alice", "a/b", ".hidden", "a b", &"x".repeat(65)] {
        assert!(
            matches!(store.entry(name), Err(KeyError::Name(_))),
            "{name}"
        );
    }
    assert!(matches!(
        store.entry("alice"),
        Err(KeyError::Missing { .. })
    ));
    assert!(store.list().unwrap().is_empty());
}

#[test]
fn a_changed_file_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path());
    let entry = store
        .create("alice", &Secret::from_seed([1; 32]), Protection::None)
        .unwrap();
    let text = fs::read_to_string(&entry.path).unwrap();
    fs::write(&entry.path, text.replace(&hex(&entry.public), PUBLIC)).unwrap();
    let refused = store.unlock("alice", unasked);
    assert!(matches!(refused, Err(KeyError::Mismatch(_))));
    fs::write(&entry.path, "{}").unwrap();
    assert!(matches!(
        store.entry("alice"),
        Err(KeyError::Malformed { .. })
    ));
    assert!(store.list().unwrap().is_empty());
}

#[test]
fn a_deleted_key_is_gone_and_its_words_bring_it_back() {
    let home = tempfile::tempdir().unwrap();
    let store = KeyStore::new(home.path());
    let secret = Secret::parse(WORDS).unwrap();
    store.create("old", &secret, Protection::None).unwrap();
    store
        .create("other", &Secret::generate().unwrap(), Protection::None)
        .unwrap();
    store.delete("old").unwrap();
    assert!(!store.holds("old").unwrap());
    assert_eq!(store.list().unwrap().len(), 1);
    assert!(matches!(store.delete("old"), Err(KeyError::Missing { .. })));
    store.create("old", &secret, Protection::None).unwrap();
    assert_eq!(store.entry("old").unwrap().public, secret.public());
    // files that are not keys are not deleted here
    fs::write(home.path().join("notes.json"), "{}").unwrap();
    assert!(store.delete("notes").is_err());
    assert!(home.path().join("notes.json").exists());
    assert!(matches!(store.delete("../old"), Err(KeyError::Name(_))));
}
