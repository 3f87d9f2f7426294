//! The share of all stake that a captured chain may have: most promises hold below some share.

use std::collections::BTreeMap;

use ddvs_client::ChainId;
use ddvs_contracts::storage::DElectorStorage;

use crate::invariants::Monitor;

/// Applied numbers of an origin about which copies still listen.
const MEMORY: u32 = 8;

/// The least and the largest total of each chain in one copy. Votes are counted at any base that it has been at.
#[derive(Debug, Clone, Default)]
pub(super) struct Shares(BTreeMap<ChainId, (u128, u128)>);

impl Shares {
    fn note(&mut self, chain: ChainId, total: u128) {
        let (least, most) = self.0.entry(chain).or_insert((total, total));
        *least = total.min(*least);
        *most = total.max(*most);
    }

    /// The most that `chain` may have had, and all stake then.
    fn most_of(&self, chain: ChainId) -> (u128, u128) {
        let part = self.0.get(&chain).map_or(0, |totals| totals.1);
        let others = self.0.iter().filter(|(other, _)| **other != chain);
        let others: u128 = others.map(|(_, totals)| totals.0).sum();
        (part, part + others)
    }
}

impl Monitor {
    /// Notes how much the captured chain has in the view of an honest copy.
    pub(super) fn note_shares(&mut self, copy: ChainId, storage: &DElectorStorage) {
        let Some(captured) = self.captured else {
            return;
        };
        let (mut of_captured, mut all) = (0, 0);
        for entry in storage.registries.iter() {
            let (origin, registry) = entry.expect("a registry parses");
            let total = registry.total.into_inner();
            let shares = self.agreement.shares.entry(copy).or_default();
            shares.note(origin, total);
            all += total;
            if origin == captured {
                of_captured = total;
                self.may_split |= registry.seqno > MEMORY;
            }
        }
        self.may_split |= 6 * of_captured >= all;
        let (part, all) = self.agreement.shares[&copy].most_of(captured);
        self.may_forge |= 3 * part >= all;
    }
}
