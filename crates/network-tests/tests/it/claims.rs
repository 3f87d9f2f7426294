//! A copy that has found a majority which others cannot know sends its base to copies that ask.

use ddvs_client::Backend;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Claim, ContentId, Propose, Want};
use ddvs_network_tests::captured::say;
use ddvs_network_tests::check::received;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};

/// The (chain, seqno) pairs of a base.
fn pairs(base: &tycho_types::cell::Cell) -> Vec<(i8, u32)> {
    let mut slice = base.as_slice().unwrap();
    let mut pairs = Vec::new();
    while !slice.is_data_empty() {
        pairs.push((
            slice.load_u8().unwrap().cast_signed(),
            slice.load_u32().unwrap(),
        ));
    }
    pairs
}

#[test]
fn batch_with_a_majority_at_its_own_base_needs_no_claim() {
    let mut world = World::new(&Shape::default());
    let (uma, ivan) = (world.person(0, 0), world.person(1, 0));
    let (zero, one) = (world.validator(0, 0).root, world.validator(1, 0).root);
    world.deposit(&uma, 1_000 * COIN);
    world.deposit(&ivan, 1_000 * COIN);
    let cursor = world.net.cursor().unwrap();
    let stake = world.stake_message(&uma, &zero, 1_000 * COIN);
    world.send(&uma, &[stake]);
    let stake = world.stake_message(&ivan, &one, 1_000 * COIN);
    world.send(&ivan, &[stake]);
    world.settle();
    assert_eq!(world.counted(&zero), 101_000 * COIN);
    assert_eq!(world.counted(&one), 101_000 * COIN);
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let all = || blocks.iter().flat_map(|block| &block.transactions);
    let proposals: Vec<Propose> = received(all());
    let bases = proposals.iter().map(|p| p.batch.load().unwrap().base);
    for base in bases {
        assert_eq!(pairs(&base), [(-1, 0), (0, 0), (1, 0), (2, 0)]);
    }
    assert_eq!(received::<Claim>(all()), []);
    world.check_at_rest();
}

/// Returns the answers of the origin's own copy and another one to the question where they have counted a batch that
/// had its majority at a later base than its own; and how many such bases the origin's copy keeps after nine more
/// batches.
fn answers(codes: Codes) -> (Vec<Claim>, usize) {
    // chain 0 holds 52 % against 24 % and 24 %, and loses the half of it while chain 1's batch waits: at the first base
    // chains 1 and 2 have 48 %, at a later one more than a half
    let mut shape = Shape::with_stakes(vec![vec![130_000; 4], vec![60_000; 4], vec![60_000; 4]]);
    shape.limits.churn_bp = 6_000;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let ivan = world.person(1, 0);
    let one = world.validator(1, 0).root;
    world.deposit(&ivan, 2_000 * COIN);
    world.pass(25);
    // what chain 1 sends to chain 0 takes long, so that chain 0 never votes in time
    ddvs_client::Operator::set_pair_delay(&mut world.net, 1, 0, 400_000).unwrap();
    let stake = world.stake_message(&ivan, &one, 1_000 * COIN);
    world.send(&ivan, &[stake]);
    world.pass(15);
    assert_eq!(world.registry(1, 1).seqno, 0, "48 % are not enough");
    assert!(world.local(1).in_flight);

    // chain 0 alone decides that one of its validators shrinks
    let leaver = world.validator(0, 0);
    let wallet = world.wallet(&leaver.owner);
    let value = world.change_value(0);
    let cursor = world.net.cursor().unwrap();
    let out = wallet
        .unstake(leaver.root.address(), 120_000 * COIN, value, 1)
        .unwrap();
    world.send(&leaver.owner, &[out]);
    world.pass(15);
    assert_eq!(world.registry(0, 0).seqno, 1);
    // 400,000 of 880,000: by what counts now, chains 1 and 2 hold 480,000
    assert_eq!(world.registry(1, 0).total.into_inner(), 400_000 * COIN);
    assert_eq!(world.registry(1, 1).seqno, 1);
    assert_eq!(world.registry(2, 1).seqno, 1);
    assert_eq!(world.registry(-1, 1).seqno, 1);
    let heard = |world: &World| -> Vec<Claim> {
        let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
        received(blocks.iter().flat_map(|block| &block.transactions))
    };
    assert_eq!(heard(&world), [], "nobody has asked");
    // the origin's own copy and another one
    let content = ContentId::of(&world.registry(1, 1).last_hash);
    for asked in [1, 2] {
        let want = Want {
            origin: 1,
            seqno: 1,
            content,
            lacks: false,
        };
        say(&mut world, -1, asked, &want);
    }
    world.pass(15);
    let claims = heard(&world);
    // chain 0 gets all of it in the end, and late
    world.pass(400);
    world.settle();
    assert_eq!(world.registry(0, 1).seqno, 1);
    world.check_at_rest();
    for _ in 0..9 {
        let stake = world.stake_message(&ivan, &one, 10 * COIN);
        world.send(&ivan, &[stake]);
        world.pass(15);
    }
    assert_eq!(world.registry(1, 1).seqno, 10);
    let kept = world.local(1).rare().unwrap().counted;
    (claims, kept.keys().count())
}

#[test]
fn a_batch_that_has_no_majority_at_its_first_base_gets_one_at_a_later_base() {
    let (claims, kept) = answers(Codes::default());
    assert_eq!((claims.len(), kept), (2, 0));
    for claim in &claims {
        assert_eq!((claim.origin, claim.seqno), (1, 1));
        assert_eq!(pairs(&claim.base), [(-1, 0), (0, 1), (1, 0), (2, 0)]);
    }
    let (claims, _) = answers(codes("delector", "own-bases-are-forgotten"));
    assert_eq!(claims.len(), 1);
    let (_, kept) = answers(codes("delector", "own-bases-are-kept-for-good"));
    assert_eq!(kept, 1);
}
