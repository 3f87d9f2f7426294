//! TVM stack values as the JSON of toncenter v2, in both directions.
//!
//! Values of a result have short names (`["num", "0x1"]`), those inside tuples and lists long ones
//! (`{"@type": "tvm.stackEntryNumber", …}`), and so have all values of `runGetMethodStd`. A list is a chain of pairs that ends in null, as in Lisp; null is the
//! empty list. Arguments are accepted in both forms, at any depth.

mod write;

use num_bigint::{BigInt, Sign};
use serde_json::Value;
use tycho_types::cell::{Cell, CellBuilder};
use tycho_vm::{OwnedCellSlice, RcStackValue, SafeRc, Stack};

pub use self::write::{Form, write};
use crate::error::ApiError;
use crate::params::parse_cell;

/// Maximum number of values in one argument list or result, including nested ones.
const MAX_VALUES: usize = 10_000;

/// Maximum depth of nested tuples.
const MAX_DEPTH: usize = 32;

/// Maximum number of elements in a tuple.
const MAX_TUPLE: usize = 255;

/// Reads arguments from JSON, in order.
///
/// Fails only when they are not such values, too many, or too deep.
pub fn read(stack: &Value) -> Result<Vec<RcStackValue>, ApiError> {
    let Value::Array(values) = stack else {
        return Err(malformed("the stack is not an array"));
    };
    let mut budget = MAX_VALUES;
    values
        .iter()
        .map(|value| read_value(value, 0, &mut budget))
        .collect()
}

fn read_value(value: &Value, depth: usize, budget: &mut usize) -> Result<RcStackValue, ApiError> {
    if depth > MAX_DEPTH {
        return Err(malformed("tuples are too deep in each other"));
    }
    *budget = budget
        .checked_sub(1)
        .ok_or_else(|| malformed("the stack holds too many values"))?;
    match value {
        Value::Null => Ok(Stack::make_null()),
        Value::Array(pair) => match pair.as_slice() {
            [Value::String(kind)] => read_kind(kind, &Value::Null, depth, budget),
            [Value::String(kind), content] => read_kind(kind, content, depth, budget),
            _ => Err(malformed("a value is not a pair of kind and content")),
        },
        Value::Object(entry) => {
            let kind = entry.get("@type").and_then(Value::as_str);
            let kind = kind.ok_or_else(|| malformed("a value has no @type"))?;
            let inner = ["number", "cell", "slice", "builder", "tuple", "list"];
            let inner = inner.iter().find_map(|name| entry.get(*name));
            read_kind(kind, inner.unwrap_or(value), depth, budget)
        }
        _ => Err(malformed("a value is neither a pair nor an object")),
    }
}

fn read_kind(
    kind: &str,
    content: &Value,
    depth: usize,
    budget: &mut usize,
) -> Result<RcStackValue, ApiError> {
    match kind {
        "num" | "int" | "number" | "tvm.stackEntryNumber" | "tvm.numberDecimal" => {
            let number = content.get("number").unwrap_or(content);
            Ok(RcStackValue::new_dyn_value(read_int(number)?))
        }
        "cell" | "tvm.Cell" | "tvm.cell" | "tvm.stackEntryCell" => {
            Ok(SafeRc::new_dyn_value(read_cell(content)?))
        }
        "slice" | "tvm.Slice" | "tvm.slice" | "tvm.stackEntrySlice" => {
            let slice = OwnedCellSlice::new_allow_exotic(read_cell(content)?);
            Ok(SafeRc::new_dyn_value(slice))
        }
        "builder" | "tvm.Builder" | "tvm.builder" | "tvm.stackEntryBuilder" => {
            let mut builder = CellBuilder::new();
            let stored = builder.store_slice(read_cell(content)?.as_slice_allow_exotic());
            stored.map_err(|_| malformed("a builder holds too much"))?;
            Ok(SafeRc::new_dyn_value(builder))
        }
        "tuple" | "tvm.Tuple" | "tvm.tuple" | "tvm.stackEntryTuple" => {
            let elements = elements(content)?;
            if elements.len() > MAX_TUPLE {
                return Err(malformed("a tuple has more than 255 elements"));
            }
            let values = elements
                .iter()
                .map(|value| read_value(value, depth + 1, budget));
            Ok(SafeRc::new_dyn_value(
                values.collect::<Result<Vec<_>, _>>()?,
            ))
        }
        "list" | "tvm.List" | "tvm.list" | "tvm.stackEntryList" => {
            let mut list = Stack::make_null();
            for value in elements(content)?.iter().rev() {
                let head = read_value(value, depth + 1, budget)?;
                list = SafeRc::new_dyn_value(vec![head, list]);
            }
            Ok(list)
        }
        "null" | "tvm.Null" | "tvm.stackEntryNull" => Ok(Stack::make_null()),
        _ => Err(malformed(&format!(
            "{:?} is not a kind of value",
            kind.chars().take(40).collect::<String>()
        ))),
    }
}

fn elements(content: &Value) -> Result<&[Value], ApiError> {
    let elements = content.get("elements").unwrap_or(content).as_array();
    let elements = elements.ok_or_else(|| malformed("a tuple has no elements"))?;
    Ok(elements)
}

/// Reads decimal, or hexadecimal with `0x`; 257 bits with the sign.
fn read_int(content: &Value) -> Result<BigInt, ApiError> {
    let text = match content {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return Err(malformed("a number is neither text nor a number")),
    };
    let wrong = || malformed("a number is neither decimal nor hexadecimal with 0x");
    // no number in range has more digits, and parsing many takes time
    if text.len() > 90 {
        return Err(malformed("a number has more than 257 bits"));
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (Sign::Minus, digits),
        None => (Sign::Plus, text.as_str()),
    };
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = match hexadecimal {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return Err(wrong());
    }
    let magnitude = BigInt::parse_bytes(digits.as_bytes(), radix).ok_or_else(wrong)?;
    let value = if sign == Sign::Minus {
        -magnitude
    } else {
        magnitude
    };
    let limit = BigInt::from(1) << 256;
    if value >= limit || value < -limit {
        return Err(malformed("a number has more than 257 bits"));
    }
    Ok(value)
}

fn read_cell(content: &Value) -> Result<Cell, ApiError> {
    let bytes = content.get("bytes").unwrap_or(content).as_str();
    let bytes = bytes.ok_or_else(|| malformed("a cell is not a bag of cells in base64"))?;
    parse_cell("a value of the stack", bytes)
}

fn malformed(what: &str) -> ApiError {
    ApiError::bad_request(
        format!("the stack cannot be read: {what}"),
        "Send an array of pairs such as [\"num\", \"0x1\"], [\"tvm.Cell\", BOC], [\"tvm.Slice\", BOC], [\"tuple\", [...]].",
    )
}

#[cfg(test)]
mod tests;
