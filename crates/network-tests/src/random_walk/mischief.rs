//! Unusual operations of users.

use ddvs_client::seeded::Person;
use ddvs_contracts::messages::{PossessionProof, SlashedCoins};
use ddvs_contracts::primitives::Signature;
use ddvs_contracts::signing::possession_bytes;
use ddvs_contracts::storage::KeyEntry;

use super::Walk;
use crate::forge::{forge, keys_that_prove_nothing};
use crate::{COIN, World};

impl Walk {
    /// A Root's owner registers a key for which anyone can sign.
    pub(super) fn register_bad_key(&mut self) {
        let (owner, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let keys = keys_that_prove_nothing();
        let key = self.dice.pick(&keys).expect("there are such keys");
        let message = possession_bytes(&self.world.network.genesis, root.address());
        let signature = forge(&key, &message).unwrap_or(Signature([0; 64]));
        let (value, id) = (self.value(root.address().workchain), self.world.query_id());
        let register = root
            .register_key(key, &PossessionProof { signature }, value, id)
            .expect("it can be encoded");
        self.send(&owner, &[register]);
    }

    /// A user unstakes all but some nano.
    pub(super) fn leave_a_crumb(&mut self) {
        let Some((who, chain, root)) = self.position() else {
            return;
        };
        let wallet = self.world.wallet_on(&who, chain);
        let position = wallet.position(&self.world.net, &root).expect("it parses");
        let staked = position.staked_nano();
        let crumb = [1, 1_000, 9_999 * COIN][self.dice.below(3)];
        let (value, id) = (self.value(chain), self.world.query_id());
        let unstake = wallet
            .unstake(&root, staked.saturating_sub(crumb), value, id)
            .expect("it can be encoded");
        self.send(&who, &[unstake]);
    }

    /// Purges all retired keys of a Root, and its current one, at once, some of them twice.
    pub(super) fn purge_all_of_one(&mut self) {
        let (owner, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let (chain, id) = (root.address().workchain, root.address().address);
        let registry = self.world.registry(chain, chain);
        let keys = (registry.keys.iter()).map(|key| key.expect("a key parses"));
        let own = |(key, entry): (_, KeyEntry)| (*entry.root() == id).then_some(key);
        let keys: Vec<_> = keys.filter_map(own).collect();
        let mut messages = Vec::new();
        for key in keys.iter().chain(&keys).take(4) {
            let (value, query_id) = (self.world.change_value(chain), self.world.query_id());
            let delector = self.world.delector(chain);
            let purge = delector.purge_key(id, *key, value, query_id);
            messages.push(purge.expect("it can be encoded"));
        }
        self.send(&owner, &messages);
    }

    /// A Root's owner registers several keys in one block.
    pub(super) fn rotate_again_and_again(&mut self) {
        let (owner, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let keys: Vec<_> = (0..4).map(|_| self.new_key()).collect();
        let messages: Vec<_> = keys
            .iter()
            .map(|key| self.world.register_message(&root, key))
            .collect();
        self.send(&owner, &messages);
    }

    /// A stranger sends what only wallets have a reason to send.
    pub(super) fn send_slashed_coins(&mut self, who: &Person) {
        let (_, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let chain = self.somewhere();
        let body = SlashedCoins {
            query_id: 1,
            root: root.address().clone(),
        };
        let to = self.world.delector(chain).address().clone();
        let value = [1, 1_000_000, COIN / 10, COIN][self.dice.below(4)];
        self.send(who, &[World::message(&to, &body, value)]);
    }
}
