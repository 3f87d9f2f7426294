//! The limits that a network file may set: setting them by name, and what must hold.

use super::field::{Field, Source};
use super::{DdvsParams, Limits};
use crate::RootTerms;

/// Why a limit cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// No limit has this name.
    #[error("there is no such limit")]
    Unknown,
    /// The number does not fit into the field.
    #[error("it must fit in {0} bits")]
    TooLarge(u16),
}

/// Cells of a copy's account that registries may take: an account has 2^20, and the rest is for all else.
const REGISTRY_CELLS: u32 = 1_000_000;
/// Cells that a Root or a key takes, with its branch of the dictionary.
const ENTRY_CELLS: u32 = 2;
/// Of a Root: itself, its key and three that it has retired.
const ENTRIES_OF_ROOT: u32 = 5;
/// Of a removed one: its id, its key and three that it had retired.
const ENTRIES_OF_REMOVED: u32 = 5;
/// `MAX_REMOVED` of `contracts/delector/storage.tolk`: Roots that may be removed beyond the most that may be registered.
const MAX_REMOVED: u32 = 1_000;

impl Limits {
    /// The fields of param 200 that are limits.
    pub fn fields() -> impl Iterator<Item = &'static Field> {
        DdvsParams::FIELDS
            .iter()
            .filter(|field| field.source == Source::Limit)
    }

    /// The value of the limit with this [`Field::name`].
    pub fn get(&self, name: &str) -> Option<u64> {
        let mut numbers = self.numbers().into_iter();
        numbers.find_map(|(own, number)| (own == name).then_some(number))
    }

    /// Sets a limit by its [`Field::name`]; amounts are in nano.
    ///
    /// Fails only when no limit has this name, or the number is too large for it.
    pub fn set(&mut self, name: &str, number: u64) -> Result<(), LimitError> {
        let field = Self::fields().find(|field| field.name == name);
        let field = field.ok_or(LimitError::Unknown)?;
        match self.put(name, number) {
            true => Ok(()),
            false => Err(LimitError::TooLarge(field.bits)),
        }
    }

    /// The first rule that does not hold, in words.
    pub fn broken_rule(&self) -> Option<&'static str> {
        let mut rules = Self::RULES.iter().copied().flatten();
        rules.find(|rule| !(rule.1)(self)).map(|rule| rule.0)
    }

    /// The most Roots of one chain for which every copy has room in a network of `workchains`, whatever a captured chain registers
    /// and removes.
    pub fn most_roots(workchains: usize) -> u32 {
        let entries = REGISTRY_CELLS / ENTRY_CELLS / (workchains as u32).max(1);
        let of_removed = ENTRIES_OF_REMOVED * MAX_REMOVED;
        entries.saturating_sub(of_removed) / (ENTRIES_OF_ROOT + ENTRIES_OF_REMOVED)
    }

    /// Whether a Root may have these terms: a network that does not allow them takes nothing from it.
    pub fn allow(&self, terms: &RootTerms) -> bool {
        terms.lock_period <= self.max_lock_period_s
            && (self.min_unlock_period_s..=self.max_unlock_period_s).contains(&terms.unlock_period)
            && terms.min_stake.into_inner() <= u128::from(self.max_stake_nano)
    }
}
