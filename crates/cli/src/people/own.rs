//! What belongs to a key.

use anyhow::{Result, bail};
use ddvs_keystore::KeyError;
use ddvs_people::validator::Wishes;
use tycho_types::models::StdAddr;

use super::connect;
use super::session::Session;

impl Session {
    /// The pool of an owner, made here under a key's name or with what `ddvs validator create` takes by itself. It need not
    /// be deployed.
    ///
    /// Fails in the masterchain, where no pool works.
    pub fn pool_of(&self, key: &str, owner: &StdAddr) -> Result<StdAddr> {
        // the latest first
        for address in self.book.own(key).into_iter().rev() {
            if address.workchain == owner.workchain {
                return Ok(address);
            }
        }
        let root = Wishes::default().root(&self.net.backend, self.site(), owner)?;
        Ok(root.address().clone())
    }

    /// An address as it is, or the account of a key on `chain`. Its public half suffices, so no password is asked for.
    ///
    /// Fails when it is neither.
    pub fn account_of(&self, text: &str, chain: i8) -> Result<StdAddr> {
        if let Some(address) = connect::address(text) {
            return Ok(address);
        }
        // no name of a key has one
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
