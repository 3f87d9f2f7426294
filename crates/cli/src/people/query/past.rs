//! Blocks, transactions, messages, from a devnet or a gateway.

use anyhow::Result;
use ddvs_client::{FollowLimits, NodeStatus, follow};
use ddvs_people::RejectReason;
use ddvs_types::coins;
use serde_json::{Value, json};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::open;
use crate::args::{QueryBlockArgs, QueryHashArgs};
use crate::people::output::{fields, short, table, the_chain};
use crate::people::session::Session;
use crate::people::time;
use ddvs_terminal::Stop;

/// Returns a text field.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Formats an amount in nano as coins.
pub fn amount(value: &Value) -> String {
    let nano = value.as_str().and_then(|nano| nano.parse().ok());
    nano.map_or("-".to_owned(), coins)
}

/// Formats a code of the contracts.
pub fn word(value: &Value) -> String {
    match value["name"].as_str() {
        Some(name) => name.to_owned(),
        None => text(&value["code"]),
    }
}

/// Formats a time in ms.
pub fn at(place: &Value) -> String {
    let seconds = place["time_ms"].as_u64().unwrap_or(0) / 1_000;
    time::date(seconds.try_into().unwrap_or(u32::MAX))
}

impl Session {
    /// Formats an account shortly, by its name if it has one.
    pub fn account(&self, value: &Value) -> String {
        match value.as_str().and_then(|text| text.parse::<StdAddr>().ok()) {
            Some(address) => match self.book.name(&address) {
                Some(name) => name.to_owned(),
                None => short(&address),
            },
            None => "-".to_owned(),
        }
    }
}

/// Reads a hash.
fn hash(text: &str) -> Result<HashBytes> {
    text.parse()
        .map_err(|_| anyhow::anyhow!("{text:?} is not a hash: it has 64 hexadecimal digits"))
}

/// Prints a block with its transactions. Returns whether it was answered.
pub fn block(args: &QueryBlockArgs) -> Result<bool> {
    let session = open(&args.ask)?;
    session.context().check_chain(args.chain)?;
    let api = session.net.past()?;
    let chain = args.chain;
    let number = match args.number {
        Some(number) => number.into(),
        None => {
            let found = api.get(&format!("/api/v1/chains/{chain}"))?;
            let number = found["head"]["block"].as_u64();
            number.ok_or_else(|| Stop::Refused(format!("{} has no block yet", the_chain(chain))))?
        }
    };
    let path = format!("/api/v1/chains/{chain}/blocks/{number}");
    let Some(mut block) = api.maybe(&path)? else {
        let words = format!("{} has no block {number}", the_chain(chain));
        return Err(Stop::Refused(words).into());
    };
    let page = api.get(&format!("{path}/transactions?limit=100"))?;
    block["transactions_first"] = page["items"].clone();
    session.output.print(&block, || {
        let head = fields(&[
            ("block", format!("{number} of {}", the_chain(chain))),
            ("time", at(&block)),
            ("hash", text(&block["hash"])),
            ("validator set", text(&block["set_hash"])),
            ("gas", text(&block["gas_used"])),
            ("fees", format!("{} coins", amount(&block["fees_nano"]))),
            ("transactions", text(&block["transactions"])),
        ]);
        let items = page["items"].as_array().cloned().unwrap_or_default();
        match items.is_empty() {
            true => head,
            false => format!("{head}\n{}", transactions(&session, &items)),
        }
    })?;
    Ok(true)
}

fn transactions(session: &Session, items: &[Value]) -> String {
    let mut rows = table(
        &["account", "message", "exit", "gas", "fees", "transaction"],
        &[3, 4],
    )
    .whole(5);
    for item in items {
        rows.add_row(vec![
            session.account(&item["account"]),
            word(&item["op"]),
            word(&item["exit_code"]),
            text(&item["gas_used"]),
            amount(&item["fees_nano"]),
            text(&item["hash"]),
        ]);
    }
    rows.to_string()
}

/// Prints a transaction. Returns whether it was answered.
pub fn transaction(args: &QueryHashArgs) -> Result<bool> {
    hash(&args.hash)?;
    let session = open(&args.ask)?;
    let api = session.net.past()?;
    let path = format!("/api/v1/transactions/{}", args.hash);
    let Some(found) = api.maybe(&path)? else {
        return Err(Stop::Refused(format!(
            "there is no transaction {}: for the hash of a message use `ddvs query message`",
            args.hash
        ))
        .into());
    };
    session.output.print(&found, || {
        // some servers wrap the transaction into an object with more details
        let inner = match found["transaction"].is_object() {
            true => &found["transaction"],
            false => &found,
        };
        fields(&[
            ("transaction", text(&inner["hash"])),
            ("account", text(&inner["account"])),
            (
                "block",
                format!(
                    "{} of chain {}",
                    text(&inner["at"]["block"]),
                    text(&inner["at"]["chain"])
                ),
            ),
            ("time", at(&inner["at"])),
            ("message", text(&inner["in_message"])),
            ("  what it is", word(&inner["op"])),
            ("exit code", word(&inner["exit_code"])),
            ("gas", text(&inner["gas_used"])),
            ("fees", format!("{} coins", amount(&inner["fees_nano"]))),
            (
                "balance after",
                format!("{} coins", amount(&inner["balance_nano"])),
            ),
            (
                "sends",
                format!(
                    "{} messages",
                    inner["out_messages"].as_array().map_or(0, Vec::len)
                ),
            ),
        ])
    })?;
    Ok(true)
}

/// Prints a message with everything that it caused. Returns whether it was answered.
pub fn message(args: &QueryHashArgs) -> Result<bool> {
    let wanted = hash(&args.hash)?;
    let mut session = open(&args.ask)?;
    let Some(api) = &session.net.api else {
        return on_nodes(&mut session, wanted);
    };
    let unknown = || {
        let words = format!(
            "there is no message {} here: it may not have arrived yet",
            args.hash
        );
        anyhow::Error::from(Stop::Refused(words))
    };
    let path = format!("/api/v1/messages/{}", args.hash);
    let mut found = api.maybe(&path)?.ok_or_else(unknown)?;
    let tree = api.maybe(&format!("{path}/tree"))?.unwrap_or_default();
    if found["now"]["status"] == "unknown" && found["message"].is_null() {
        return Err(unknown());
    }
    found["tree"] = tree.clone();
    session.output.print(&found, || {
        let mut rows = table(&["message", "to", "coins", "now", "exit"], &[2]);
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        let mut depths: Vec<usize> = Vec::new();
        for node in &nodes {
            let parent = node["parent"]
                .as_u64()
                .and_then(|index| usize::try_from(index).ok());
            let depth = parent
                .and_then(|index| depths.get(index))
                .map_or(0, |depth| depth + 1);
            depths.push(depth);
            let head = &node["message"];
            let name = match head["op"].is_null() {
                true => "(message)".to_owned(),
                false => word(&head["op"]),
            };
            rows.add_row(vec![
                format!("{:indent$}{name}", "", indent = depth.min(20) * 2),
                session.account(match head["destination"].is_null() {
                    true => &node["caused"]["account"],
                    false => &head["destination"],
                }),
                amount(&head["value_nano"]),
                text(&node["now"]["status"]),
                match node["caused"]["exit_code"].is_null() {
                    true => "-".to_owned(),
                    false => word(&node["caused"]["exit_code"]),
                },
            ]);
        }
        let state = match tree["is_settled"].as_bool() {
            Some(true) => "all that it caused has come to its end",
            _ => "not all that it caused has come to its end",
        };
        let why = match found["now"]["status"].as_str() {
            Some("dropped") => {
                let code = found["now"]["exit_code"]["code"].as_i64();
                dropped(code.and_then(|code| code.try_into().ok()))
            }
            _ => String::new(),
        };
        format!("message {}\n{rows}\n{state}{why}", args.hash)
    })?;
    Ok(true)
}

/// Describes why an external message was not accepted.
fn dropped(exit_code: Option<i32>) -> String {
    let (meaning, advice) = RejectReason::NotSent(exit_code).words();
    format!("\n{meaning} {advice}")
}

/// Nodes report the outcomes of messages one by one.
fn on_nodes(session: &mut Session, wanted: HashBytes) -> Result<bool> {
    let tree = follow(&mut session.net.backend, wanted, FollowLimits::NO_WAIT)?;
    if matches!(tree.root().status, NodeStatus::Unknown) {
        return Err(Stop::Refused(format!(
            "the nodes know no transaction of the message {wanted}: it may not have arrived yet"
        ))
        .into());
    }
    let nodes: Vec<_> = tree
        .nodes
        .iter()
        .map(|node| {
            json!({
                "hash": node.hash.to_string(),
                "destination": node.destination.as_ref().map(ToString::to_string),
                "is_final": node.status.is_final(),
                "exit_code": node.exit_code(),
                "parent": node.parent,
            })
        })
        .collect();
    let object = json!({ "nodes": nodes, "is_settled": tree.is_settled() });
    session.output.print(&object, || {
        let why = match &tree.root().status {
            NodeStatus::Dropped(found) => dropped(found.exit_code),
            _ => String::new(),
        };
        format!("{}{why}", tree.to_string().trim_end())
    })?;
    Ok(true)
}
