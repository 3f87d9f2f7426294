//! Decoding config parameters, and comparing two configs.

use std::collections::BTreeMap;

use ddvs_contracts::params::{AcceptedRoots, DdvsParams, PARAM_DDVS, PARAM_ROOT_CODES};
use serde_json::{Map, Value, json};
use tycho_types::boc::Boc;
use tycho_types::cell::Cell;
use tycho_types::models::BlockchainConfigParams;

use crate::PeopleError;

/// Returns a short description of a parameter.
pub fn title(param: u32) -> &'static str {
    match param {
        0 => "account of the chain's D'Elector & Config",
        1 => "elector",
        2 => "minter",
        3 => "collector of fees",
        8 => "version of the executor's rules",
        9 => "mandatory parameters",
        10 => "critical parameters",
        12 => "workchains",
        15 => "timings of elections",
        16 => "sizes of validator sets",
        17 => "stakes of validators",
        18 => "prices of storage",
        19 => "signature domain of standard wallets",
        20 => "gas of the masterchain",
        21 => "gas of workchains",
        22 => "limits of masterchain blocks",
        23 => "limits of workchain blocks",
        24 => "message prices of the masterchain",
        25 => "message prices of workchains",
        28 => "settings of collation",
        29 => "settings of consensus",
        31 => "special accounts",
        32 => "the validator set before",
        34 => "the validator set in force",
        36 => "the next validator set",
        43 => "limits of sizes",
        PARAM_DDVS => "limits and prices of ddvs",
        PARAM_ROOT_CODES => "accepted codes of pools",
        _ => "not known to this version",
    }
}

/// Decodes all known parameters of a config. An unknown one is the BOC of its cell.
///
/// Fails only when the dictionary is malformed.
pub fn decoded(config: &BlockchainConfigParams) -> Result<BTreeMap<u32, Value>, PeopleError> {
    let fault = PeopleError::codec("reading a config");
    let known = serde_json::to_value(config).unwrap_or_default();
    let mut params = BTreeMap::new();
    for entry in config.as_dict().iter() {
        let (param, cell) = entry.map_err(&fault)?;
        let value = ours(param, &cell)
            .or_else(|| known.get(param.to_string()).cloned())
            .unwrap_or_else(|| json!({ "boc": Boc::encode_base64(&cell) }));
        params.insert(param, value);
    }
    Ok(params)
}

/// Parameters that ddvs adds.
fn ours(param: u32, cell: &Cell) -> Option<Value> {
    match param {
        PARAM_DDVS => cell.parse::<DdvsParams>().ok().map(|p| ddvs(&p)),
        PARAM_ROOT_CODES => {
            let accepted = cell.parse::<AcceptedRoots>().ok()?;
            let codes = accepted.codes.keys().flatten();
            Some(json!({ "codes": codes.map(|hash| hash.to_string()).collect::<Vec<_>>() }))
        }
        _ => None,
    }
}

/// Param 200, field by field; amounts in nano, as text.
pub fn ddvs(params: &DdvsParams) -> Value {
    let fields = params
        .to_json()
        .map(|(name, value)| (name.to_owned(), json!(value)));
    Value::Object(fields.collect())
}

/// Number of a key's digits that identify a validator in a path.
const KEY_DIGITS: usize = 12;

/// Returns the identifier of an item in a list: the key of a validator, so that sets are compared by their members,
/// otherwise its position.
fn label(index: usize, item: &Value) -> String {
    let key = item["public_key"].as_str();
    let digits = key.and_then(|key| key.get(..KEY_DIGITS));
    digits.map_or_else(|| index.to_string(), str::to_owned)
}

/// Formats a value as lines `path: value`, such as `gas_prices.flat: 100`.
pub fn lines(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    // depth first without recursion
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        let below = |key: &str| match path.is_empty() {
            true => key.to_owned(),
            false => format!("{path}.{key}"),
        };
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                open.extend(fields.iter().rev().map(|(key, value)| (below(key), value)));
            }
            Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
                let numbered = items.iter().enumerate().rev();
                open.extend(numbered.map(|(index, value)| (below(&label(index, value)), value)));
            }
            Value::Array(items) => {
                let words: Vec<_> = items.iter().map(plain).collect();
                found.push((path, words.join(", ")));
            }
            other => found.push((path, plain(other))),
        }
    }
    found
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value that differs between two configs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The parameter.
    pub param: u32,
    /// The field in it; empty for the whole parameter.
    pub field: String,
    /// Value in the first config; `None` if missing.
    pub first: Option<String>,
    /// Value in the second config; `None` if missing.
    pub second: Option<String>,
}

/// Returns all differences between two decoded configs, by parameter and field. An item that only one of them has,
/// such as a validator, is one difference, however many fields it has.
pub fn differences(first: &BTreeMap<u32, Value>, second: &BTreeMap<u32, Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    let params: std::collections::BTreeSet<_> = first.keys().chain(second.keys()).collect();
    for &param in params {
        let fields = |config: &BTreeMap<u32, Value>| -> BTreeMap<String, String> {
            config
                .get(&param)
                .map(lines)
                .unwrap_or_default()
                .into_iter()
                .collect()
        };
        let (one, other) = (fields(first), fields(second));
        let (one, other) = (folded(&one, &other), folded(&other, &one));
        let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
        for name in names {
            if one.get(name) != other.get(name) {
                found.push(Difference {
                    param,
                    field: name.clone(),
                    first: one.get(name).cloned(),
                    second: other.get(name).cloned(),
                });
            }
        }
    }
    found
}

/// Formats fields; those of an item that `other` lacks are combined, such as `weight: 5, public_key: 01`.
fn folded(
    fields: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::<String, String>::new();
    for (path, value) in fields {
        let item = path.rsplit_once('.').filter(|(item, _)| {
            let begin = format!("{item}.");
            let next = other.range(begin.clone()..).next();
            !next.is_some_and(|(path, _)| path.starts_with(&begin))
        });
        match item {
            Some((item, name)) if value != "null" => {
                let all = found.entry(item.to_owned()).or_default();
                let comma = if all.is_empty() { "" } else { ", " };
                all.push_str(&format!("{comma}{name}: {value}"));
            }
            Some(_) => {}
            None => {
                found.insert(path.clone(), value.clone());
            }
        }
    }
    found
}

/// Returns decoded parameters as one object by number.
pub fn object(params: &BTreeMap<u32, Value>) -> Value {
    let fields: Map<_, _> = params
        .iter()
        .map(|(param, value)| {
            let entry = json!({ "title": title(*param), "value": value });
            (param.to_string(), entry)
        })
        .collect();
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_on_one_side_only_is_one_difference() {
        let member =
            |key: &str, weight: u64| json!({"public_key": key, "weight": weight, "adnl": null});
        let set = |members: &[Value]| BTreeMap::from([(34, json!({"total": 9, "list": members}))]);
        let first = set(&[member("0123456789abcdef", 5), member("1123456789abcdef", 6)]);
        let second = set(&[member("0123456789abcdef", 7)]);
        let found: Vec<_> = differences(&first, &second)
            .into_iter()
            .map(|row| (row.field, row.first, row.second))
            .collect();
        let text = |words: &str| Some(words.to_owned());
        assert_eq!(
            found,
            [
                ("list.0123456789ab.weight".to_owned(), text("5"), text("7")),
                (
                    "list.1123456789ab".to_owned(),
                    text("public_key: 1123456789abcdef, weight: 6"),
                    None
                ),
            ]
        );
        assert!(differences(&first, &first).is_empty());
    }

    #[test]
    fn values_become_lines() {
        let value = json!({"a": {"b": 1, "c": ["x", "y"]}, "d": [{"e": true}], "f": "text",
            "list": [{"public_key": "0123456789abcdef", "weight": 5}]});
        let found: Vec<_> = lines(&value)
            .into_iter()
            .map(|(path, value)| format!("{path}={value}"))
            .collect();
        assert_eq!(
            found,
            [
                "a.b=1",
                "a.c=x, y",
                "d.0.e=true",
                "f=text",
                "list.0123456789ab.public_key=0123456789abcdef",
                "list.0123456789ab.weight=5",
            ]
        );
    }

    #[test]
    fn differences_name_param_and_field() {
        let one = BTreeMap::from([(16, json!({"min": 1, "max": 5})), (19, json!(7))]);
        let other = BTreeMap::from([(16, json!({"min": 1, "max": 6}))]);
        let found = differences(&one, &other);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].param, found[0].field.as_str()), (16, "max"));
        assert_eq!(found[0].second.as_deref(), Some("6"));
        assert_eq!((found[1].param, found[1].second.clone()), (19, None));
        assert!(differences(&one, &one).is_empty());
    }
}
