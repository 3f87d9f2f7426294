//! What a Root has its D'Elector count, as `contracts/pool/root-state.tolk` computes it.

use tycho_types::error::Error;

use crate::params::DdvsParams;
use crate::storage::RootState;

impl RootState {
    /// Returns everything that is staked, in nano.
    pub fn active_nano(&self) -> u128 {
        self.owner_active.into_inner() + self.users_active.into_inner()
    }

    /// Returns the stake that the D'Elector should count, in nano.
    pub fn desired_nano(&self, params: &DdvsParams) -> u128 {
        self.desired_with_nano(params, self.active_nano())
    }

    /// Returns the stake that the D'Elector should count if `active_nano` were staked, in nano.
    pub fn desired_with_nano(&self, params: &DdvsParams, active_nano: u128) -> u128 {
        if self.closed || self.is_removed() || self.keys.is_none() {
            return 0;
        }
        let total_nano = active_nano.min(params.max_stake_nano.into());
        match total_nano < params.min_stake_nano.into() {
            true => 0,
            false => total_nano,
        }
    }

    /// Whether the owner has registered a key that no update has requested.
    ///
    /// Fails only when the keys do not parse.
    pub fn is_key_waiting(&self) -> Result<bool, Error> {
        let keys = self.keys.as_ref().map(|keys| keys.load()).transpose()?;
        Ok(keys.is_some_and(|keys| keys.next.is_some()))
    }
}

/// Whether an update of the D'Elector is due.
pub fn is_update_due(desired_nano: u128, counted_nano: u128, is_key_waiting: bool) -> bool {
    desired_nano != counted_nano || (desired_nano != 0 && is_key_waiting)
}
