//! A batch waits for more than half of the stake, and each chain's stake counts once.

use ddvs_contracts::messages::{BatchVote, Vote};
use ddvs_network_tests::check::received;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn batch_below_half_waits_and_is_applied_when_chains_return() {
    let mut world = World::new(&Shape::default());
    let ivan = world.person(1, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&ivan, 1_000 * COIN);
    let before = (world.registry(1, 1).seqno, world.counted(&root));
    world.silence(0);
    world.silence(2);

    let stake = world.stake_message(&ivan, &root, 1_000 * COIN);
    let hash = world.send(&ivan, &[stake]);
    world.pass(120);
    // the pool has accepted it, the network has not agreed
    assert_eq!(world.position(&ivan, &root).staked_nano(), 1_000 * COIN);
    assert_eq!(world.registry(1, 1).seqno, before.0);
    assert_eq!(world.registry(-1, 1).seqno, before.0);
    assert_eq!(world.counted(&root), before.1);
    assert!(world.local(1).in_flight);
    // the masterchain has no stake, and nothing to dispute
    let pending: Vec<_> = world.storage(1).pending.counted().collect();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].as_ref().unwrap().1.votes, 0);

    world.resume(0);
    // chain 2 is still silent: chains 0 and 1 are enough
    world.follow_within(hash, 20);
    assert_eq!(world.registry(1, 1).seqno, before.0 + 1);
    assert_eq!(world.counted(&root), before.1 + 1_000 * COIN);
    world.resume(2);
    world.settle();
    world.check_at_rest();
}

#[test]
fn exactly_half_is_not_enough() {
    // two workchains of equal stake: the origin alone holds exactly one half
    let mut world = World::new(&Shape::with_stakes(vec![vec![100_000; 3]; 2]));
    let ivan = world.person(1, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&ivan, 1_000 * COIN);
    world.silence(0);
    let stake = world.stake_message(&ivan, &root, 1_000 * COIN);
    let hash = world.send(&ivan, &[stake]);
    world.pass(60);
    assert_eq!(world.registry(1, 1).seqno, 0);
    world.resume(0);
    world.follow(hash);
    assert_eq!(world.registry(1, 1).seqno, 1);
    world.settle();
    world.check_at_rest();
}

#[test]
fn a_heavy_origin_decides_alone_and_others_follow() {
    let stakes = vec![vec![100_000; 3], vec![10_000; 3], vec![10_000; 3]];
    let mut world = World::new(&Shape::with_stakes(stakes));
    let ivan = world.person(0, 0);
    let root = world.validator(0, 0).root;
    world.deposit(&ivan, 1_000 * COIN);
    for chain in [-1, 1, 2] {
        world.silence(chain);
    }
    let stake = world.stake_message(&ivan, &root, 1_000 * COIN);
    let hash = world.send(&ivan, &[stake]);
    world.pass(30);
    assert_eq!(world.registry(0, 0).seqno, 1);
    assert_eq!(world.counted(&root), 101_000 * COIN);
    for chain in [-1, 1, 2] {
        world.resume(chain);
    }
    world.follow(hash);
    world.settle();
    world.check_at_rest();
}

#[test]
fn own_vote_counts_once() {
    // 40 % origin, 30 % and 30 %: the origin's vote twice, or one voter's twice, would be a majority
    let stakes = vec![vec![40_000; 3], vec![30_000; 3], vec![30_000; 3]];
    let mut world = World::new(&Shape::with_stakes(stakes));
    let ivan = world.person(0, 0);
    let root = world.validator(0, 0).root;
    world.deposit(&ivan, 1_000 * COIN);
    world.silence(1);
    world.silence(2);
    let stake = world.stake_message(&ivan, &root, 1_000 * COIN);
    let hash = world.send(&ivan, &[stake]);
    world.pass(20);
    let batch_hash = content_hash(&world, 0);
    let vote = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash,
    });
    let main = world.delector(-1).address().clone();
    let own = world.delector(0).address().clone();
    // the masterchain says it again and again, and the origin votes for itself at the masterchain
    for _ in 0..3 {
        world.inject(&main, &own, &vote);
        world.inject(&own, &main, &vote);
    }
    world.pass(20);
    for copy in [-1, 0] {
        assert_eq!(world.registry(copy, 0).seqno, 0, "copy {copy}");
    }
    // a vote of chain 1 for real is enough, once it is back
    world.resume(1);
    let tree = world.follow_within(hash, 400);
    assert_eq!(world.registry(0, 0).seqno, 1);
    let own_votes: Vec<Vote> = received(tree.transactions_of(&own));
    let own_votes = own_votes.iter().flat_map(|votes| votes.list().unwrap());
    assert!(
        own_votes
            .into_iter()
            .all(|vote| vote.batch_hash == batch_hash)
    );
    world.resume(2);
    world.settle();
    world.check_replicas(&world.chains());
}

/// Hash of the only content that waits at a copy.
fn content_hash(world: &World, chain: i8) -> tycho_types::cell::HashBytes {
    let storage = world.storage(chain);
    let contents: Vec<_> = storage.pending.counted().map(Result::unwrap).collect();
    assert_eq!(contents.len(), 1);
    *contents[0].1.batch.as_ref().unwrap().inner().repr_hash()
}
