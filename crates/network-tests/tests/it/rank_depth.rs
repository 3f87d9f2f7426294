//! Ranks are ordered by stake: splitting stake among validators whose stakes differ in one bit each makes the
//! ranking's dictionaries deep. A batch holds only as many changes at the bottom, each of which removes a member and
//! adds a candidate, as fit into a transaction.

use ddvs_client::Backend;
use ddvs_contracts::Codes;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};

/// Members above the least stake of the set, and candidates below: one for each bit.
const BITS: usize = 43;
/// Members at the bottom that become candidates at the bottom.
const MOVERS: usize = 12;
/// The least stake in the set, in nano: its last bits are zeros.
const LEAST: u128 = 8 << 44;

fn target(index: usize) -> u128 {
    match index {
        above if above < BITS => LEAST + (1 << above),
        below if below < 2 * BITS => LEAST - 1 - (1 << (below - BITS)),
        _ => LEAST,
    }
}

/// Whether all requested changes count in the end, and the gas of the most expensive transactions of the masterchain's copy and of
/// their own.
fn move_at_once(codes: Codes) -> (bool, [u64; 2]) {
    let (all, members) = (2 * BITS + MOVERS, (BITS + MOVERS) as u16);
    // others have a majority, so that changes wait for each other and share batches
    let stakes = [100_000, 150_000, 150_000].map(|coins| vec![coins; all]);
    let mut shape = Shape::with_stakes(stakes.to_vec());
    shape.codes = codes;
    shape.people = all + 20;
    shape.limits.max_batch = 8;
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
    let movers: Vec<_> = (2 * BITS..all)
        .map(|index| world.validator(0, index))
        .collect();
    let less = |place: usize| 4 + 2 * place as u128;
    for (place, validator) in movers.iter().enumerate() {
        let (wallet, id) = (world.wallet(&validator.owner), world.query_id());
        let value = world.change_value(0);
        let unstake = wallet.unstake(validator.root.address(), less(place), value, id);
        world.send(&validator.owner, &[unstake.unwrap()]);
    }
    world.pass(60);
    let batches = world.registry(0, 0).seqno - before;
    assert!(batches <= 4, "{batches} batches: none was large");
    let gas = [-1, 0].map(|copy| {
        let own = world.transactions_since(cursor, copy);
        own.iter().map(|own| own.gas_used()).max().unwrap()
    });
    let counts = |place: usize| world.counted(&movers[place].root) == LEAST - less(place);
    ((0..MOVERS).all(counts), gas)
}

#[test]
fn a_batch_holds_as_many_changes_as_can_be_ranked_at_a_time() {
    let (is_done, gas) = move_at_once(Codes::default());
    println!(
        "the masterchain's copy: {} gas, their own: {}",
        gas[0], gas[1]
    );
    assert!(is_done);
    assert!(gas[1] < 750_000, "{gas:?}");
    let (_, lax) = move_at_once(codes("delector", "batches-ignore-the-ranking"));
    assert!(5 * lax[1] > 6 * gas[1], "{lax:?}, else {gas:?}");
}
