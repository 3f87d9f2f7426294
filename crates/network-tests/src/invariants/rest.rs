//! Invariants when all chains are back and no message waits: 1, 4, 7, 8 and 9.

use std::collections::BTreeMap;

use ddvs_client::{ChainId, Operator};
use ddvs_contracts::Reason;
use ddvs_contracts::storage::RootState;

use super::Monitor;
use crate::World;

impl Monitor {
    /// Checks a network at rest; all Roots were synced before.
    pub fn at_rest(&mut self, world: &World) {
        self.at = (-1, u32::MAX);
        if !Operator::is_idle(&world.net) {
            self.blame(8, "messages still wait");
        }
        let supply = world
            .net
            .network()
            .recount_supply()
            .expect("the state is sound");
        let made = self.captured.map_or(0, |_| supply.injected_nano);
        if supply.total_nano() != supply.issued_nano + made {
            self.blame(1, format!("counted one by one: {supply:?}"));
        }
        if self.may_forge {
            return;
        }
        self.check_equal(world);
        let mut honest = world.chains();
        honest.retain(|chain| !self.is_captured(*chain));
        self.check_progress(world, &honest);
        let roots = self.pool.roots.keys();
        let roots: Vec<_> = (roots.filter(|root| !self.is_captured(root.workchain)))
            .cloned()
            .collect();
        for root in roots {
            self.check_agreed(world, &root);
        }
        let unanswered: Vec<_> = (self.pool.wallets.iter())
            .flat_map(|(at, wallet)| wallet.storage.positions.iter().map(move |p| (at, p)))
            .filter_map(|(at, entry)| {
                let (root, position) = entry.expect("a position parses");
                let waits =
                    position.unstaking || position.settling || position.pending.into_inner() > 0;
                waits.then(|| format!("{at} still waits for {root}"))
            })
            .collect();
        for found in unanswered {
            self.blame(14, found);
        }
    }

    /// No origin among `chains` has anything left to do, though it was given time.
    pub fn check_progress(&mut self, world: &World, chains: &[ChainId]) {
        if self.may_forge {
            return;
        }
        for &chain in chains {
            let storage = self.storage(world, chain);
            let local = storage.local.load().expect("it parses");
            let seqno = storage
                .registries
                .get(chain)
                .ok()
                .flatten()
                .map(|r| r.seqno);
            if local.in_flight || local.head != local.tail {
                self.blame(8, format!("chain {chain} waits after batch {seqno:?}"));
                self.blame(9, format!("the change of chain {chain} was stopped"));
            }
        }
    }

    fn check_equal(&mut self, world: &World) {
        let mut first = BTreeMap::new();
        for chain in world.chains() {
            if self.is_captured(chain) {
                continue;
            }
            let storage = self.storage(world, chain);
            for entry in storage.registries.iter() {
                let (origin, r) = entry.expect("a registry parses");
                let replica = (
                    (r.seqno, r.total, r.count, r.eligible, r.last_hash),
                    (r.roots, r.keys, r.history),
                );
                if self.is_captured(origin) && self.may_split {
                    continue;
                }
                let same = first.entry(origin).or_insert_with(|| replica.clone());
                if *same != replica {
                    self.blame(7, format!("copy {chain} differs about chain {origin}"));
                }
            }
        }
    }

    /// The D'Elector counts what the Root wants, or has said why not.
    fn check_agreed(&mut self, world: &World, root: &tycho_types::models::StdAddr) {
        let state = self.pool.roots[root].state.clone();
        let storage = self.storage(world, root.workchain);
        let registry = storage.registries.get(root.workchain).ok().flatten();
        let entry = registry.and_then(|r| r.roots.get(root.address).ok().flatten());
        let counted = entry.map_or(0, |entry| entry.stake.into_inner());
        if counted != state.counted.into_inner() {
            let believes = state.counted;
            self.blame(
                4,
                format!("{root}: {counted} nano are counted, it believes {believes}"),
            );
        }
        if state.flight.is_some() {
            self.blame(8, format!("{root}: an update was never answered"));
        }
        let desired = self.desired(&state);
        if counted == desired {
            return;
        }
        let reason = self.pool.refused.get(root).copied();
        let known = reason.and_then(Reason::from_code);
        if known.is_none() && !state.overcounted {
            self.blame(
                4,
                format!("{root}: {counted} nano are counted, not {desired}, and nobody said why"),
            );
        }
    }

    /// Returns the stake that the D'Elector should count (`docs/protocol.md`, section 4). On purpose it does not use
    /// `RootState::desired_nano`, so that a mistake there cannot hide itself.
    pub fn desired(&self, state: &RootState) -> u128 {
        let no_key = state.keys.is_none();
        if state.closed || state.is_removed() || no_key {
            return 0;
        }
        let active = state.owner_active.into_inner() + state.users_active.into_inner();
        let total = active.min(self.known.limits.max_stake_nano.into());
        let least = u128::from(self.known.limits.min_stake_nano);
        if total < least { 0 } else { total }
    }
}
