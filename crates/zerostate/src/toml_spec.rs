//! The network file: TOML with defaults for everything but the validators. Unknown keys are refused.

use serde::Deserialize;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::{
    AccountSpec, COIN, ChainSpec, Limits, MASTERCHAIN, Prices, Spec, SpecError, Terms,
    ValidatorSpec,
};

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

macro_rules! optional_fields {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct $name { $($field: Option<$type>),* }
    };
}

optional_fields! { LimitsFile {
    min_validators: u16, max_validators: u16, main_validators: u16, max_batch: u8, max_roots: u32, max_queue: u32,
    min_stake: u64, max_stake: u64, churn_bp: u16, slash_bp: u16, evidence_window: u32, min_unlock_period: u32,
    max_lock_period: u32, max_unlock_period: u32,
    set_interval: u32, least_set: u16,
} }
optional_fields! { PricesFile {
    gas_price_nano: u64, gas_limit: u64, block_gas_limit: u64, message_price_nano: u64,
} }

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
        limits: limits(&file.limits, file.workchains.len())?,
        prices: prices(&file.prices),
        validators,
        accounts,
    })
}

fn limits(file: &LimitsFile, workchains: usize) -> Result<Limits, SpecError> {
    let default = Limits::default();
    let nano = |field, value: Option<u64>, default| match value {
        Some(value) => coins(field, value),
        None => Ok(default),
    };
    Ok(Limits {
        min_validators: file.min_validators.unwrap_or(default.min_validators),
        max_validators: file.max_validators.unwrap_or(default.max_validators),
        main_validators: file.main_validators.unwrap_or(default.main_validators),
        max_batch: file.max_batch.unwrap_or(default.max_batch),
        max_roots: max_roots(file, workchains)?,
        max_queue: file.max_queue.unwrap_or(default.max_queue),
        min_stake_nano: nano("limits.min_stake", file.min_stake, default.min_stake_nano)?,
        max_stake_nano: nano("limits.max_stake", file.max_stake, default.max_stake_nano)?,
        churn_bp: file.churn_bp.unwrap_or(default.churn_bp),
        slash_bp: file.slash_bp.unwrap_or(default.slash_bp),
        evidence_window: file.evidence_window.unwrap_or(default.evidence_window),
        min_unlock_period: file.min_unlock_period.unwrap_or(default.min_unlock_period),
        max_lock_period: file.max_lock_period.unwrap_or(default.max_lock_period),
        max_unlock_period: file.max_unlock_period.unwrap_or(default.max_unlock_period),
        set_interval: file.set_interval.unwrap_or(default.set_interval),
        least_set: file.least_set.unwrap_or(default.least_set),
    })
}

/// Returns the limit in the file; by default that of param 200, as far as accounts have room for it.
fn max_roots(file: &LimitsFile, workchains: usize) -> Result<u32, SpecError> {
    let most = Limits::most_roots(workchains);
    match file.max_roots {
        Some(asked) if asked > most => Err(SpecError::TooManyRoots {
            asked,
            workchains,
            most,
        }),
        Some(asked) => Ok(asked),
        None => Ok(Limits::default().max_roots),
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
    value.checked_mul(COIN).ok_or_else(|| SpecError::Value {
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
