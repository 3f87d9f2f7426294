//! Ranks are ordered by stake: who splits stake among validators whose stakes differ in one bit each makes the ranking's dictionaries deep.
//! A full batch of changes at the bottom, each of which takes a member out and a candidate in, still fits into a transaction.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::Backend;
use ddvs_network_tests::{COIN, Shape, World};

/// Members above the least stake of the set, and candidates below: one for each bit.
const BITS: usize = 43;
/// Members at the bottom that become candidates at the bottom.
const MOVERS: usize = 10;
/// The least stake in the set, in nano: its last bits are zeros.
const LEAST: u128 = 8 << 44;

fn target(index: usize) -> u128 {
    match index {
        above if above < BITS => LEAST + (1 << above),
        below if below < 2 * BITS => LEAST - 1 - (1 << (below - BITS)),
        _ => LEAST,
    }
}

#[test]
fn a_full_batch_at_the_bottom_fits_into_a_transaction() {
    let (all, members) = (2 * BITS + MOVERS, (BITS + MOVERS) as u16);
    // others have a majority, so that changes wait for each other and share batches
    let stakes = [100_000, 150_000, 150_000].map(|coins| vec![coins; all]);
    let mut shape = Shape::with_stakes(stakes.to_vec());
    shape.people = all + 20;
    (shape.limits.max_validators, shape.limits.main_validators) = (members, members);
    let mut world = World::new(&shape);
    for index in 0..all {
        let validator = world.validator(0, index);
        world.deposit(&validator.owner, 100_000 * COIN);
        let more = target(index) - 100_000 * COIN;
        world.stake(&validator.owner, &validator.root, more);
        assert_eq!(world.counted(&validator.root), target(index));
    }
    world.pass(200);
    let (before, cursor) = (world.registry(0, 0).seqno, world.net.cursor().unwrap());
    for (place, index) in (2 * BITS..all).enumerate() {
        let validator = world.validator(0, index);
        let (wallet, id) = (world.wallet(&validator.owner), world.query_id());
        let (less, value) = (4 + 2 * place as u128, world.change_value(0));
        let unstake = wallet.unstake(validator.root.address(), less, value, id);
        world.send(&validator.owner, &[unstake.unwrap()]);
    }
    world.settle();
    let batches = world.registry(0, 0).seqno - before;
    assert!(batches <= 4, "{batches} batches: none was full");
    for copy in [-1, 0] {
        let own = world.transactions_since(cursor, copy);
        let gas = own
            .iter()
            .map(|transaction| transaction.gas_used())
            .max()
            .unwrap();
        println!("copy {copy}: {gas} gas");
        assert!(gas < 850_000, "copy {copy}: {gas} gas");
    }
}
