//! Op codes are the same in the schema, in Tolk and in Rust, and equal those computed from the schema.

use crate::common;

use std::collections::BTreeMap;

use ddvs_contracts::messages::{self, Party, op_name};

/// Statements of the schema, each on one line, without comments.
fn statements() -> Vec<String> {
    let text: String = common::read("contracts/schema.tlb")
        .lines()
        .map(|line| line.split("//").next().unwrap().trim())
        .collect::<Vec<_>>()
        .join(" ");
    text.split(';')
        .map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|s| !s.is_empty())
        .collect()
}

fn camel(snake: &str) -> String {
    snake
        .split('_')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

/// Op codes by name, as the schema has them.
fn schema_ops() -> BTreeMap<String, u32> {
    let mut ops = BTreeMap::new();
    for statement in statements() {
        let name = statement.split([' ', '#', '$']).next().unwrap();
        let crc = crc32fast::hash(statement.as_bytes());
        let op = if statement.ends_with("= Request") {
            crc & 0x7fff_ffff
        } else if statement.ends_with("= Answer") {
            crc | 0x8000_0000
        } else if statement.ends_with("= Excesses") {
            0xd532_76db // shared with other projects: explorers know it
        } else {
            continue;
        };
        assert!(
            ops.insert(camel(name), op).is_none(),
            "{name} is there twice"
        );
    }
    ops
}

/// Op codes by name, as Tolk has them.
fn tolk_ops() -> BTreeMap<String, u32> {
    common::read("contracts/shared/messages.tolk")
        .lines()
        .filter_map(|line| line.strip_prefix("struct (0x"))
        .map(|rest| {
            let (op, rest) = rest.split_once(") ").unwrap();
            let name = rest.split([' ', '{']).next().unwrap();
            (name.to_owned(), u32::from_str_radix(op, 16).unwrap())
        })
        .collect()
}

#[test]
fn schema_tolk_and_rust_have_the_same_ops() {
    let rust: BTreeMap<_, _> = messages::all()
        .map(|info| (info.name.to_owned(), info.op))
        .collect();
    let schema = schema_ops();
    assert_eq!(schema, tolk_ops());
    assert_eq!(schema, rust);
}

#[test]
fn no_two_messages_have_the_same_op() {
    for info in messages::all() {
        assert_eq!(op_name(info.op), Some(info.name));
    }
}

/// Only answers may arrive at a contract that requested nothing in the same message.
#[test]
fn answers_go_to_their_requester_and_event_names_are_unique() {
    let mut names = std::collections::BTreeSet::new();
    for info in messages::all() {
        let goes_back = matches!(
            (info.sender, info.receiver),
            (Party::Root, Party::Wallet) | (Party::DElector, Party::Root) | (_, Party::Payer)
        );
        // a slash answers nobody
        assert_eq!(
            info.is_answer(),
            goes_back && info.name != "Slash",
            "{}",
            info.name
        );
        if let Some(event) = info.event {
            assert!(names.insert(event.name), "{} is there twice", event.name);
        }
    }
}

/// The messages that users send, for clients in other languages.
fn json() -> String {
    let rows: Vec<_> = messages::all()
        .map(|info| {
            let fields: Vec<_> = info.fields.iter().map(|(name, ty)| [*name, *ty]).collect();
            format!(
                "  {:?}: {}",
                info.name,
                serde_json::json!({
                    "op": info.op,
                    "sender": info.sender.name(),
                    "receiver": info.receiver.name(),
                    "event": info.event.map(|event| event.name),
                    "fields": fields,
                })
            )
        })
        .collect();
    format!("{{\n{}\n}}\n", rows.join(",\n"))
}

/// `UPDATE_SNAPSHOTS=1` writes it.
#[test]
fn the_client_in_typescript_has_the_same_messages() {
    const FILE: &str = "clients/ts/src/messages.json";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(common::repo(FILE), json()).unwrap();
    }
    assert_eq!(common::read(FILE), json());
}
