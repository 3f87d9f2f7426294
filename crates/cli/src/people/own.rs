//! Pools and accounts of a key.

use anyhow::{Result, bail};
use ddvs_keystore::KeyError;
use ddvs_people::validator::Wishes;
use tycho_types::models::StdAddr;

use super::connect;
use super::session::Session;

impl Session {
    /// Returns the pool of an owner, created here under a key's name or with the defaults of `ddvs validator create`. It need
    /// not be deployed.
    ///
    /// Fails on the masterchain, where no pool works.
    pub fn pool_of(&self, key: &str, owner: &StdAddr) -> Result<StdAddr> {
        // the latest first
        for address in self.book.own(key).into_iter().rev() {
            if address.workchain == owner.workchain {
                return Ok(address);
            }
        }
        let root = Wishes::default().root(&self.net.backend, self.context(), owner)?;
        Ok(root.address().clone())
    }

    /// Returns an address unchanged, or the account of a key on `chain`. The public half suffices, so no password is needed.
    ///
    /// Fails when it is neither.
    pub fn account_of(&self, text: &str, chain: i8) -> Result<StdAddr> {
        if let Some(address) = connect::address(text) {
            return Ok(address);
        }
        // names of keys contain no colon
        if text.contains(':') {
            return connect::need_address(text);
        }
        let entry = match self.home.keys().entry(text) {
            Err(KeyError::Missing { .. }) => {
                bail!("{text} is neither an address nor a key: `ddvs key list` shows all keys")
            }
            entry => entry?,
        };
        Ok(self.view(&entry, chain)?.owner)
    }
}
