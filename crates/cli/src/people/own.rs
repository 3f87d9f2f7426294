//! What belongs to a key.

use anyhow::Result;
use ddvs_people::validator::Wishes;
use tycho_types::models::StdAddr;

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
}
