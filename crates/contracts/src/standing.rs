//! Where a validator stands, by the state of a D'Elector: registered or not, holder of a key, member of the set; and the status
//! of its pool.

use tycho_types::cell::HashBytes;
use tycho_types::error::Error;
use tycho_types::models::{BlockchainConfigParams, StdAddr, ValidatorSet};

use crate::params::{DdvsParams, PARAM_DDVS};
use crate::storage::{DElectorStorage, KeyEntry, RootEntry};

/// Status of a pool, under the name that the API, the command line and the dashboard use.
///
/// A pool that its owner closed, or that was removed, is called that even while its key is in the set of its chain: it
/// validates until the next set is written. So whoever shows a status shows beside it whether the key is in the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolStatus {
    /// Its key is in the set of its chain.
    Validating,
    /// Stake of it counts, but its key is not in the set.
    Waiting,
    /// None of its stake counts. The command line calls this waiting too, and says for what.
    Idle,
    /// Closed by its owner, for good.
    Closed,
    /// Removed for misbehaviour, for good.
    Removed,
}

/// What the status of a pool follows from.
#[derive(Debug, Clone, Copy, Default)]
pub struct PoolFacts {
    /// Whether it was removed for misbehaviour.
    pub is_removed: bool,
    /// Whether its owner closed it.
    pub is_closed: bool,
    /// Whether its key is in the set of its chain.
    pub is_in_set: bool,
    /// Whether any of its stake counts.
    pub is_counted: bool,
}

impl PoolStatus {
    /// All values.
    pub const ALL: [Self; 5] = [
        Self::Validating,
        Self::Waiting,
        Self::Idle,
        Self::Closed,
        Self::Removed,
    ];

    /// Returns the status of a pool.
    pub fn of(facts: PoolFacts) -> Self {
        if facts.is_removed {
            Self::Removed
        } else if facts.is_closed {
            Self::Closed
        } else if facts.is_in_set {
            Self::Validating
        } else if facts.is_counted {
            Self::Waiting
        } else {
            Self::Idle
        }
    }

    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::Waiting => "waiting",
            Self::Idle => "idle",
            Self::Closed => "closed",
            Self::Removed => "removed",
        }
    }
}

impl DElectorStorage {
    /// Returns param 200 of its config.
    ///
    /// Fails only when the config has none, or it does not parse.
    pub fn params(&self) -> Result<DdvsParams, Error> {
        let config = BlockchainConfigParams::from_raw(self.config.clone());
        let cell = config.get_raw_cell_ref(PARAM_DDVS)?;
        cell.ok_or(Error::InvalidData)?.parse()
    }

    /// Returns param 34 of its config: the set of its chain.
    ///
    /// Fails only when the config has none, or it does not parse.
    pub fn validator_set(&self) -> Result<ValidatorSet, Error> {
        BlockchainConfigParams::from_raw(self.config.clone()).get_current_validator_set()
    }

    /// Returns the weight of a key in the set of its chain; `None` if it is not in the set.
    ///
    /// Fails only when the set does not parse.
    pub fn weight_of(&self, key: &HashBytes) -> Result<Option<u64>, Error> {
        let set = self.validator_set()?;
        let member = set.list.iter().find(|member| member.public_key == *key);
        Ok(member.map(|member| member.weight))
    }

    /// Returns the entry of a Root that is registered or has left; `None` if it never joined, or was removed.
    ///
    /// Fails only when a registry does not parse.
    pub fn registered(&self, root: &StdAddr) -> Result<Option<RootEntry>, Error> {
        let Some(registry) = self.registries.get(root.workchain)? else {
            return Ok(None);
        };
        let entry = registry.roots.get(root.address)?;
        Ok(entry.filter(|entry| !entry.is_removed))
    }

    /// Returns the Roots that hold a key or held it, with its state there, by ascending chain.
    ///
    /// Fails only when a registry does not parse.
    pub fn holders(&self, key: &HashBytes) -> Result<Vec<(StdAddr, KeyEntry)>, Error> {
        let mut holders = Vec::new();
        for entry in self.registries.iter() {
            let (chain, registry) = entry?;
            if let Some(held) = registry.keys.get(key)? {
                holders.push((StdAddr::new(chain, *held.root()), held));
            }
        }
        Ok(holders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_and_removed_pools_are_called_that_while_they_validate() {
        let in_set = PoolFacts {
            is_in_set: true,
            is_counted: true,
            ..PoolFacts::default()
        };
        assert_eq!(PoolStatus::of(in_set), PoolStatus::Validating);
        let closed = PoolFacts {
            is_closed: true,
            ..in_set
        };
        assert_eq!(PoolStatus::of(closed), PoolStatus::Closed);
        let removed = PoolFacts {
            is_removed: true,
            ..closed
        };
        assert_eq!(PoolStatus::of(removed), PoolStatus::Removed);
    }

    #[test]
    fn outside_the_set_a_pool_waits_if_it_counts() {
        let counted = PoolFacts {
            is_counted: true,
            ..PoolFacts::default()
        };
        assert_eq!(PoolStatus::of(counted), PoolStatus::Waiting);
        assert_eq!(PoolStatus::of(PoolFacts::default()), PoolStatus::Idle);
    }
}
