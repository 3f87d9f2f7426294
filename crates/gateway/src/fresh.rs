//! Ages of the indexed states, so that recent ones are not read again.

use std::collections::HashMap;

use ddvs_client::AccountView;
use ddvs_index::Identity;
use tycho_types::models::StdAddr;

/// Maximum number of accounts whose indexed state's age is remembered.
const MAX_REMEMBERED: usize = 200_000;
/// Maximum number of cached states of our contracts.
const MAX_KEPT: usize = 50_000;

/// Accounts whose state was read.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    accounts: HashMap<StdAddr, Known>,
    /// Number of cached states among them.
    kept: usize,
}

/// An account whose state was read.
#[derive(Debug)]
struct Known {
    /// Logical time of the state.
    lt: u64,
    /// The state, if it is one of our contracts.
    view: Option<AccountView>,
}

impl Fresh {
    /// Returns whether a state is known that is not older than a logical time; with the state, if it is one of our
    /// contracts.
    pub fn since(&self, account: &StdAddr, lt: u64) -> Option<Option<&AccountView>> {
        let known = self.accounts.get(account).filter(|known| known.lt >= lt)?;
        Some(known.view.as_ref())
    }

    /// Records a state that was read after a transaction of this logical time. Everything is forgotten when there is
    /// too much.
    pub fn remember(&mut self, identity: &Identity, view: &AccountView, lt: u64) {
        if self.accounts.len() >= MAX_REMEMBERED || self.kept >= MAX_KEPT {
            self.accounts.clear();
            self.kept = 0;
        }
        let code = view.code().map(|code| *code.repr_hash());
        let is_ours = identity.is_delector(&view.address)
            || code.is_some_and(|code| [identity.root_code, identity.wallet_code].contains(&code));
        let known = Known {
            lt: view.last_transaction_lt.max(lt),
            view: is_ours.then(|| view.clone()),
        };
        self.kept += usize::from(is_ours);
        let before = self.accounts.insert(view.address.clone(), known);
        if before.is_some_and(|before| before.view.is_some()) {
            self.kept -= 1;
        }
    }
}
