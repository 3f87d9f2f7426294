//! A captured origin names a base that is never reached. Each copy then counts at its current totals, and sends
//! that to no copy without a request.

use ddvs_client::ChainId;
use ddvs_contracts::messages::{Batch, Propose};
use ddvs_network_tests::captured::{base_naming, next_batch};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::Lazy;

/// The copy that is looked at.
const COPY: ChainId = 1;

/// Returns the loss of a copy by each of three batches of a captured origin, in nano: with the current base, and with
/// one that is never reached.
fn lost(workchains: i8, is_odd: bool) -> Vec<i128> {
    let mut world = World::new(&Shape::with_stakes(vec![
        vec![20_000; 4];
        workchains as usize
    ]));
    let liar = workchains - 1;
    let params = world.params(COPY);
    let value_nano = u128::from(params.peer_value_nano) + u128::from(params.entry_value_nano.get());
    let mut lost = Vec::new();
    for round in 0..3 {
        let mut batch: Batch = next_batch(&world, COPY, liar, (20_010 + round) * COIN)
            .load()
            .expect("a batch parses");
        if is_odd {
            batch.base = base_naming(0, 200);
        }
        let batch = Lazy::new(&batch).expect("a batch can be encoded");
        let before = world.balance(world.delector(COPY).address());
        for to in world.chains().into_iter().filter(|&to| to != liar) {
            let (from, to) = (world.delector(liar), world.delector(to));
            let propose = Propose {
                batch: batch.clone(),
            };
            world.inject_with(from.address(), to.address(), &propose, value_nano);
        }
        world.settle();
        assert_eq!(
            world.registry(COPY, liar).last_hash,
            *batch.inner().repr_hash()
        );
        let after = world.balance(world.delector(COPY).address());
        lost.push(before.cast_signed() - after.cast_signed());
    }
    lost
}

/// The message pays for its consequences.
#[test]
fn batch_with_an_unreachable_base_costs_no_copy() {
    for workchains in [7, 23] {
        let (known, odd) = (lost(workchains, false), lost(workchains, true));
        println!("nano lost by a batch on {workchains}: {known:?}, with an odd base {odd:?}");
        assert!(known.iter().all(|lost| *lost < 0), "{known:?}");
        assert!(odd.iter().all(|lost| *lost < 0), "{odd:?}");
    }
}
