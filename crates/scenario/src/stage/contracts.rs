//! The contracts of the scenario: their addresses, their state, and the validator sets.

use anyhow::Result;
use ddvs_client::{ChainId, DElector, DePoolRoot, DePoolWallet, seeded::Person};
use ddvs_contracts::RootTerms;
use ddvs_types::{COIN, coins};
use tycho_types::cell::HashBytes;
use tycho_types::models::ValidatorSet;

use super::Stage;
use crate::{needs, words};

impl Stage<'_> {
    /// The D'Elector of a chain.
    pub fn delector(&self, chain: ChainId) -> Result<DElector> {
        Ok(DElector::new(&self.network, chain)?)
    }

    /// All D'Electors.
    pub fn delectors(&self) -> Result<Vec<DElector>> {
        self.backend
            .chains()?
            .iter()
            .map(|chain| self.delector(chain.id))
            .collect()
    }

    /// Terms of a Root in this story.
    pub fn terms(&self, owner: &Person, nonce: u64) -> RootTerms {
        needs::terms(owner.address(), nonce)
    }

    /// Returns the Root that Nora will have.
    pub fn nora_root(&self) -> Result<DePoolRoot> {
        Ok(DePoolRoot::new(
            &self.network,
            1,
            self.terms(&self.cast.nora, 1),
        )?)
    }

    /// Returns the DePool Wallet of a user on the user's own chain; observed from now on.
    pub fn wallet(&mut self, who: &Person) -> Result<DePoolWallet> {
        let wallet = DePoolWallet::new(&self.network, who.address().workchain, who.address())?;
        self.wallets
            .insert(wallet.address().clone(), wallet.clone());
        Ok(wallet)
    }

    /// Returns all observed wallets.
    pub fn wallets(&self) -> Vec<DePoolWallet> {
        self.wallets.values().cloned().collect()
    }

    /// Problems of observed wallets at any block.
    pub fn broken_wallets(&self) -> &[String] {
        &self.broken_wallets
    }

    /// Checks that staked coins are in the wallet, at every step.
    pub(super) fn check_wallet(&mut self, wallet: &DePoolWallet) -> Result<()> {
        let Some(storage) = wallet.storage(self.backend)? else {
            return Ok(());
        };
        let balance = wallet.balance_nano(self.backend)?;
        let mut held = 0;
        for entry in storage.positions.iter() {
            let (_, position) = entry?;
            held += position.held_nano();
        }
        if held != storage.held.into_inner() || balance < held {
            self.broken_wallets.push(format!(
                "{}: balance {}, positions {}, held {}",
                words::short(wallet.address()),
                coins(balance),
                coins(held),
                coins(storage.held.into_inner()),
            ));
        }
        Ok(())
    }

    // --- Sets ---

    /// Returns the current set on a chain: param 34 after its last block.
    pub fn set(&self, chain: ChainId) -> Result<ValidatorSet> {
        Ok(self.delector(chain)?.current_set(self.backend)?)
    }

    /// Whether a key is in the set of a chain.
    pub fn is_in_set(&self, chain: ChainId, key: &HashBytes) -> Result<bool> {
        Ok(self
            .set(chain)?
            .list
            .iter()
            .any(|member| member.public_key == *key))
    }

    /// The set of a chain as a table.
    pub fn set_table(&self, chain: ChainId) -> Result<Vec<Vec<String>>> {
        let set = self.set(chain)?;
        let mut rows = vec![vec![
            "validator".to_owned(),
            "weight".to_owned(),
            "share".to_owned(),
        ]];
        let mut members: Vec<_> = set.list.iter().collect();
        members.sort_by_key(|member| std::cmp::Reverse(member.weight));
        for member in members {
            rows.push(vec![
                self.name_of(&member.public_key),
                coins(u128::from(member.weight) * COIN),
                format!(
                    "{:.1} %",
                    100.0 * member.weight as f64 / set.total_weight as f64
                ),
            ]);
        }
        Ok(rows)
    }

    fn name_of(&self, key: &HashBytes) -> String {
        if *key == self.cast.nora_key.public() {
            return self.cast.nora.name.clone();
        }
        let known = self
            .cast
            .validators
            .iter()
            .find(|validator| validator.key.public() == *key);
        known.map_or_else(|| key.to_string(), |validator| validator.owner.name.clone())
    }
}
