//! Named arguments from a query string or a JSON object: numbers may be strings and strings may be numbers.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::address;
use crate::error::ApiError;

/// Arguments of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    /// Reads the pairs of a query string; the last of a name counts.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(k, v)| (k, Value::String(v)))
                .collect(),
        )
    }

    /// Reads a JSON object; a missing value and `null` mean no arguments.
    pub fn from_value(value: Value) -> Result<Self, ApiError> {
        match value {
            Value::Null => Ok(Self::default()),
            Value::Object(map) => Ok(Self(map)),
            _ => Err(ApiError::bad_request(
                "the arguments are not a JSON object",
                "Send an object with one field for each argument.",
            )),
        }
    }

    /// Returns the argument unchanged.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Returns an argument as text.
    pub fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
            Some(_) => Err(ApiError::bad_request(
                format!("{name} is not a string"),
                "Send it as a JSON string or number.",
            )),
        }
    }

    /// Returns a required argument.
    pub fn need<T>(name: &str, value: Option<T>) -> Result<T, ApiError> {
        value.ok_or_else(|| {
            ApiError::bad_request(
                format!("{name} is missing"),
                format!("Add the argument {name}."),
            )
        })
    }

    /// Returns an argument parsed from text, such as a number. An empty one counts as missing.
    pub fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError>
    where
        T::Err: Display,
    {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let parsed = text.trim().parse();
        parsed.map(Some).map_err(|cause: T::Err| {
            ApiError::bad_request(
                format!("{name}: {cause}"),
                format!("Send {name} as a number in its range."),
            )
        })
    }

    /// Returns a required number.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<T, ApiError>
    where
        T::Err: Display,
    {
        Self::need(name, self.parsed(name)?)
    }

    /// Returns the length of a page: `default` if missing, and never more than `most`.
    pub fn limit(&self, name: &str, default: usize, most: usize) -> Result<usize, ApiError> {
        match self.parsed::<usize>(name)? {
            None => Ok(default.min(most)),
            Some(limit) if (1..=most).contains(&limit) => Ok(limit),
            Some(limit) => Err(ApiError::page(name, limit, most)),
        }
    }

    /// Returns a required address.
    pub fn address(&self, name: &str) -> Result<StdAddr, ApiError> {
        let text = Self::need(name, self.text(name)?)?;
        address::parse(name, &text)
    }

    /// Returns 32 bytes, from hex or base64.
    pub fn hash(&self, name: &str) -> Result<Option<HashBytes>, ApiError> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        parse_hash(name, &text).map(Some)
    }

    /// Returns a cell, from a bag of cells in base64; an empty one counts as missing.
    pub fn cell(&self, name: &str) -> Result<Option<Cell>, ApiError> {
        match self.text(name)?.filter(|text| !text.is_empty()) {
            Some(text) => parse_cell(name, &text).map(Some),
            None => Ok(None),
        }
    }

    /// Returns a flag.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, ApiError> {
        match self.text(name)?.as_deref() {
            None | Some("") => Ok(default),
            Some("true" | "1") => Ok(true),
            Some("false" | "0") => Ok(false),
            Some(_) => Err(ApiError::bad_request(
                format!("{name} is neither true nor false"),
                "Send true or false.",
            )),
        }
    }
}

/// Parses 32 bytes in hex or base64.
pub(crate) fn parse_hash(name: &str, text: &str) -> Result<HashBytes, ApiError> {
    let text = text.trim();
    let bytes = match text.len() {
        64 => hex::decode(text).ok(),
        66 if text.starts_with("0x") => hex::decode(&text[2..]).ok(),
        43 | 44 => decode_base64(text),
        _ => None,
    };
    let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.map(HashBytes).ok_or_else(|| {
        ApiError::bad_request(
            format!("{name} is not a hash"),
            "Send 32 bytes as 64 hexadecimal digits, or in base64.",
        )
    })
}

/// Parses a bag of cells in base64.
pub(crate) fn parse_cell(name: &str, text: &str) -> Result<Cell, ApiError> {
    let malformed = || {
        ApiError::bad_request(
            format!("{name} is not a bag of cells"),
            "Send a bag of cells with one root, in base64.",
        )
    };
    let bytes = decode_base64(text.trim()).ok_or_else(malformed)?;
    Boc::decode(bytes).map_err(|_| malformed())
}

/// Decodes either alphabet, with or without padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut text = text.to_owned();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    STANDARD
        .decode(&text)
        .or_else(|_| URL_SAFE.decode(&text))
        .ok()
}

/// Bytes in base64.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_come_in_any_form() {
        let hash = HashBytes([0xfb; 32]);
        let forms = [
            hash.to_string(),
            format!("0x{hash}"),
            STANDARD.encode(hash.0),
            URL_SAFE.encode(hash.0),
            URL_SAFE.encode(hash.0).trim_end_matches('=').to_owned(),
        ];
        for form in forms {
            assert_eq!(parse_hash("hash", &form).unwrap(), hash);
        }
        for wrong in ["", "12", &"g".repeat(64), &"ä".repeat(22), "0xü"] {
            assert!(parse_hash("hash", wrong).is_err());
        }
    }

    #[test]
    fn page_limit_outside_its_range_is_refused() {
        let params = |limit: &str| Params::from_pairs(vec![("limit".into(), limit.into())]);
        assert_eq!(params("").limit("limit", 10, 100).unwrap(), 10);
        assert_eq!(params("100").limit("limit", 10, 100).unwrap(), 100);
        for wrong in ["0", "101", "-1", "x"] {
            assert!(params(wrong).limit("limit", 10, 100).is_err());
        }
    }
}
