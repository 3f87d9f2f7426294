//! Evidence against keys, and purging keys.

use ddvs_client::ChainId;
use ddvs_client::seeded::Person;
use ddvs_contracts::messages::Evidence;
use ddvs_contracts::storage::KeyEntry;

use super::Walk;

/// Keys proven guilty in one walk: more would leave no network to walk on.
const MAX_ACCUSATIONS: u32 = 3;

impl Walk {
    pub(super) fn accuse(&mut self, who: &Person) {
        if self.accusations >= MAX_ACCUSATIONS {
            return;
        }
        let chain = self.somewhere().max(0);
        let registry = self.world.registry(chain, chain);
        let keys: Vec<_> = registry
            .keys
            .keys()
            .map(|key| key.expect("a key parses"))
            .collect();
        let Some(key) = self
            .dice
            .pick(&keys)
            .and_then(|key| self.keys.get(&key).cloned())
        else {
            return;
        };
        self.accusations += 1;
        let evidence = self
            .world
            .double_vote(&key, -1, 1_000 + u64::from(self.accusations));
        self.evidence.push((chain, evidence.clone()));
        self.submit(who, chain, &evidence);
    }

    pub(super) fn accuse_again(&mut self, who: &Person) {
        let Some((chain, mut evidence)) = self.dice.pick(&self.evidence) else {
            return self.accuse(who);
        };
        if self.dice.one_in(2) {
            evidence.height += 1;
        }
        self.submit(who, chain, &evidence);
    }

    fn submit(&mut self, who: &Person, chain: ChainId, evidence: &Evidence) {
        let (value, id) = (2 * self.value(chain), self.world.query_id());
        let delector = self.world.delector(chain);
        let message = delector
            .submit_evidence(evidence, value, id)
            .expect("it can be encoded");
        self.send(who, &[message]);
    }

    pub(super) fn purge(&mut self, who: &Person) {
        let chain = self.somewhere().max(0);
        let registry = self.world.registry(chain, chain);
        let keys: Vec<_> = registry
            .keys
            .iter()
            .map(|key| key.expect("a key parses"))
            .collect();
        let mut old: Vec<_> = keys
            .iter()
            .filter(|(_, key)| key.retired_at().is_some())
            .copied()
            .collect();
        if old.is_empty() {
            old = keys;
        }
        let Some((key, root)) =
            (self.dice.pick(&old)).map(|(key, entry): (_, KeyEntry)| (key, *entry.root()))
        else {
            return;
        };
        let (value, id) = (self.value(chain), self.world.query_id());
        let delector = self.world.delector(chain);
        let message = delector
            .purge_key(root, key, value, id)
            .expect("it can be encoded");
        self.send(who, &[message]);
    }
}
