//! What one chain has sent to another is what the other imported and what is in flight, to the message and to the nano.

use ddvs_test_kit::puppets::{ConfigPlan, addr, external, internal, puppet};
use ddvs_types::COIN;

use crate::world::World;

fn assert_lanes(world: &World) {
    for (&source, from) in &world.chains {
        for (destination, sent) in from.sent().iter() {
            let mut lane = *world.chains[&destination]
                .received()
                .get(source)
                .expect("it is there");
            for import in world.in_flight(source, destination) {
                lane.push(import.cell.repr_hash(), import.head.carried_nano())
                    .expect("it can be appended");
            }
            assert_eq!(lane, *sent, "from {source} to {destination}");
        }
    }
}

#[test]
fn sent_lane_is_the_received_one_and_what_is_in_flight() {
    let mut world = World::new(&ConfigPlan::default());
    for round in 0..12u32 {
        for from in [-1, 0, 1, 2i8] {
            let path = [addr((from + 2) % 3, 2), addr(1, 2), addr(-1, 2)];
            let value = 3 * COIN + u128::from(round);
            let message = internal(&path[0], value, true, puppet::forward(&path[1..]));
            world.tell(
                from,
                external(&addr(from, 1), puppet::send(&[(1, message)])),
            );
            if (round + u32::from(from.unsigned_abs())) % 3 != 0 {
                world.block(from, 3);
            }
            assert_lanes(&world);
        }
    }
    let messages: u64 = (world.chains.values())
        .flat_map(|chain| chain.received().iter())
        .map(|(_, lane)| lane.count)
        .sum();
    assert!(messages > 30, "{messages}");
}

#[test]
fn lanes_with_the_same_messages_in_another_order_differ() {
    use ddvs_types::Lane;
    use tycho_types::cell::HashBytes;

    let lane = |order: [u8; 2]| {
        let mut lane = Lane::default();
        for byte in order {
            lane.push(&HashBytes([byte; 32]), 5).unwrap();
        }
        lane
    };
    assert_eq!(lane([1, 2]), lane([1, 2]));
    assert_ne!(lane([1, 2]).hash, lane([2, 1]).hash);
    assert_eq!((lane([1, 2]).count, lane([1, 2]).value_nano), (2, 10));
}
