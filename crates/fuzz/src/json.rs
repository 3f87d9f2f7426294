//! Mutation of a JSON document: changes one value in it.

use base64::prelude::*;
use serde_json::{Map, Number, Value};

use crate::{Rng, boc, bytes};

/// Depths of nested lists that replace a value: below and above parsers' limits.
const NESTINGS: [usize; 3] = [3, 120, 600];
/// Strings on which parsers of numbers, addresses and hashes often fail.
const WORDS: [&str; 14] = [
    "",
    "0",
    "-1",
    "1e400",
    "18446744073709551616",
    "-9223372036854775809",
    "NaN",
    "null",
    "0x",
    "\u{0}",
    "💥",
    "-1:",
    "0:0",
    "te6ccgEBAQEAAgAAAA==",
];

/// Returns `None` if it is not JSON.
pub(crate) fn mutate(rng: &mut Rng, input: &[u8]) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(input).ok()?;
    if rng.one_in(64) {
        // recursive serialisation of such a value is not under test, so it is written as text
        let depth = *rng.pick(&NESTINGS);
        return Some([vec![b'['; depth], input.to_vec(), vec![b']'; depth]].concat());
    }
    let count = size(&document);
    let mut at = rng.below(count);
    change(rng, &mut document, &mut at);
    serde_json::to_vec(&document).ok()
}

/// Returns the number of values in it.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// Changes the value that is `at` steps on; returns true when it is done.
fn change(rng: &mut Rng, value: &mut Value, at: &mut usize) -> bool {
    if *at == 0 {
        replace(rng, value);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(list) => list.iter_mut().any(|item| change(rng, item, at)),
        Value::Object(map) => map.values_mut().any(|item| change(rng, item, at)),
        _ => false,
    }
}

fn replace(rng: &mut Rng, value: &mut Value) {
    match value {
        Value::String(text) if !rng.one_in(4) => *text = changed_text(rng, text),
        Value::Array(list) if !list.is_empty() && !rng.one_in(4) => {
            let at = rng.below(list.len());
            match rng.below(3) {
                0 => drop(list.remove(at)),
                1 => list.push(list[at].clone()),
                _ => list.swap(0, at),
            }
        }
        Value::Object(map) if !map.is_empty() && !rng.one_in(4) => {
            let keys: Vec<_> = map.keys().cloned().collect();
            let (key, other) = (rng.pick(&keys), rng.pick(&keys));
            match rng.below(3) {
                0 => drop(map.remove(key)),
                1 => {
                    let taken = map[key].clone();
                    map.insert(other.clone(), taken);
                }
                _ => {
                    let taken = map[key].clone();
                    map.insert(format!("{key}_"), taken);
                }
            }
        }
        _ => *value = any(rng),
    }
}

fn any(rng: &mut Rng) -> Value {
    let number = rng.odd_number();
    match rng.below(8) {
        0 => Value::Null,
        1 => Value::Bool(rng.one_in(2)),
        2 => Value::from(number),
        3 => Value::from(number.cast_signed()),
        4 => Number::from_f64(f64::from_bits(number)).map_or(Value::Null, Value::Number),
        5 => Value::from(*rng.pick(&WORDS)),
        6 => Value::Array(Vec::new()),
        _ => Value::Object(Map::new()),
    }
}

fn changed_text(rng: &mut Rng, text: &str) -> String {
    if rng.one_in(6) {
        return (*rng.pick(&WORDS)).to_owned();
    }
    if let Ok(inner) = BASE64_STANDARD.decode(text)
        && let Some(changed) = boc::mutate(rng, &inner, std::slice::from_ref(&inner))
        && !rng.one_in(8)
    {
        return BASE64_STANDARD.encode(changed);
    }
    let changed = bytes::mutate(rng, text.as_bytes(), &[text.as_bytes().to_vec()]);
    String::from_utf8_lossy(&changed).into_owned()
}
