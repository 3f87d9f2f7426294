//! Contents that are not applied, in the D'Elector's storage.

use tycho_types::cell::{CellSlice, HashBytes, Load, Store};
use tycho_types::dict::{Dict, RawDict};
use tycho_types::error::Error;

use super::{Content, Total};
use crate::messages::{BatchNumber, ContentId};

/// Contents that are not applied: those that count, each by (origin, seqno, hash), and those that do not count yet, together
/// for each number, where contents of chain 0 with number 0 would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Store, Load)]
pub struct Pending {
    entries: RawDict<256>,
}

impl Pending {
    /// Returns the contents that count, with their keys, by number.
    ///
    /// An item fails only when it cannot be decoded.
    pub fn counted(&self) -> impl Iterator<Item = Result<(HashBytes, Content), Error>> {
        self.entries().filter_map(|entry| match entry {
            Ok((key, mut value)) if !is_unvouched(&key) => {
                Some(Content::load_from(&mut value).map(|content| (key, content)))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    }

    /// Returns the contents that do not count yet, by number.
    ///
    /// An item fails only when it cannot be decoded.
    pub fn unvouched(&self) -> impl Iterator<Item = Result<(BatchNumber, Unvouched), Error>> {
        self.entries().filter_map(|entry| match entry {
            Ok((key, mut value)) if is_unvouched(&key) => {
                let [_, _, _, _, _, origin, a, b, c, d, ..] = key.0;
                let number = BatchNumber {
                    origin: origin.cast_signed(),
                    seqno: u32::from_be_bytes([a, b, c, d]),
                };
                Some(Unvouched::load_from(&mut value).map(|all| (number, all)))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    }

    /// Whether there are neither.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn entries(&self) -> impl Iterator<Item = Result<(HashBytes, CellSlice<'_>), Error>> {
        self.entries.iter().map(|entry| {
            let (key, value) = entry?;
            HashBytes::load_from(&mut key.as_data_slice()).map(|key| (key, value))
        })
    }
}

/// Whether contents that do not count stand at a key: at number 0, which no batch has.
fn is_unvouched(key: &HashBytes) -> bool {
    key.0[..5] == [0; 5]
}

/// Contents under one number that a copy lacks, and that were never vouched for: votes name them, and they do not count.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Unvouched {
    /// Who voted for any of them, as bits chain + 1.
    pub voters: u32,
    /// By the first 216 bits of the hash.
    pub contents: Dict<ContentId, NamedByVotes>,
}

/// State about one of them; its fields are those of [`Content`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Store, Load)]
pub struct NamedByVotes {
    /// Voters, as bits chain + 1.
    pub votes: u32,
    /// Chains that this copy has asked for it.
    pub asked: u32,
    /// Chains that it has ever asked for it.
    pub may_answer: u32,
}

impl NamedByVotes {
    /// The same as state about a content.
    pub fn content(&self) -> Content {
        Content {
            votes: self.votes,
            told: false,
            refused: false,
            asked: self.asked,
            may_answer: self.may_answer,
            weighed: Default::default(),
            weighed_at_base: false,
            rests_until: Total(0),
            awaits: None,
            batch: None,
            next: None,
            found: None,
        }
    }
}
