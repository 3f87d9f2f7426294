//! The watcher: submits evidence when a validator has signed twice, and has keys of validators that left forgotten.

use anyhow::Result;
use ddvs_client::{ChainId, DElector, Live, MASTERCHAIN};
use ddvs_contracts::messages::Evidence;
use ddvs_contracts::signing;
use ddvs_embedded::EmbeddedLive;
use ddvs_types::COIN;

use super::People;
use super::people::Validator;
use super::validators::calmer;

/// Minimum number of checks between two misbehaviours; it grows with the number of events, so that their entries do
/// not fill the D'Elector.
const PEACE_TICKS: u64 = 120;
/// The maximum of this interval: an hour.
const MAX_PEACE_TICKS: u64 = 7_200;
/// Seconds after the end of a key's evidence window until it is forgotten.
const GRACE_S: u32 = 30;

impl People {
    /// Does the watcher's next action.
    pub(super) fn watch(&mut self, live: &EmbeddedLive) -> Result<()> {
        let watcher = self.watcher.clone();
        if self.is_busy(&watcher) {
            return Ok(());
        }
        if watcher.coins_nano(live)? < 50 * COIN {
            return self.give(live, &watcher, 1_000 * COIN);
        }
        let place = self.random.below(self.chains.len());
        let chain = self.chains[place];
        if self.tick >= self.peace_until && self.random.one_in(20) {
            return self.misbehave(live, chain);
        }
        match self.random.one_in(10) {
            true => self.tidy(live, chain),
            false => Ok(()),
        }
    }

    /// Has a key forgotten of a Root that left and is no longer accountable: room in the registry is limited.
    fn tidy(&mut self, live: &EmbeddedLive, chain: ChainId) -> Result<()> {
        let registry = self.registry(live, chain)?;
        let now_s = u32::try_from(live.now_ms()? / 1_000)?;
        let wait_s = self.options.periods.evidence_s.saturating_add(GRACE_S);
        for entry in registry.roots.iter() {
            let (root, entry) = entry?;
            let has_left = entry.stake.into_inner() == 0;
            if !has_left || entry.since.saturating_add(wait_s) > now_s {
                continue;
            }
            let holder = registry.keys.get(entry.key)?;
            if !holder.is_some_and(|holder| holder.is_in_use()) {
                continue;
            }
            let delector = DElector::new(&self.network, chain)?;
            let (value, id) = (2 * delector.change_value(live)?, self.query_id());
            let message = delector.purge_key(root, entry.key, value, id)?;
            let watcher = self.watcher.clone();
            return Ok(self.send(live, &watcher, "has a key forgotten", &[message])?);
        }
        Ok(())
    }

    /// A validator signs two votes, and the watcher submits them to the D'Elector.
    fn misbehave(&mut self, live: &EmbeddedLive, chain: ChainId) -> Result<()> {
        let watcher = self.watcher.clone();
        if !self.can_spare(live, chain)? {
            return Ok(());
        }
        let registry = self.registry(live, chain)?;
        let mut candidates = Vec::new();
        let comers = self.comers.values().map(|comer| &comer.validator);
        for validator in comers.chain(&self.genesis) {
            if validator.owner.chain() != chain {
                continue;
            }
            let key = signing::public_key(&validator.key);
            if let Some(entry) = registry.keys.get(key)?
                && entry.is_in_use()
            {
                candidates.push(validator.clone());
            }
        }
        let Some(culprit) = self.random.pick(&candidates).cloned() else {
            return Ok(());
        };
        let delector = DElector::new(&self.network, chain)?;
        let evidence = self.double_vote(&culprit, live)?;
        let (value, id) = (2 * delector.change_value(live)?, self.query_id());
        let message = delector.submit_evidence(&evidence, value, id)?;
        let what = format!("brings evidence that {} signed twice", culprit.owner.name);
        self.send(live, &watcher, &what, &[message])?;
        let removed = u64::from(registry.removed) * self.chains.len() as u64;
        let peace = calmer(PEACE_TICKS, removed).min(MAX_PEACE_TICKS);
        self.peace_until = self.tick + peace + self.patience;
        Ok(())
    }

    /// Returns two conflicting votes, signed here with the culprit's key: a devnet has no nodes that would cast them.
    fn double_vote(&self, culprit: &Validator, live: &EmbeddedLive) -> Result<Evidence> {
        let height = live
            .head(MASTERCHAIN)
            .map_or(1, |head| u64::from(head.seqno));
        let (key, genesis) = (&culprit.key, &self.network.genesis);
        Ok(signing::double_vote(key, genesis, MASTERCHAIN, height)?)
    }
}
