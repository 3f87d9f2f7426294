//! Data that no block contains: untouched accounts of the zerostate, and the first sets of the chains.

use anyhow::Result;
use ddvs_client::{AccountView, Live};
use ddvs_index::Index;
use ddvs_jrpc::JrpcNetwork;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// A pass over the network's Roots, wallets and D'Electors.
#[derive(Debug)]
pub(crate) struct Seeds {
    /// Codes whose accounts are still to be listed, the next one last.
    codes: Vec<HashBytes>,
    /// The last account that was listed.
    after: Option<StdAddr>,
}

impl Seeds {
    /// Returns a pass over the whole network.
    pub fn new(index: &Index) -> Self {
        let identity = index.identity();
        Self {
            codes: vec![identity.wallet_code, identity.root_code],
            after: None,
        }
    }

    /// Whether it is complete.
    pub fn is_done(&self) -> bool {
        self.codes.is_empty()
    }

    /// Indexes the current sets and the D'Electors, unless a block contained them.
    ///
    /// Fails when no node answers, or the index cannot be written.
    pub fn begin(network: &JrpcNetwork, index: &Index) -> Result<()> {
        let now_ms = network.now_ms()?;
        for (&chain, delector) in &index.identity().delectors {
            index.seed_set(chain, now_ms, &*network.validator_set(chain)?)?;
            let unknown = Self::unknown(network, index, vec![delector.clone()])?;
            index.seed(chain, now_ms, unknown.into_iter())?;
        }
        Ok(())
    }

    /// Indexes the next accounts, at most a hundred.
    ///
    /// Fails when no node answers, or the index cannot be written. The next call repeats the same ones.
    pub fn step(&mut self, network: &JrpcNetwork, index: &Index) -> Result<usize> {
        let Some(code) = self.codes.last() else {
            return Ok(0);
        };
        let page = network.accounts_by_code(code, self.after.as_ref())?;
        let last = page.last().cloned();
        let views = Self::unknown(network, index, page)?;
        let now_ms = network.now_ms()?;
        let count = views.len();
        for &chain in index.identity().delectors.keys() {
            let own = views.iter().filter(|view| view.address.workchain == chain);
            index.seed(chain, now_ms, own.cloned())?;
        }
        match last {
            Some(last) if self.after.as_ref() != Some(&last) => self.after = Some(last),
            _ => {
                self.after = None;
                self.codes.pop();
            }
        }
        Ok(count)
    }

    /// Returns the accounts that the index lacks, in their current state. One that no node shows is left to the
    /// blocks.
    fn unknown(
        network: &JrpcNetwork,
        index: &Index,
        accounts: Vec<StdAddr>,
    ) -> Result<Vec<AccountView>> {
        let reader = index.read()?;
        let mut views = Vec::new();
        for account in accounts {
            if reader.account(&account)?.is_none()
                && let Ok(view) = network.account(&account)
                && view.account.is_some()
            {
                views.push(view);
            }
        }
        Ok(views)
    }
}
