//! Activity on virtual time: the network makes its blocks as fast as it can, and users act every half second of it.

use ddvs_client::DElector;
use ddvs_embedded::EmbeddedNetwork;

use super::users::MAX_POSITIONS;
use super::validators::GUESTS;
use super::*;
use crate::{Devnet, DevnetOptions, Keys};

const START_S: u32 = 1_700_000_000;
const TICKS_A_MINUTE: u64 = 60_000 / TICK_MS;
/// Leaving validators are present until their coins are free.
const MAX_LEAVING: usize = 8;

struct World {
    options: DevnetOptions,
    live: EmbeddedLive,
    people: People,
    clock_ms: u64,
}

/// History and state of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stand {
    removed: u32,
    came: u32,
    eligible: u32,
    pools: u32,
    members: usize,
    comers: usize,
}

impl World {
    fn new(block_time_ms: u64) -> Self {
        let options = DevnetOptions {
            block_time_ms,
            ..DevnetOptions::default()
        };
        let devnet = Devnet::new(&options, &Keys::of(&options), START_S).expect("is made");
        let network: EmbeddedNetwork = devnet.network().expect("starts");
        let live = EmbeddedLive::new(network);
        let people = People::new(&options, &*live.read()).expect("reads");
        Self {
            options,
            live,
            people,
            clock_ms: u64::from(START_S) * 1_000,
        }
    }

    fn pass(&mut self, minutes: u64) {
        for _ in 0..minutes * TICKS_A_MINUTE {
            self.clock_ms += TICK_MS;
            let mut network = self.live.write();
            let made = network.network_mut().run_until(self.clock_ms);
            made.expect("goes on");
            drop(network);
            // others may have changed the basis of the decision, as in a running network
            let _ = self.people.tick(&self.live);
        }
    }

    /// Simulates a restart: nothing about the users is stored.
    fn restart(&mut self) {
        self.people = People::new(&self.options, &*self.live.read()).expect("reads");
    }

    fn stand(&self, chain: i8) -> Stand {
        let delector = DElector::new(&self.people.network, chain).expect("is one");
        let registry = delector.registry(&self.live, chain).expect("reads");
        let live = self.live.read();
        let network = live.network();
        let config = network.config(chain).expect("has one");
        let comers = self.people.comers.values();
        Stand {
            removed: registry.removed,
            came: self.people.next_comers[&chain],
            eligible: registry.eligible,
            pools: registry.count,
            members: config.validator_set.set.list.len(),
            comers: comers
                .filter(|c| c.validator.owner.chain() == chain)
                .count(),
        }
    }

    /// Number of pools with which each user has coins, and staked coins.
    fn stakers(&self) -> Vec<(usize, u128)> {
        let storages = self.people.users.iter().map(|user| {
            let storage = user.pool.storage(&self.live).expect("reads");
            let storage = storage.expect("has a wallet");
            let positions: Vec<_> = storage.positions.iter().flatten().collect();
            let staked_nano = positions.iter().map(|(_, p)| p.staked_nano()).sum();
            (positions.len(), staked_nano)
        });
        storages.collect()
    }
}

/// Lets users act for this many hours, and checks the state every ten minutes.
fn steady(block_time_ms: u64, hours: u64) {
    let mut world = World::new(block_time_ms);
    let wanted = u32::from(world.options.validators);
    // one may have left whose replacement is on its way, and one may join for whom that was not seen
    let bounds = wanted - 1..=wanted + GUESTS + 1;
    world.pass(10);
    for hour in 0..hours {
        let before: Vec<_> = [0, 1].map(|chain| world.stand(chain)).into();
        for part in 0..6 {
            world.pass(10);
            for chain in [0, 1] {
                let stand = world.stand(chain);
                let place = format!("hour {hour}.{part}, chain {chain}: {stand:?}");
                assert!(bounds.contains(&stand.eligible), "{place}");
                assert!(bounds.contains(&(stand.members as u32)), "{place}");
                let most = (wanted + GUESTS) as usize + MAX_LEAVING;
                assert!(
                    stand.comers <= most && stand.pools as usize <= most,
                    "{place}"
                );
            }
            for (positions, _) in world.stakers() {
                assert!(
                    positions <= MAX_POSITIONS + 1,
                    "hour {hour}.{part}: {positions}"
                );
            }
        }
        let staked = world.stakers().iter().filter(|(_, nano)| *nano > 0).count();
        assert!(staked >= 4, "hour {hour}: {staked} users have staked");
        let after: Vec<_> = [0, 1].map(|chain| world.stand(chain)).into();
        let grown = |of: fn(&Stand) -> u32| -> u32 {
            let pairs = after.iter().zip(&before);
            pairs.map(|(after, before)| of(after) - of(before)).sum()
        };
        assert!(grown(|s| s.removed) > 0, "hour {hour}: nobody misbehaved");
        assert!(grown(|s| s.came) > 0, "hour {hour}: nobody came");
        world.restart();
    }
    let network = world.live.read();
    let supply = network.network().recount_supply().expect("counts");
    assert!(supply.is_conserved());
}

#[test]
fn hours_of_activity_replace_validators_but_keep_their_number() {
    steady(1_000, 2);
}

#[test]
#[ignore = "a day of blocks takes minutes to make: .ci/nightly"]
fn a_day_of_activity_replaces_validators_but_keeps_their_number() {
    steady(1_000, 24);
}

#[test]
fn a_slow_network_reaches_a_steady_state_too() {
    let mut world = World::new(10_000);
    world.pass(120);
    for chain in [0, 1] {
        let stand = world.stand(chain);
        assert!(
            (3..=7).contains(&stand.eligible),
            "chain {chain}: {stand:?}"
        );
        assert!(stand.came > 4, "chain {chain}: {stand:?}");
    }
}
