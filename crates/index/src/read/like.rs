//! Search by a shortened hash or address: its first digits, and possibly its last ones.

use ddvs_client::ChainId;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{Bytes, Reader, rows};
use crate::rows::BatchRow;
use crate::store::pad;
use crate::{IndexError, key, tables};

/// Maximum number of keys with the same first digits that one query compares with its last ones.
const MAX_LOOKED_AT: usize = 20_000;
/// Number of newest batches of a chain whose hashes are compared.
const MAX_BATCHES: usize = 2_000;

/// A prefix of 256 bits, and possibly a suffix, as hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    first: String,
    last: String,
}

impl Like {
    /// Minimum number of digits of the prefix.
    pub const MIN_DIGITS: usize = 4;

    /// Returns `None` when a part contains anything but hexadecimal digits, the prefix has fewer than
    /// [`Self::MIN_DIGITS`], or both together have more than 64.
    pub fn new(first: &str, last: &str) -> Option<Self> {
        let are_digits = first
            .bytes()
            .chain(last.bytes())
            .all(|byte| byte.is_ascii_hexdigit());
        let fits = first.len() >= Self::MIN_DIGITS && first.len() + last.len() <= 64;
        (are_digits && fits).then(|| Self {
            first: first.to_ascii_lowercase(),
            last: last.to_ascii_lowercase(),
        })
    }

    /// Whether it matches this hash.
    pub fn is(&self, hash: &HashBytes) -> bool {
        let text = hash.to_string();
        text.starts_with(&self.first) && text.ends_with(&self.last)
    }

    /// Returns the whole bytes of the prefix.
    fn prefix(&self) -> Vec<u8> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or(0) as u8;
        let pairs = self.first.as_bytes().chunks_exact(2);
        pairs
            .map(|pair| pair.iter().fold(0, |sum, byte| sum << 4 | digit(byte)))
            .collect()
    }
}

impl Reader {
    /// Accounts of a chain.
    pub fn accounts_like(
        &self,
        chain: ChainId,
        like: &Like,
        limit: usize,
    ) -> Result<Vec<StdAddr>, IndexError> {
        let found = self.like(tables::ACCOUNTS, &key::chain(chain), like, limit)?;
        Ok(found
            .into_iter()
            .map(|hash| StdAddr::new(chain, hash))
            .collect())
    }

    /// Hashes of transactions.
    pub fn transactions_like(
        &self,
        like: &Like,
        limit: usize,
    ) -> Result<Vec<HashBytes>, IndexError> {
        self.like(tables::TRANSACTION_BY_HASH, &[], like, limit)
    }

    /// Hashes of messages.
    pub fn messages_like(&self, like: &Like, limit: usize) -> Result<Vec<HashBytes>, IndexError> {
        self.like(tables::MESSAGES, &[], like, limit)
    }

    /// Hashes of blocks.
    pub fn blocks_like(&self, like: &Like, limit: usize) -> Result<Vec<HashBytes>, IndexError> {
        self.like(tables::BLOCK_BY_HASH, &[], like, limit)
    }

    /// Consensus keys of pools.
    pub fn keys_like(&self, like: &Like, limit: usize) -> Result<Vec<HashBytes>, IndexError> {
        self.like(tables::POOL_BY_KEY, &[], like, limit)
    }

    /// Batches of an origin, among its newest ones.
    pub fn batches_like(
        &self,
        origin: ChainId,
        like: &Like,
        limit: usize,
    ) -> Result<Vec<BatchRow>, IndexError> {
        let prefix = key::chain(origin);
        let mut found = self.descending(tables::BATCHES, &prefix, None, MAX_BATCHES)?;
        // the key ends with the hash
        found.retain(|(key, _)| {
            key.get(5..)
                .is_some_and(|hash| like.is(&HashBytes(pad(hash))))
        });
        found.truncate(limit);
        rows(found)
    }

    /// Returns the first keys of a table that continue after `lead` as `like` says.
    fn like(
        &self,
        table: Bytes,
        lead: &[u8],
        like: &Like,
        limit: usize,
    ) -> Result<Vec<HashBytes>, IndexError> {
        let table = self.txn.open_table(table)?;
        let start = [lead, &like.prefix()].concat();
        let end = key::after_prefix(&start).unwrap_or_else(|| vec![u8::MAX; 80]);
        let mut found = Vec::new();
        let range = table.range(start.as_slice()..end.as_slice())?;
        for entry in range.take(MAX_LOOKED_AT) {
            let (key, _) = entry?;
            let rest = key.value().get(lead.len()..).unwrap_or_default();
            let hash = HashBytes(pad(rest));
            if rest.len() == 32 && like.is(&hash) {
                found.push(hash);
                if found.len() == limit {
                    break;
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_hash_matches_by_its_first_and_last_digits() {
        let hash = HashBytes([0xab; 32]);
        for (first, last, is) in [
            ("abab", "", true),
            ("ABABA", "bab", true),
            ("ababb", "", false),
            ("abab", "abb", false),
        ] {
            let like = Like::new(first, last).unwrap();
            assert_eq!(like.is(&hash), is, "{first}…{last}");
            assert!(hash.as_slice().starts_with(&like.prefix()) || !is);
        }
        assert!(Like::new("aba", "abab").is_none(), "too many would fit");
        assert!(Like::new("abax", "").is_none());
        assert!(Like::new(&"a".repeat(60), "abcde").is_none());
        assert!(Like::new(&"a".repeat(64), "").is_some());
    }
}
