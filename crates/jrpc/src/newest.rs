//! The newest state and config that any node showed, to detect nodes that are catching up.

use std::collections::BTreeMap;

use ddvs_client::ChainId;

use crate::CallError;

/// The newest known state and config.
#[derive(Debug, Default)]
pub(crate) struct Newest {
    /// Unix time of each chain's newest state.
    utimes: BTreeMap<ChainId, u32>,
    key_block: u32,
}

impl Newest {
    /// Records a chain's state of this Unix time.
    ///
    /// Fails when it is more than `max_lag_s` seconds older than one that was seen.
    pub fn state(&mut self, chain: ChainId, utime: u32, max_lag_s: u32) -> Result<(), CallError> {
        let newest = self.utimes.entry(chain).or_default();
        *newest = (*newest).max(utime);
        match *newest - utime {
            lag if lag > max_lag_s => Err(CallError::Lags(lag)),
            _ => Ok(()),
        }
    }

    /// Records a config of this key block.
    ///
    /// Fails when it is older than one that was seen.
    pub fn config(&mut self, key_block: u32) -> Result<(), CallError> {
        self.key_block = self.key_block.max(key_block);
        if key_block < self.key_block {
            return Err(CallError::OldConfig {
                found: key_block,
                known: self.key_block,
            });
        }
        Ok(())
    }
}
