//! Addresses of validators' nodes, signed by their keys, so that a newcomer needs one address of the network.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ddvs_light::is_signed;
use ddvs_types::ChainId;
use serde::{Deserialize, Serialize};
use tycho_crypto::ed25519::KeyPair;
use tycho_types::cell::HashBytes;

/// Most records that a node keeps.
pub const MAX_RECORDS: usize = 4_096;
/// Most bytes of an address.
const MAX_ADDRESS: usize = 256;
/// Most chains in a record.
const MAX_CHAINS: usize = 32;
/// First bytes of what is signed.
const MAGIC: &[u8] = b"ddvs node record";

/// Where a validator's node is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRecord {
    /// Public key of the validator.
    pub key: HashBytes,
    /// When it was signed, in ms since 1970: the latest one counts.
    pub signed_ms: u64,
    /// Address of its HTTP interface, `http://host:port`.
    pub http: String,
    /// Addresses of its engines, `host:port`, by chain. It need not validate there.
    pub engines: BTreeMap<ChainId, String>,
    /// The key's signature, in hex.
    pub signature: String,
}

/// Reason why a record is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefusal {
    /// It is too long.
    #[error("it is too long")]
    TooLong,
    /// It is not signed by its key.
    #[error("it is not signed by its key")]
    Signature,
    /// Its key is of no validator.
    #[error("its key is of no validator")]
    Stranger,
    /// There are too many.
    #[error("there are {MAX_RECORDS} records already")]
    Full,
}

impl NodeRecord {
    /// Signs a record.
    pub fn sign(
        pair: &KeyPair,
        genesis: &HashBytes,
        signed_ms: u64,
        http: String,
        engines: BTreeMap<ChainId, String>,
    ) -> Self {
        let mut record = Self {
            key: HashBytes(pair.public_key.to_bytes()),
            signed_ms,
            http,
            engines,
            signature: String::new(),
        };
        record.signature = hex::encode(pair.sign_raw(&record.signed_bytes(genesis)));
        record
    }

    fn signed_bytes(&self, genesis: &HashBytes) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&genesis.0);
        bytes.extend_from_slice(&self.signed_ms.to_be_bytes());
        let mut text = |text: &str| {
            bytes.extend_from_slice(&(text.len() as u32).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        };
        text(&self.http);
        for (chain, address) in &self.engines {
            text(&chain.to_string());
            text(address);
        }
        bytes
    }

    /// Checks sizes and signature.
    ///
    /// Fails when one of them is wrong.
    pub fn check(&self, genesis: &HashBytes) -> Result<(), RecordRefusal> {
        let is_long = |text: &String| text.len() > MAX_ADDRESS;
        if self.engines.len() > MAX_CHAINS
            || is_long(&self.http)
            || self.engines.values().any(is_long)
        {
            return Err(RecordRefusal::TooLong);
        }
        let mut signature = [0; 64];
        hex::decode_to_slice(&self.signature, &mut signature)
            .map_err(|_| RecordRefusal::Signature)?;
        match is_signed(&self.key, &self.signed_bytes(genesis), &signature) {
            true => Ok(()),
            false => Err(RecordRefusal::Signature),
        }
    }
}

/// The newest record of each validator.
#[derive(Debug)]
pub struct Records {
    genesis: HashBytes,
    by_key: Mutex<BTreeMap<HashBytes, NodeRecord>>,
}

impl Records {
    /// No records of a network.
    pub fn new(genesis: HashBytes) -> Self {
        Self {
            genesis,
            by_key: Mutex::default(),
        }
    }

    /// Takes a record, if it is later than the one that is known; whether it was. `is_validator` tells whose records are kept.
    ///
    /// Fails when it is not signed, or of nobody who is known.
    pub fn take(
        &self,
        record: NodeRecord,
        is_validator: impl FnOnce(&HashBytes) -> bool,
    ) -> Result<bool, RecordRefusal> {
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let known = by_key.get(&record.key);
        if known.is_some_and(|known| known.signed_ms >= record.signed_ms) {
            return Ok(false);
        }
        if known.is_none() && by_key.len() >= MAX_RECORDS {
            return Err(RecordRefusal::Full);
        }
        record.check(&self.genesis)?;
        if known.is_none() && !is_validator(&record.key) {
            return Err(RecordRefusal::Stranger);
        }
        by_key.insert(record.key, record);
        Ok(true)
    }

    /// All records.
    pub fn all(&self) -> Vec<NodeRecord> {
        let by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.values().cloned().collect()
    }

    /// The record of a validator.
    pub fn of(&self, key: &HashBytes) -> Option<NodeRecord> {
        let by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.get(key).cloned()
    }
}

#[cfg(test)]
mod tests {
    use tycho_crypto::ed25519::SecretKey;

    use super::*;

    #[test]
    fn latest_signed_record_of_a_validator_counts() {
        let genesis = HashBytes([7; 32]);
        let pair = KeyPair::from(&SecretKey::from_bytes([3; 32]));
        let record = |signed_ms, http: &str| {
            let engines = [(0, "127.0.0.1:9".to_owned())].into();
            NodeRecord::sign(&pair, &genesis, signed_ms, http.to_owned(), engines)
        };
        let records = Records::new(genesis);
        let stranger = records.take(record(1, "a"), |_| false);
        assert_eq!(stranger, Err(RecordRefusal::Stranger));
        assert_eq!(records.take(record(5, "a"), |_| true), Ok(true));
        assert_eq!(records.take(record(5, "b"), |_| true), Ok(false));
        assert_eq!(records.take(record(4, "b"), |_| true), Ok(false));
        for change in [
            &(|record: &mut NodeRecord| record.http.push('x')) as &dyn Fn(&mut NodeRecord),
            &|record| record.signed_ms += 1,
            &|record| drop(record.engines.insert(1, "evil:1".to_owned())),
            &|record| record.signature = "00".to_owned(),
        ] {
            let mut forged = record(9, "c");
            change(&mut forged);
            let refused = records.take(forged, |_| true);
            assert_eq!(refused, Err(RecordRefusal::Signature));
        }
        let long = records.take(record(9, &"x".repeat(300)), |_| true);
        assert_eq!(long, Err(RecordRefusal::TooLong));
        let elsewhere = Records::new(HashBytes([8; 32]));
        let refused = elsewhere.take(record(9, "c"), |_| true);
        assert_eq!(refused, Err(RecordRefusal::Signature));
        assert_eq!(records.all(), [record(5, "a")]);
    }
}
