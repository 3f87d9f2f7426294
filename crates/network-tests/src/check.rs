//! Invariants of the network at rest.

use std::collections::BTreeSet;

use ddvs_client::{Backend, ChainId, TransactionRecord};
use ddvs_contracts::messages::{self, Message};
use ddvs_scenario::{agreement, words};
use tycho_types::cell::{HashBytes, Load};
use tycho_types::models::ValidatorSet;

use crate::World;

impl World {
    /// Everything below. `injected_nano` of [`ddvs_client::Supply`] counts as issued.
    #[track_caller]
    pub fn check_at_rest(&self) {
        self.check_replicas(&self.chains());
        self.check_supply();
        for chain in self.chains() {
            self.check_set(chain);
            self.check_set_computed(chain);
        }
        for who in self.everybody() {
            self.check_wallet(&who);
        }
    }

    /// Genesis owners and users.
    pub fn everybody(&self) -> Vec<crate::Person> {
        let owners = self.validators.iter().flatten().map(|v| &v.owner);
        owners
            .chain(self.people.iter().flatten())
            .cloned()
            .collect()
    }

    /// The copies on `copies` hold equal registries of all chains.
    #[track_caller]
    pub fn check_replicas(&self, copies: &[ChainId]) {
        let delectors: Vec<_> = copies.iter().map(|&chain| self.delector(chain)).collect();
        for chain in self.chains() {
            let mut digests = delectors.iter().map(|delector| {
                delector
                    .registry_digest(&self.net, chain)
                    .expect("the getter answers")
            });
            let first = digests.next();
            assert!(
                digests.all(|digest| Some(digest) == first),
                "the copies differ about chain {chain}"
            );
        }
    }

    /// Whether all copies hold the same registries.
    pub fn replicas_equal(&self) -> bool {
        let delectors: Vec<_> = self
            .chains()
            .into_iter()
            .map(|c| self.delector(c))
            .collect();
        agreement::replicas_differ(&self.net, &delectors)
            .expect("the getter answers")
            .is_none()
    }

    /// Coins are conserved, counted one by one.
    #[track_caller]
    pub fn check_supply(&self) {
        let supply = self
            .net
            .network()
            .recount_supply()
            .expect("the state is sound");
        assert!(supply.is_conserved(), "{supply:?}");
    }

    /// Param 34 of a chain is well formed: slots from zero without a hole, no key twice, weights that sum up, and the
    /// ranking's members in force unless an interval holds them back.
    #[track_caller]
    pub fn check_set(&self, chain: ChainId) -> ValidatorSet {
        let config = self.net.config(chain).expect("the chain exists");
        let raw = config
            .get_raw_cell(34)
            .expect("the config parses")
            .expect("param 34 is there");
        let mut slice = raw.as_slice().expect("param 34 is an ordinary cell");
        assert_eq!(slice.load_u8().expect("a tag"), 0x12, "validators_ext");
        let since = slice.load_u32().expect("utime_since");
        assert!(since <= self.now());
        assert_eq!(slice.load_u32().expect("utime_until"), u32::MAX);
        let total = slice.load_u16().expect("total");
        let main = slice.load_u16().expect("main");
        let weight = slice.load_u64().expect("total_weight");
        let list =
            tycho_types::dict::Dict::<u16, ddvs_contracts::storage::ValidatorDescr>::load_from(
                &mut slice,
            )
            .expect("list");
        assert_eq!(total, main);
        let (mut sum, mut keys, mut slot) = (0, BTreeSet::new(), 0);
        for entry in list.iter() {
            let (index, member) = entry.expect("a member parses");
            assert_eq!(index, slot, "slots of chain {chain} are contiguous");
            assert!(keys.insert(member.key), "a key twice on chain {chain}");
            assert!(member.weight > 0);
            sum += member.weight;
            slot += 1;
        }
        assert_eq!(slot, total, "count of chain {chain}");
        assert_eq!(sum, weight, "total weight of chain {chain}");
        assert!(total > 0, "the set of chain {chain} is empty");
        let local = self.local(chain);
        if !local.set_dirty {
            let ranking = local.ranking.load().expect("the ranking parses");
            assert_eq!(
                ranking.list, list,
                "param 34 of chain {chain} is the ranking"
            );
            assert_eq!(ranking.count, total);
            assert_eq!(ranking.total_weight, weight);
        }
        config
            .get_current_validator_set()
            .expect("a stock reader takes param 34")
    }

    /// The ranking that a copy keeps in place for its chain is the set that the getter computes from its registries:
    /// the same keys with the same weights.
    #[track_caller]
    pub fn check_set_computed(&self, chain: ChainId) {
        let ranking = self.local(chain).ranking.load().expect("it parses");
        let mut kept = BTreeSet::new();
        for member in ranking.list.values() {
            let member = member.expect("a member parses");
            kept.insert((member.key, member.weight));
        }
        assert_eq!(
            kept,
            self.computed_set(chain, chain),
            "set of chain {chain}"
        );
    }

    /// Keys and weights of the set of `chain` by the registries of the copy on `copy`.
    #[track_caller]
    pub fn computed_set(&self, copy: ChainId, chain: ChainId) -> BTreeSet<(HashBytes, u64)> {
        let delector = self.delector(copy);
        let args = vec![ddvs_contracts::getters::int_arg(chain)];
        let output = self
            .net
            .get_method(delector.address(), "validator_set", args)
            .expect("the getter answers");
        let set = ddvs_contracts::getters::StackReader::new(&output.stack, 1)
            .and_then(|mut stack| stack.parse::<ValidatorSet>())
            .expect("the getter returns a set");
        let members = set.list.iter();
        members
            .map(|member| (member.public_key, member.weight))
            .collect()
    }

    /// The wallet on one's own chain covers what it holds, and holds the sum of its positions.
    #[track_caller]
    pub fn check_wallet(&self, who: &crate::Person) {
        let wallet = self.wallet(who);
        let Some(storage) = wallet.storage(&self.net).expect("the wallet parses") else {
            return;
        };
        let mut sum = 0;
        for entry in storage.positions.iter() {
            let (_, position) = entry.expect("a position parses");
            sum += position.held_nano();
        }
        let held = storage.held.into_inner();
        assert_eq!(held, sum, "{} holds the sum of its positions", who.name);
        let balance = self.balance(wallet.address());
        assert!(balance >= held, "{}: {balance} < {held}", who.name);
    }
}

/// All messages of type `M` that caused one of these transactions, bounces aside.
pub fn received<'a, M: Message>(
    transactions: impl Iterator<Item = &'a std::sync::Arc<TransactionRecord>>,
) -> Vec<M> {
    transactions
        .filter_map(|transaction| {
            words::with_body(transaction, |op, body| {
                (op == M::OP)
                    .then(|| messages::read_body::<M>(body))
                    .flatten()
            })
        })
        .collect()
}

/// Reasons that answers in these transactions gave.
pub fn refusals<'a>(
    transactions: impl Iterator<Item = &'a std::sync::Arc<TransactionRecord>>,
) -> Vec<u8> {
    transactions
        .filter_map(|transaction| words::refusal_in(transaction))
        .collect()
}
