//! Requests and answers of the node's RPC, as far as they are used.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::CallError;

/// Maximum number of transactions in a node's answer.
pub(crate) const MAX_PAGE: u8 = 100;

/// `getTimings`, `getBlockchainConfig`.
#[derive(Debug, Serialize)]
pub(crate) struct Nothing {}

/// Answer of `getTimings`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Timings {
    pub last_mc_block_seqno: u32,
    pub last_mc_utime: u32,
}

/// Answer of `getBlockchainConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Config {
    pub global_id: i32,
    /// Number of the key block from which it is.
    pub seqno: u32,
    /// BOC: address and dictionary.
    pub config: String,
}

/// `getContractState`.
#[derive(Debug, Serialize)]
pub(crate) struct OfAddress<'a> {
    pub address: &'a StdAddr,
}

/// Answer of `getContractState`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub(crate) enum ContractState {
    #[serde(rename_all = "camelCase")]
    NotExists {
        /// Whether the server looks into every chain, as `ddvs devnet` and `ddvs gateway` do. Nodes do not report
        /// this.
        #[serde(default)]
        is_exact: bool,
        timings: StateTimings,
    },
    #[serde(rename_all = "camelCase")]
    Exists {
        timings: StateTimings,
        /// BOC of the account without its first bit.
        account: String,
        last_transaction_id: TransactionId,
    },
}

impl ContractState {
    /// Whether it is of the requested account, or certainly of none.
    pub fn is_exact(&self) -> bool {
        match self {
            Self::NotExists { is_exact, .. } => *is_exact,
            Self::Exists { .. } => true,
        }
    }
}

/// The state that was read.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateTimings {
    pub gen_utime: u32,
}

/// Position of an account's state.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct TransactionId {
    #[serde(deserialize_with = "number")]
    pub lt: u64,
    pub hash: HashBytes,
}

/// `sendMessage`.
#[derive(Debug, Serialize)]
pub(crate) struct SendMessage<'a> {
    pub message: &'a str,
}

/// `getTransactionsList`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransactionsList<'a> {
    pub account: &'a StdAddr,
    /// The newest requested one, inclusive.
    #[serde(serialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub last_transaction_lt: Option<u64>,
    pub limit: u8,
}

/// `getAccountsByCodeHash`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountsByCode<'a> {
    pub code_hash: &'a HashBytes,
    pub limit: u8,
    /// The last account of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuation: Option<&'a StdAddr>,
}

/// `getDstTransaction`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DstTransaction<'a> {
    pub message_hash: &'a HashBytes,
}

/// `getTransactionBlockId`.
#[derive(Debug, Serialize)]
pub(crate) struct OfTransaction<'a> {
    pub id: &'a HashBytes,
}

/// Answer of `getTransactionBlockId`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlockOf {
    pub block_id: String,
}

/// Decodes the root of a base64 BOC.
pub(crate) fn cell(base64: &str) -> Result<Cell, CallError> {
    Boc::decode_base64(base64).map_err(CallError::malformed)
}

/// Decodes 64-bit numbers, which are strings.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

fn text<S: Serializer>(value: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
