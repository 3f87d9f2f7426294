//! A newcomer deploys a Root, registers a key and stakes: it is in param 34 in the first block after the majority.

use ddvs_client::Backend;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn newcomer_is_in_the_set_in_the_first_block_after_the_majority() {
    let mut world = World::new(&Shape::default());
    let nora = world.person(1, 0);
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 60_000 * COIN);
    assert_eq!(world.entry(&root), None);
    assert!(!world.in_set(1, &key));
    assert_eq!(world.set(1).list.len(), 4);

    let (cursor, before) = (world.net.cursor().unwrap(), world.registry(1, 1));
    let tree = world.stake(&nora, &root, 60_000 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.counted(&root), 60_000 * COIN);
    assert_eq!(world.registry(1, 1).seqno, before.seqno + 1);
    assert_eq!(world.registry(1, 1).eligible, 5);
    assert_eq!(
        world.registry(1, 1).total.into_inner(),
        before.total.into_inner() + 60_000 * COIN
    );
    assert_eq!(world.weight(1, &key), Some(60_000));
    world.pass(2);

    // the block after the one that applied it is the first with the new set; all later ones have it too
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let own: Vec<_> = blocks.iter().filter(|block| block.chain == 1).collect();
    let has = |index: usize| {
        let members = &own[index].validator_set.set.list;
        members.iter().any(|m| m.public_key == key.public())
    };
    let first = (0..own.len()).find(|&index| has(index)).expect("it joins");
    let applied = own[first - 1]
        .transactions
        .iter()
        .any(|t| t.account == *world.delector(1).address());
    assert!(applied, "the D'Elector worked in the block before");
    assert!((first..own.len()).all(has));
    let blocks_needed = own[first].seqno - own[0].seqno;
    assert!(blocks_needed <= 5, "{blocks_needed} blocks");
    world.check_at_rest();
}

#[test]
fn newcomer_below_the_minimum_waits_until_others_stake() {
    let mut world = World::new(&Shape::default());
    let (nora, ivan) = (world.person(1, 0), world.person(1, 1));
    let nora = world.join(&nora, 9_000 * COIN);
    assert_eq!(world.counted(&nora.root), 0);
    assert!(world.root_state(&nora.root).flight.is_none());
    world.deposit_and_stake(&ivan, &nora.root, 1_000 * COIN);
    assert_eq!(world.counted(&nora.root), 10_000 * COIN);
    assert_eq!(world.weight(1, &nora.key), Some(10_000));
    world.check_at_rest();
}
