//! Messages of one captured chain, and their effects: the honest copies continue, are equal at rest, and never apply
//! what an honest origin did not propose.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchVote, Claim, ContentId, Propose, Relay, Vote};
use ddvs_network_tests::captured::{
    base, cells_of, made_up, made_up_with, next_batch, say, say_to_all, settle, settle_within,
};
use ddvs_network_tests::check::received;
use ddvs_network_tests::invariants::Monitor;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};

/// Blocks of all chains together within which one stake is counted everywhere.
const ENOUGH_BLOCKS: usize = 400;

/// A network with these shares, and a monitor that gives one chain up.
fn network(shares: &[u64], captured: ChainId, codes: Codes) -> (World, Monitor) {
    let stakes = shares.iter().map(|share| vec![share * 2_500; 4]).collect();
    let mut shape = Shape::with_stakes(stakes);
    shape.codes = codes;
    let world = World::new(&shape);
    let mut monitor = Monitor::new(&world);
    monitor.give_up(captured);
    (world, monitor)
}

/// One coin more for the first validator of an honest chain is counted everywhere; the monitor sees all.
#[track_caller]
fn check_goes_on(world: &mut World, monitor: &mut Monitor, chain: ChainId, copies: &[ChainId]) {
    let (who, root) = (world.person(chain, 0), world.validator(chain, 0).root);
    let (before, seqno) = (world.counted(&root), world.registry(chain, chain).seqno);
    world.send(&who, &[world.wallet(&who).deposit(1_001 * COIN).unwrap()]);
    settle_within(world, monitor, ENOUGH_BLOCKS);
    let stake = world.stake_message(&who, &root, 1_000 * COIN);
    world.send(&who, &[stake]);
    settle_within(world, monitor, ENOUGH_BLOCKS);
    assert_eq!(world.counted(&root), before + 1_000 * COIN);
    for &copy in copies {
        assert_eq!(world.registry(copy, chain).seqno, seqno + 1, "copy {copy}");
    }
    world.check_replicas(copies);
    monitor.assert_sound();
}

fn vote(batch: &Lazy<Batch>) -> Vote {
    let (origin, seqno) = number(batch);
    Vote::one(BatchVote {
        origin,
        seqno,
        batch_hash: *batch.inner().repr_hash(),
    })
}

fn number(batch: &Lazy<Batch>) -> (ChainId, u32) {
    let batch = batch.load().unwrap();
    (batch.origin, batch.seqno)
}

#[test]
fn a_batch_for_one_copy_only_reaches_all() {
    let (mut world, mut monitor) = network(&[30, 35, 35], 0, Codes::default());
    let batch = next_batch(&world, 1, 0, 80_000 * COIN);
    say(&mut world, 0, 1, &Propose { batch });
    settle_within(&mut world, &mut monitor, 12);
    world.silence(0);
    assert_eq!(world.registry(1, 0).seqno, 1, "chain 1 has applied it");
    for _ in 0..3 {
        check_goes_on(&mut world, &mut monitor, 1, &[-1, 1, 2]);
        check_goes_on(&mut world, &mut monitor, 2, &[-1, 1, 2]);
    }
    for copy in [-1, 1, 2] {
        assert_eq!(world.registry(copy, 0).seqno, 1, "copy {copy}");
    }
}

#[test]
fn different_batch_for_each_copy_is_applied_nowhere() {
    let (mut world, mut monitor) = network(&[35, 35, 30], 2, Codes::default());
    for (to, stake) in [(-1, 80_000), (0, 81_000), (1, 82_000)] {
        let batch = next_batch(&world, to, 2, stake * COIN);
        say(&mut world, 2, to, &Propose { batch });
    }
    settle(&mut world, &mut monitor);
    assert!(monitor.reached.taken_back > 0);
    assert_eq!([-1, 0, 1].map(|copy| world.registry(copy, 2).seqno), [0; 3]);
    // who stakes on a chain that voted for one of them settles it
    check_goes_on(&mut world, &mut monitor, 0, &[-1, 0, 1]);
    check_goes_on(&mut world, &mut monitor, 1, &[-1, 0, 1]);
}

/// The captured masterchain votes for and relays an honest batch before its origin proposes it. Returns how many votes the
/// two other chains cast, and whether all applied it.
fn relayed_first(codes: Codes) -> (usize, bool) {
    let (mut world, mut monitor) = network(&[30, 35, 35], -1, codes);
    let (who, root) = (world.person(0, 0), world.validator(0, 0).root);
    world.deposit(&who, 1_000 * COIN);
    let stake = world.stake_message(&who, &root, 1_000 * COIN);
    // batches are predictable: what happens in the one world will happen in the other
    let batch = {
        let mut world = world.clone();
        let cursor = world.net.cursor().unwrap();
        world.send(&who, std::slice::from_ref(&stake));
        world.settle();
        let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
        let all = blocks.iter().flat_map(|block| &block.transactions);
        received::<Propose>(all)[0].batch.clone()
    };
    let cursor = world.net.cursor().unwrap();
    for to in [1, 2] {
        say(&mut world, -1, to, &vote(&batch));
        let batch = batch.clone();
        say(&mut world, -1, to, &Relay { batch });
    }
    world.send(&who, &[stake]);
    settle(&mut world, &mut monitor);
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let all = || blocks.iter().flat_map(|block| &block.transactions);
    let proposed = received::<Propose>(all());
    assert_eq!(proposed[0].batch.inner(), batch.inner(), "as foreseen");
    let copies = [1, 2].map(|chain| world.delector(chain).address().clone());
    let votes = all().filter(|transaction| copies.contains(&transaction.account));
    let votes = votes.flat_map(|transaction| &transaction.out_messages);
    let is_vote = |op, body: tycho_types::cell::CellSlice<'_>| {
        let votes = (op == <Vote as ddvs_contracts::messages::Message>::OP)
            .then(|| ddvs_contracts::messages::read_body::<Vote>(body))
            .flatten()?;
        let votes = votes.list().ok()?;
        let is_it = |vote: &BatchVote| vote.batch_hash == *batch.inner().repr_hash();
        votes.iter().any(is_it).then_some(())
    };
    let count = votes
        .filter(|out| ddvs_contracts::messages::with_body(&out.cell, is_vote).is_some())
        .count();
    let applied = [0, 1, 2].map(|copy| world.registry(copy, 0).seqno) == [1; 3];
    if applied {
        monitor.assert_sound();
    }
    (count, applied)
}

#[test]
fn batch_relayed_before_its_proposal_gets_votes_when_proposed() {
    // each of the two sends to three others
    assert_eq!(relayed_first(Codes::default()), (6, true));
}

#[test]
fn mutant_without_a_vote_after_a_relay_is_detected() {
    let mutant = codes("delector", "told-after-a-relay-is-no-word");
    assert_eq!(relayed_first(mutant), (0, false));
}

fn cell(batch: &Batch) -> Cell {
    CellBuilder::build_from(batch).unwrap()
}

/// Cells that are no batch, or none that can be read to its end.
fn no_batches(world: &World) -> Vec<Cell> {
    let good = next_batch(world, 1, 0, 80_000 * COIN);
    let mut with_more = CellBuilder::new();
    with_more
        .store_slice(good.inner().as_slice().unwrap())
        .unwrap();
    with_more.store_reference(Cell::default()).unwrap();
    let mut with_bits = CellBuilder::new();
    with_bits
        .store_slice(good.inner().as_slice().unwrap())
        .unwrap();
    with_bits.store_u8(1).unwrap();
    let mut odd_base = good.load().unwrap();
    odd_base.base = CellBuilder::build_from(7_u8).unwrap();
    let mut deep = Cell::default();
    for depth in 0..600_u32 {
        let mut builder = CellBuilder::new();
        builder.store_u32(depth).unwrap();
        builder.store_reference(deep).unwrap();
        deep = builder.build().unwrap();
    }
    let mut deep_base = good.load().unwrap();
    deep_base.base = deep.clone();
    let mut no_dictionary = CellBuilder::new();
    let mut slice = good.inner().as_slice().unwrap();
    let bits = slice.load_prefix(slice.size_bits(), 0).unwrap();
    no_dictionary.store_slice(bits).unwrap();
    no_dictionary.store_reference(base(world, 1)).unwrap();
    no_dictionary.store_reference(Cell::default()).unwrap();
    let mut stranger = good.load().unwrap();
    stranger.origin = 77;
    vec![
        Cell::default(),
        with_more.build().unwrap(),
        with_bits.build().unwrap(),
        cell(&odd_base),
        cell(&deep_base),
        no_dictionary.build().unwrap(),
        cell(&stranger),
        deep,
    ]
}

#[test]
fn malformed_batches_are_refused_and_stop_no_chain() {
    let (mut world, mut monitor) = network(&[30, 35, 35], 0, Codes::default());
    for (ahead, cell) in (0_u32..).zip(no_batches(&world)) {
        let lie = Vote::one(BatchVote {
            origin: 0,
            seqno: 1 + ahead % 3,
            batch_hash: *cell.repr_hash(),
        });
        say_to_all(&mut world, 0, &lie);
        let batch = Lazy::<Batch>::from_raw(cell).unwrap();
        say_to_all(
            &mut world,
            0,
            &Relay {
                batch: batch.clone(),
            },
        );
        say_to_all(&mut world, 0, &Propose { batch });
        settle(&mut world, &mut monitor);
    }
    for copy in [-1, 1, 2] {
        for known in world.storage(copy).pending.counted() {
            assert!(known.unwrap().1.batch.is_none(), "copy {copy}");
        }
    }
    check_goes_on(&mut world, &mut monitor, 1, &[-1, 1, 2]);
}

#[test]
fn made_up_bases_move_nothing() {
    let (mut world, mut monitor) = network(&[30, 35, 35], 0, Codes::default());
    let (who, root) = (world.person(1, 0), world.validator(1, 0).root);
    world.send(&who, &[world.wallet(&who).deposit(1_001 * COIN).unwrap()]);
    settle(&mut world, &mut monitor);
    let stake = world.stake_message(&who, &root, 1_000 * COIN);
    world.send(&who, &[stake]);
    while world.storage(-1).pending.is_empty() {
        assert!(
            !settle_within(&mut world, &mut monitor, 1),
            "it is proposed"
        );
    }
    let (key, _) = world.storage(-1).pending.counted().next().unwrap().unwrap();
    let mut content = ContentId([0; 27]);
    content.0.copy_from_slice(&key.0[5..]);
    for mark in 1..=8_u32 {
        let mut made_up = CellBuilder::new();
        for chain in [-1_i8, 0, 1, 2] {
            made_up.store_u8(chain as u8).unwrap();
            made_up.store_u32(mark).unwrap();
        }
        let claim = Claim {
            origin: 1,
            seqno: 1,
            content,
            base: made_up.build().unwrap(),
        };
        say_to_all(&mut world, 0, &claim);
    }
    settle(&mut world, &mut monitor);
    for copy in [-1, 1, 2] {
        assert_eq!(world.registry(copy, 1).seqno, 1, "copy {copy}");
    }
    check_goes_on(&mut world, &mut monitor, 2, &[-1, 1, 2]);
    check_goes_on(&mut world, &mut monitor, 1, &[-1, 1, 2]);
}

#[test]
fn votes_for_nonexistent_batches_delay_no_honest_batch() {
    let (mut world, mut monitor) = network(&[30, 35, 35], 0, Codes::default());
    for seqno in 1..=3 {
        let lie = Vote::one(BatchVote {
            origin: 1,
            seqno,
            batch_hash: HashBytes::ZERO,
        });
        say_to_all(&mut world, 0, &lie);
    }
    settle(&mut world, &mut monitor);
    for _ in 0..3 {
        check_goes_on(&mut world, &mut monitor, 1, &[-1, 1, 2]);
    }
}

/// A captured tenth makes a batch up for an honest origin: votes, relays and claims. Returns whether a copy applied it.
fn forged(codes: Codes) -> bool {
    let (mut world, mut monitor) = network(&[10, 45, 45], 0, codes);
    let batch = next_batch(&world, 2, 1, 50_000 * COIN);
    let forged = *batch.inner().repr_hash();
    let claim = Claim {
        origin: 1,
        seqno: 1,
        content: ContentId::of(&forged),
        base: base(&world, 2),
    };
    say_to_all(&mut world, 0, &vote(&batch));
    say_to_all(&mut world, 0, &Relay { batch });
    say_to_all(&mut world, 0, &claim);
    settle(&mut world, &mut monitor);
    let all = [-1, 1, 2];
    if all
        .iter()
        .any(|&copy| world.registry(copy, 1).last_hash == forged)
    {
        return true;
    }
    check_goes_on(&mut world, &mut monitor, 1, &all);
    false
}

#[test]
fn nobody_can_make_up_an_honest_origins_batch() {
    assert!(!forged(Codes::default()));
}

#[test]
fn mutant_that_lets_anybody_vouch_applies_a_forged_batch() {
    assert!(forged(codes("delector", "anybody-vouches")));
}

/// Returns the coins of all honest copies beyond their treasuries, in nano.
fn own(world: &World) -> i128 {
    let one = |&copy: &ChainId| {
        let treasury = world.storage(copy).treasury.into_inner();
        let balance = world.balance(world.delector(copy).address());
        balance.cast_signed() - treasury.cast_signed()
    };
    [-1, 1, 2].iter().map(one).sum()
}

#[test]
fn copies_do_not_pay_for_a_lie_afterwards() {
    let (mut world, mut monitor) = network(&[30, 35, 35], 0, Codes::default());
    let mut costs = Vec::new();
    for round in 0..14 {
        if round == 2 {
            say_to_all(&mut world, 0, &vote(&made_up(1, 3, 9)));
            settle(&mut world, &mut monitor);
        }
        let before = own(&world);
        check_goes_on(&mut world, &mut monitor, 1, &[-1, 1, 2]);
        costs.push(before - own(&world));
    }
    println!("nano by round, the lie before the third: {costs:?}");
    // nobody asks the captured chain for it: a third would have to vouch
    let (before, slack) = (costs[1], 20_000_000);
    let kept = 3 * 15_000_000;
    assert!(costs[2] <= before + 3 * 85_000_000, "{costs:?}");
    // named contents are kept for eight more numbers, and not looked at again
    assert!(
        costs[3..].iter().all(|cost| *cost <= before + kept),
        "{costs:?}"
    );
    assert!(
        costs[11..].iter().all(|cost| *cost <= before + slack),
        "{costs:?}"
    );
}

#[test]
fn a_flood_takes_bounded_space_and_stops_nobody() {
    let (mut world, mut monitor) = network(&[30, 35, 35], 0, Codes::default());
    for mark in 0..871 {
        let batch = made_up(0, 1, mark);
        say(&mut world, 0, 1, &vote(&batch));
        say(
            &mut world,
            0,
            1,
            &Propose {
                batch: batch.clone(),
            },
        );
        let mut lie = vote(&batch);
        lie.number.origin = 2;
        say(&mut world, 0, 1, &lie);
    }
    settle(&mut world, &mut monitor);
    let contents = kept(&world);
    assert_eq!(contents, 2, "one proposed, one voted for");
    let (before, most) = (cells_of(&world, 1), u32::from(world.params(1).max_batch));
    for seqno in 1..400 {
        let batch = made_up_with(0, seqno, seqno, most);
        say(&mut world, 0, 1, &Propose { batch });
    }
    settle(&mut world, &mut monitor);
    let contents = kept(&world);
    // 256 numbers from the next one on, and the vote
    assert_eq!(contents, 257);
    // each is of the size of a batch at most; an account's data may have 2^20 cells
    let cells = cells_of(&world, 1) - before;
    println!("{cells} cells are kept of 256 numbers with {most} entries each");
    assert!(cells <= 256 * (4 + 6 * most as usize), "{cells}");
    check_goes_on(&mut world, &mut monitor, 1, &[-1, 1, 2]);
}

/// Contents that the copy on chain 1 keeps, not applied.
fn kept(world: &World) -> usize {
    let known = world.storage(1).known_contents().unwrap();
    known.iter().filter(|known| !known.is_applied).count()
}
