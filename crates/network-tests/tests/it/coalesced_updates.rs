//! Many stakes with one Root are few updates, and the messages between D'Electors do not grow with them.

use std::collections::BTreeSet;

use ddvs_client::Backend;
use ddvs_contracts::messages::{Claim, Propose, UpdateStake, Vote};
use ddvs_network_tests::check::received;
use ddvs_network_tests::{COIN, Shape, World};

/// Stakes of `people` people, all in one block. Returns (updates, batches, messages among D'Electors).
fn staked_at_once(people: usize) -> (usize, u32, usize) {
    let shape = Shape {
        people: 40,
        ..Shape::default()
    };
    let mut world = World::new(&shape);
    let root = world.validator(1, 0).root;
    let stakers: Vec<_> = (0..people).map(|index| world.person(1, index)).collect();
    for who in &stakers {
        world.deposit(who, 100 * COIN);
    }
    let before = world.counted(&root);
    let cursor = world.net.cursor().unwrap();
    for who in &stakers {
        let stake = world.stake_message(who, &root, 100 * COIN);
        world.send(who, &[stake]);
    }
    world.settle();
    for who in &stakers {
        assert_eq!(world.position(who, &root).staked_nano(), 100 * COIN);
    }
    let total = before + people as u128 * 100 * COIN;
    assert_eq!(world.counted(&root), total);
    assert_eq!(world.root_state(&root).counted.into_inner(), total);
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let stake_blocks: BTreeSet<u32> = blocks
        .iter()
        .flat_map(|block| &block.transactions)
        .filter(|t| t.in_message.is_external())
        .map(|t| t.block_seqno)
        .collect();
    assert_eq!(stake_blocks.len(), 1, "all in one block");
    let all = || blocks.iter().flat_map(|block| &block.transactions);
    let updates: Vec<UpdateStake> = received(all());
    let proposals: Vec<Propose> = received(all());
    let votes: Vec<Vote> = received(all());
    let claims: Vec<Claim> = received(all());
    world.check_at_rest();
    let messages = proposals.len() + votes.len() + claims.len();
    (updates.len(), world.registry(1, 1).seqno, messages)
}

#[test]
fn twenty_stakes_are_as_few_messages_as_three() {
    let three = staked_at_once(3);
    let twenty = staked_at_once(20);
    let forty = staked_at_once(40);
    // the first one is a batch immediately, all others share the next
    assert_eq!((three.0, three.1), (2, 2));
    assert_eq!(twenty, three);
    assert_eq!(forty, three);
    // n - 1 proposals for each batch, and a vote of each of the n - 2 other workchains to n - 1 copies
    assert_eq!(three.2, 2 * (3 + 6));
    assert_eq!(staked_at_once(1), (1, 1, 3 + 6));
}

#[test]
fn changes_of_many_roots_share_a_batch() {
    let mut shape = Shape::with_stakes(vec![vec![100_000; 8]; 3]);
    shape.people = 8;
    let mut world = World::new(&shape);
    let mut hashes = Vec::new();
    for index in 0..8 {
        let who = world.person(1, index);
        world.deposit(&who, 100 * COIN);
    }
    let cursor = world.net.cursor().unwrap();
    for index in 0..8 {
        let (who, root) = (world.person(1, index), world.validator(1, index).root);
        let stake = world.stake_message(&who, &root, 100 * COIN);
        hashes.push(world.send(&who, &[stake]));
    }
    world.settle();
    // the first one is a batch immediately, all others share the next
    assert_eq!(world.registry(1, 1).seqno, 2);
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let all = blocks.iter().flat_map(|block| &block.transactions);
    let votes: Vec<Vote> = received(all);
    assert_eq!(votes.len(), 2 * 6);
    for index in 0..8 {
        let counted = world.counted(&world.validator(1, index).root);
        assert_eq!(counted, 100_100 * COIN);
    }
    world.check_at_rest();
}
