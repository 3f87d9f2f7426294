//! Where a validator stands, by the state of a D'Elector: registered or not, holder of a key, member of the set.

use tycho_types::cell::HashBytes;
use tycho_types::error::Error;
use tycho_types::models::{BlockchainConfigParams, StdAddr, ValidatorSet};

use crate::params::{DdvsParams, PARAM_DDVS};
use crate::storage::{DElectorStorage, KeyEntry, RootEntry};

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
