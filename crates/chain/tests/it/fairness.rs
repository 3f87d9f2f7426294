//! A chain that floods another one keeps it neither from its own messages nor from its users.

use ddvs_chain::external::External;
use ddvs_chain::{Chain, Import, Imports, Inputs};
use ddvs_test_kit::puppets::{ConfigPlan, START_MS, addr, external, injected, internal, puppet};
use ddvs_types::{COIN, ChainId};

use crate::world::World;

/// Endless messages from chain 1, each of an early logical time and a part of a block's gas.
struct Flood(u64);

impl Imports for Flood {
    fn next(&mut self) -> Option<(u64, ChainId)> {
        Some((self.0, 1))
    }

    fn take(&mut self, source: ChainId) -> Option<Import> {
        self.0 += 1;
        let cell = injected(
            &addr(1, 1),
            &addr(0, 1),
            COIN / 50,
            self.0,
            puppet::burn(100),
        );
        Some(Import::read(source, 0, cell).expect("it is a message between these chains"))
    }
}

/// Chain 0 with 30 messages left over.
fn with_leftover() -> Chain {
    let plan = ConfigPlan {
        block_gas_limit: 20_000,
        ..Default::default()
    };
    let mut world = World::new(&plan);
    let send = |value| {
        (
            1u8,
            internal(&addr(0, 2), COIN + value, true, puppet::burn(100)),
        )
    };
    let messages: Vec<_> = (0..30u128).map(send).collect();
    world.tell(0, external(&addr(0, 1), puppet::send(&messages)));
    world.block(0, usize::MAX);
    let chain = world.chains[&0].clone();
    assert!(chain.leftover().len() > 20);
    chain
}

#[test]
fn flooded_chain_goes_on_with_its_own_messages_and_externals() {
    let mut chain = with_leftover();
    let mut flood = Flood(0);
    let mut externals = 0;
    for block in 2..40u64 {
        chain
            .propose(Inputs {
                time_ms: START_MS + 1_000 * block,
                imports: &mut flood,
                externals: &mut || {
                    externals += 1;
                    let message = external(&addr(0, 3), puppet::nothing());
                    Some(External::read(0, message).unwrap())
                },
                goes_on: &mut |_| true,
            })
            .unwrap();
    }
    assert_eq!(chain.leftover().len(), 0);
    assert!(externals > 30, "{externals} external messages");
    assert!(flood.0 > 30, "{} imports", flood.0);
}

/// A chain whose own contracts never rest imports all the same.
#[test]
fn busy_chain_goes_on_importing() {
    let mut chain = with_leftover();
    let mut flood = Flood(u64::from(u32::MAX));
    for block in 2..6u64 {
        let before = flood.0;
        chain
            .propose(Inputs {
                time_ms: START_MS + 1_000 * block,
                imports: &mut flood,
                externals: &mut || None,
                goes_on: &mut |_| true,
            })
            .unwrap();
        assert!(flood.0 > before, "nothing was imported");
        assert!(chain.leftover().len() > 0, "the chain is busy");
    }
}

/// A receiver must be able to prove where in a lane it stops, so a block sends only so much.
#[test]
fn block_sends_a_bounded_number_of_messages_to_others() {
    let mut world = World::new(&ConfigPlan {
        block_gas_limit: 1_000_000_000,
        ..Default::default()
    });
    let send = |value| (1u8, internal(&addr(1, 1), value, false, puppet::nothing()));
    for round in 0..60u128 {
        let messages: Vec<_> = (1..=200).map(|value| send(round * 1_000 + value)).collect();
        world.tell(
            0,
            external(&addr(0, 1 + (round % 3) as u32), puppet::send(&messages)),
        );
    }
    let sent: Vec<_> = (0..3)
        .map(|_| world.block(0, usize::MAX).sent.len())
        .collect();
    assert!((8_192..8_192 + 200).contains(&sent[0]), "{sent:?}");
    assert_eq!(sent.iter().sum::<usize>(), 60 * 200, "{sent:?}");
}
