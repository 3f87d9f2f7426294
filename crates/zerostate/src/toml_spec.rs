//! The network file: TOML with defaults for everything but the validators. Unknown keys are refused.

use std::fmt;
use std::sync::LazyLock;

use ddvs_contracts::params::{Field, Limits, Unit};
use ddvs_types::{COIN_U64, MASTERCHAIN};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::{AccountSpec, ChainSpec, Prices, Spec, SpecError, Terms, ValidatorSpec};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NetworkFile {
    name: String,
    start_time: u32,
    global_id: i32,
    workchains: Vec<i8>,
    block_time_ms: u64,
    limits: LimitsFile,
    prices: PricesFile,
    validators: Vec<ValidatorFile>,
    accounts: Vec<AccountFile>,
}

impl Default for NetworkFile {
    fn default() -> Self {
        Self {
            name: "ddvs".to_owned(),
            start_time: 1_800_000_000,
            global_id: 0xd_dd75,
            workchains: vec![0, 1, 2],
            block_time_ms: 1_000,
            limits: LimitsFile::default(),
            prices: PricesFile::default(),
            validators: Vec::new(),
            accounts: Vec::new(),
        }
    }
}

/// Limits of the file: what it names, and defaults for all else.
#[derive(Debug, Default)]
struct LimitsFile {
    limits: Limits,
    max_roots: Option<u32>,
}

impl<'de> Deserialize<'de> for LimitsFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LimitsVisitor)
    }
}

struct LimitsVisitor;

impl LimitsVisitor {
    /// Names of limits as files have them: amounts in whole coins.
    fn names() -> &'static [&'static str] {
        static NAMES: LazyLock<Vec<&'static str>> =
            LazyLock::new(|| Limits::fields().map(Field::schema_name).collect());
        &NAMES
    }
}

impl<'de> Visitor<'de> for LimitsVisitor {
    type Value = LimitsFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of limits")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LimitsFile, A::Error> {
        let mut file = LimitsFile::default();
        while let Some(name) = map.next_key::<String>()? {
            let field = Limits::fields().find(|field| field.schema_name() == name);
            let field = field.ok_or_else(|| A::Error::unknown_field(&name, Self::names()))?;
            let value = map.next_value::<u64>()?;
            let number = match field.unit {
                Unit::Nano => value.checked_mul(COIN_U64).ok_or_else(|| {
                    let expected = "an amount of whole coins below 18 billion";
                    A::Error::custom(format!("limits.{name}: {value} is not {expected}"))
                })?,
                _ => value,
            };
            let set = file.limits.set(field.name, number);
            set.map_err(|cause| A::Error::custom(format!("limits.{name} = {value}: {cause}")))?;
            if field.name == "max_roots" {
                file.max_roots = Some(file.limits.max_roots);
            }
        }
        Ok(file)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PricesFile {
    gas_price_nano: Option<u64>,
    gas_limit: Option<u64>,
    block_gas_limit: Option<u64>,
    message_price_nano: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidatorFile {
    chain: i8,
    owner: String,
    key: String,
    stake: u64,
    lock_period: Option<u32>,
    unlock_period: Option<u32>,
    min_stake: Option<u64>,
    nonce: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    address: String,
    balance: u64,
}

/// Reads a network file. Stakes and balances are whole coins, addresses are `chain:hex`, keys are hex.
///
/// Fails only when the text is not such a file, or contains an unknown key.
pub fn parse_toml(text: &str) -> Result<Spec, SpecError> {
    let file: NetworkFile = toml::from_str(text)?;
    let mut chains = vec![ChainSpec {
        id: MASTERCHAIN,
        block_time_ms: file.block_time_ms,
    }];
    chains.extend(file.workchains.iter().map(|&id| ChainSpec {
        id,
        block_time_ms: file.block_time_ms,
    }));
    let validators = file
        .validators
        .iter()
        .map(validator)
        .collect::<Result<_, _>>()?;
    let accounts = file
        .accounts
        .iter()
        .map(account)
        .collect::<Result<_, _>>()?;
    Ok(Spec {
        name: file.name,
        start_time: file.start_time,
        global_id: file.global_id,
        chains,
        limits: limits(file.limits, file.workchains.len())?,
        prices: prices(&file.prices),
        validators,
        accounts,
    })
}

/// The file's limits. Where it does not name `max_roots`, param 200 gets the default as far as accounts have room for it.
fn limits(file: LimitsFile, workchains: usize) -> Result<Limits, SpecError> {
    let most = Limits::most_roots(workchains);
    match file.max_roots {
        Some(asked) if asked > most => Err(SpecError::TooManyRoots {
            asked,
            workchains,
            most,
        }),
        _ => Ok(file.limits),
    }
}

fn prices(file: &PricesFile) -> Prices {
    let default = Prices::default();
    Prices {
        gas_price_nano: file.gas_price_nano.unwrap_or(default.gas_price_nano),
        gas_limit: file.gas_limit.unwrap_or(default.gas_limit),
        block_gas_limit: file.block_gas_limit.unwrap_or(default.block_gas_limit),
        message_price_nano: file
            .message_price_nano
            .unwrap_or(default.message_price_nano),
    }
}

fn validator(file: &ValidatorFile) -> Result<ValidatorSpec, SpecError> {
    let default = Terms::default();
    let min_stake_nano = match file.min_stake {
        Some(value) => coins("validators.min_stake", value)?,
        None => default.min_stake_nano,
    };
    Ok(ValidatorSpec {
        chain: file.chain,
        owner: address("validators.owner", &file.owner)?,
        key: key("validators.key", &file.key)?,
        stake_nano: coins("validators.stake", file.stake)?,
        terms: Terms {
            lock_period: file.lock_period.unwrap_or(default.lock_period),
            unlock_period: file.unlock_period.unwrap_or(default.unlock_period),
            min_stake_nano,
            nonce: file.nonce.unwrap_or(default.nonce),
        },
    })
}

fn account(file: &AccountFile) -> Result<AccountSpec, SpecError> {
    Ok(AccountSpec {
        address: address("accounts.address", &file.address)?,
        state_init: None,
        balance_nano: coins("accounts.balance", file.balance)?,
    })
}

fn coins(field: &'static str, value: u64) -> Result<u64, SpecError> {
    value.checked_mul(COIN_U64).ok_or_else(|| SpecError::Value {
        field,
        value: value.to_string(),
        expected: "an amount of whole coins below 18 billion",
    })
}

fn address(field: &'static str, value: &str) -> Result<StdAddr, SpecError> {
    value.parse().map_err(|_| SpecError::Value {
        field,
        value: value.to_owned(),
        expected: "an address of the form chain:hex",
    })
}

fn key(field: &'static str, value: &str) -> Result<HashBytes, SpecError> {
    value.parse().map_err(|_| SpecError::Value {
        field,
        value: value.to_owned(),
        expected: "32 bytes in hex",
    })
}
