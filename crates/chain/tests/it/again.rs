//! A block can be made again from its body, and no other body makes the same block.

use ddvs_chain::{Body, BodyRefusal, Chain, ExecuteError};
use ddvs_test_kit::puppets::{ConfigPlan, addr, external, internal, puppet};
use ddvs_types::{COIN, ChainId};
use proptest::prelude::*;

use crate::world::World;

#[derive(Debug, Clone)]
enum Op {
    /// A batch of messages from a chain: (receiver's chain, then the chains to which it is forwarded).
    Send(ChainId, Vec<Vec<ChainId>>),
    /// An external message that its contract does not accept.
    Refused(ChainId),
    /// A block of at most so many steps.
    Block(ChainId, usize),
}

fn chain_id() -> impl Strategy<Value = ChainId> {
    -1..=2i8
}

fn op() -> impl Strategy<Value = Op> {
    let paths = prop::collection::vec(prop::collection::vec(chain_id(), 1..4), 1..6);
    prop_oneof![
        4 => (chain_id(), paths).prop_map(|(from, paths)| Op::Send(from, paths)),
        1 => chain_id().prop_map(Op::Refused),
        6 => (chain_id(), prop_oneof![Just(usize::MAX), 1..8usize])
            .prop_map(|(chain, steps)| Op::Block(chain, steps)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: None, // The failing input is printed in full.
        ..ProptestConfig::default()
    })]

    #[test]
    fn executed_body_gives_the_proposed_block(
        ops in prop::collection::vec(op(), 1..40),
        gas in prop_oneof![Just(10_000_000u64), Just(8_000u64)],
    ) {
        let mut world = World::new(&ConfigPlan { block_gas_limit: gas, ..Default::default() });
        let mut value_nano = 2 * COIN;
        for op in ops {
            match op {
                Op::Send(from, paths) => {
                    let body = puppet::send_along(&paths, value_nano);
                    world.tell(from, external(&addr(from, 1), body));
                    value_nano += paths.len() as u128;
                }
                Op::Refused(chain) => world.tell(chain, external(&addr(chain, 1), puppet::refuse())),
                Op::Block(id, steps) => {
                    let before = world.chains[&id].clone();
                    let made = world.block(id, steps);
                    let (next, again) = before.execute(&made.body).unwrap();
                    prop_assert_eq!(again.block.hash, made.block.hash);
                    prop_assert_eq!(&again.body, &made.body);
                    prop_assert_eq!(again.sent.len(), made.sent.len());
                    let after = &world.chains[&id];
                    prop_assert_eq!(next.state_hash().unwrap(), after.state_hash().unwrap());
                    prop_assert_eq!(next.export().unwrap(), after.export().unwrap());
                    prop_assert_eq!(&after.recount_supply().unwrap(), after.supply());
                }
            }
        }
    }
}

/// The chain before a block that imports two messages and tries one external message, and that block's body.
fn two_imports() -> (Chain, Body) {
    let mut world = World::new(&ConfigPlan::default());
    let message = |value| (1, internal(&addr(1, 2), value, true, puppet::nothing()));
    let messages = [message(COIN), message(2 * COIN)];
    world.tell(0, external(&addr(0, 1), puppet::send(&messages)));
    world.block(0, usize::MAX);
    world.tell(1, external(&addr(1, 1), puppet::burn(3)));
    let before = world.chains[&1].clone();
    let body = world.block(1, usize::MAX).body;
    assert_eq!((body.imports.len(), body.externals.len()), (2, 1));
    (before, body)
}

#[test]
fn body_that_is_not_of_the_next_block_is_refused() {
    let (chain, body) = two_imports();
    let refusal = |change: &dyn Fn(&mut Body)| {
        let mut body = body.clone();
        change(&mut body);
        match chain.execute(&body) {
            Ok(_) => None,
            Err(ExecuteError::Refused(refusal)) => Some(refusal),
            Err(ExecuteError::Fault(fault)) => panic!("{fault}"),
        }
    };
    assert_eq!(refusal(&|_| {}), None);
    let foreign = external(&addr(0, 1), puppet::nothing());
    let import = refusal(&|body| body.imports[1].1 = foreign.clone());
    assert!(matches!(import, Some(BodyRefusal::Import { index: 1, .. })));
    let other = refusal(&|body| body.externals.push(foreign.clone()));
    assert!(matches!(other, Some(BodyRefusal::External(_))), "{other:?}");
    // a chain cannot speak for accounts of another one
    let forged = refusal(&|body| body.imports[1].0 = 2);
    assert!(matches!(forged, Some(BodyRefusal::Import { index: 1, .. })));
    for chain in [1, 9] {
        let source = refusal(&|body| body.imports[0].0 = chain);
        assert_eq!(source, Some(BodyRefusal::Source(chain)));
    }
    let unprocessed = Some(BodyRefusal::Unprocessed);
    assert_eq!(refusal(&|body| body.steps -= 1), unprocessed);
    assert_eq!(refusal(&|body| body.steps += 1), unprocessed);
    assert_eq!(refusal(&|body| body.steps = 0), unprocessed);
    let more = external(&addr(1, 2), puppet::nothing());
    let more = refusal(&|body| body.externals.push(more.clone()));
    assert_eq!(more, unprocessed);
}

#[test]
fn reordered_imports_make_another_block() {
    let (chain, body) = two_imports();
    let (_, made) = chain.execute(&body).unwrap();
    let mut reordered = body.clone();
    reordered.imports.reverse();
    let (next, other) = chain.execute(&reordered).unwrap();
    assert_ne!(other.block.hash, made.block.hash);
    let lane = |chain: &Chain| *chain.received().get(0).unwrap();
    let (after, _) = chain.execute(&body).unwrap();
    assert_ne!(lane(&next).hash, lane(&after).hash);
    assert_eq!(lane(&next).value_nano, lane(&after).value_nano);
}
