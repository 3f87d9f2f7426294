//! Bounds on what other copies can make one store, and who pays: each with a contract that lacks the bound.

use ddvs_client::{Backend, ComputeResult};
use ddvs_contracts::messages::{
    Batch, BatchEntry, BatchVote, Claim, ContentId, Message, Propose, Relay, Vote, Want,
};
use ddvs_contracts::{Codes, ExitCode};
use ddvs_network_tests::captured::{base, made_up, made_up_with, poke, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;

fn world(codes: Codes) -> World {
    World::new(&Shape {
        codes,
        ..Shape::default()
    })
}

fn mutant(name: &str) -> Codes {
    codes("delector", name)
}

/// Contents that the copy on chain 1 keeps, not applied.
fn kept(world: &World) -> usize {
    let known = world.storage(1).known_contents().unwrap();
    known.iter().filter(|known| !known.is_applied).count()
}

/// A claim says where to count what is known, and is nothing to keep.
#[test]
fn claim_for_an_unknown_content_stores_nothing() {
    let mut world = world(Codes::default());
    let before = world.storage(1);
    for mark in 1..=8 {
        let claim = Claim {
            origin: 0,
            seqno: 1,
            content: ContentId([mark; 27]),
            base: base(&world, 1),
        };
        say(&mut world, 2, 1, &claim);
    }
    world.settle();
    assert_eq!(world.storage(1), before);
}

/// Contents after proposals of the next number, of the last one that is heard, and of one beyond.
fn numbers_kept(codes: Codes) -> usize {
    let mut world = world(codes);
    for seqno in [1, 256, 257] {
        let batch = made_up(0, seqno, 1);
        say(&mut world, 0, 1, &Propose { batch });
    }
    world.settle();
    kept(&world)
}

#[test]
fn proposals_beyond_the_window_of_256_numbers_are_ignored() {
    assert_eq!(numbers_kept(Codes::default()), 2);
    assert_eq!(numbers_kept(mutant("copies-hear-any-number-ahead")), 3);
}

/// Contents after a vote for another one under the first of nine applied numbers.
fn old_ones_kept(codes: Codes) -> usize {
    let mut world = world(codes);
    let (who, root) = (world.person(0, 0), world.validator(0, 0).root);
    world.deposit(&who, 1_000 * COIN);
    for _ in 0..9 {
        assert!(world.stake(&who, &root, 100 * COIN).succeeded());
    }
    world.settle();
    assert_eq!((world.registry(1, 0).seqno, kept(&world)), (9, 0));
    let lie = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: HashBytes([1; 32]),
    });
    // the masterchain has not voted for anything
    say(&mut world, -1, 1, &lie);
    world.settle();
    kept(&world)
}

#[test]
fn votes_below_the_last_eight_applied_numbers_are_ignored() {
    assert_eq!(old_ones_kept(Codes::default()), 0);
    assert_eq!(old_ones_kept(mutant("copies-hear-any-number-before")), 1);
}

/// Contents after a proposal with one entry more than a batch may have.
fn large_ones_kept(codes: Codes, entries: u32) -> usize {
    let mut shape = Shape {
        codes,
        ..Shape::default()
    };
    shape.limits.max_batch = 4;
    let mut world = World::new(&shape);
    let mut batch: Batch = made_up(0, 1, 0).load().unwrap();
    for mark in 1..entries {
        let key = HashBytes([mark as u8; 32]);
        (batch.entries)
            .set(key, BatchEntry::ForgetKey { key })
            .unwrap();
    }
    let batch = Lazy::new(&batch).unwrap();
    say(&mut world, 0, 1, &Propose { batch });
    world.settle();
    kept(&world)
}

#[test]
fn a_copy_reads_no_large_batch() {
    // four entries may have 24 cells besides the batch's own four; of these each has two with the dictionary's
    assert_eq!(large_ones_kept(Codes::default(), 4), 1);
    assert_eq!(large_ones_kept(Codes::default(), 20), 0);
    assert_eq!(
        large_ones_kept(mutant("copies-read-batches-of-any-size"), 20),
        1
    );
}

/// Returns how chain 1's copy handles a message of another copy.
fn exit_code(world: &mut World, from: i8, body: &impl Message, value_nano: u128) -> Option<i32> {
    let cursor = world.net.cursor().unwrap();
    let (from, to) = (world.delector(from), world.delector(1));
    world.inject_with(from.address(), to.address(), body, value_nano);
    world.settle();
    match world.transactions_since(cursor, 1)[0].compute {
        ComputeResult::Executed { exit_code, .. } => Some(exit_code),
        ComputeResult::Skipped(_) => None,
    }
}

/// Returns chain 1's answer to a peer's message with one nano less than `value_nano`, and with it.
fn answers(codes: &Codes, body: &impl Message, value_nano: u128) -> [Option<i32>; 2] {
    [value_nano - 1, value_nano].map(|value_nano| {
        let mut world = world(codes.clone());
        exit_code(&mut world, 0, body, value_nano)
    })
}

fn check_pays(codes: &Codes, refusal: Option<i32>) {
    let params = world(Codes::default()).params(1);
    let peer = u128::from(params.peer_value_nano);
    let content = ContentId([1; 27]);
    let vote = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: HashBytes([1; 32]),
    });
    let claim = Claim {
        origin: 0,
        seqno: 1,
        content,
        base: base(&world(Codes::default()), 1),
    };
    let want = Want {
        origin: 0,
        seqno: 1,
        content,
        lacks: true,
    };
    let propose = Propose {
        batch: made_up(0, 1, 1),
    };
    let one_vote = u128::from(params.vote_value_nano.get());
    let entry = u128::from(params.entry_value_nano.get());
    assert_eq!(answers(codes, &vote, one_vote), [refusal, Some(0)]);
    let want_value = params.want_value_nano(true).into();
    assert_eq!(answers(codes, &want, want_value), [refusal, Some(0)]);
    assert_eq!(answers(codes, &claim, peer), [refusal, Some(0)]);
    // whether its entries are paid is asked once more when they are known
    let too_little = Some(ExitCode::TooLittleValue.code());
    assert_eq!(
        answers(codes, &propose, peer + entry),
        [too_little, Some(0)]
    );
}

#[test]
fn peer_message_without_the_required_value_is_refused() {
    check_pays(&Codes::default(), Some(ExitCode::TooLittleValue.code()));
}

/// Returns how chain 1's copy handles a proposal of one entry with too little value.
fn cheap(codes: &Codes) -> Option<i32> {
    let params = world(Codes::default()).params(1);
    let propose = Propose {
        batch: made_up(0, 1, 1),
    };
    let value_nano = params.peer_value_nano.into();
    exit_code(&mut world(codes.clone()), 0, &propose, value_nano)
}

#[test]
fn proposal_without_value_for_its_entries_is_refused() {
    let refused = Some(ExitCode::TooLittleValue.code());
    assert_eq!(cheap(&Codes::default()), refused);
    let lax = mutant("entries-of-a-proposal-are-not-paid");
    assert_eq!(cheap(&lax), Some(0));
}

#[test]
fn mutant_that_takes_peer_messages_without_value_is_detected() {
    check_pays(&mutant("peers-need-no-value"), Some(0));
}

/// Returns how chain 1's copy handles a batch of two entries relayed by a stranger with this much less value than
/// required, in nano, where some chain has voted for it.
fn brought_for_less(codes: Codes, by_nano: u128) -> Option<i32> {
    let mut world = world(codes);
    let batch = made_up_with(0, 1, 1, 2);
    let vote = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: *batch.inner().repr_hash(),
    });
    say(&mut world, -1, 1, &vote);
    world.settle();
    let value_nano = u128::from(world.params(1).relay_value_nano(2)) - by_nano;
    let stranger = world.person(1, 0).address().clone();
    let cursor = world.net.cursor().unwrap();
    let to = world.delector(1).address().clone();
    world.inject_with(&stranger, &to, &Relay { batch }, value_nano);
    world.settle();
    match world.transactions_since(cursor, 1)[0].compute {
        ComputeResult::Executed { exit_code, .. } => Some(exit_code),
        ComputeResult::Skipped(_) => None,
    }
}

#[test]
fn relay_without_value_for_itself_and_its_entries_is_refused() {
    let refused = Some(ExitCode::TooLittleValue.code());
    let entry = u128::from(world(Codes::default()).params(1).entry_value_nano.get());
    assert_eq!(brought_for_less(Codes::default(), 0), Some(0));
    assert_eq!(brought_for_less(Codes::default(), 1), refused);
    assert_eq!(
        brought_for_less(mutant("relays-pay-for-no-entries"), 1),
        Some(0)
    );
    assert_eq!(brought_for_less(Codes::default(), entry + 1), refused);
    let lax = mutant("relays-need-no-value");
    assert_eq!(brought_for_less(lax, entry + 1), Some(0));
}

/// Whether chain 1's copy takes a batch from a copy that it has asked, which brings no more than answers do.
fn takes_an_answer(codes: Codes) -> bool {
    let mut world = world(codes);
    let batch = made_up(0, 1, 1);
    let hash = *batch.inner().repr_hash();
    let named = BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: hash,
    };
    say(&mut world, -1, 1, &Vote::one(named));
    world.settle();
    poke(&mut world, 1, &named);
    world.settle();
    let value_nano = world.params(1).answer_value_nano.into();
    exit_code(&mut world, -1, &Relay { batch }, value_nano);
    let known = world.storage(1).known_contents().unwrap();
    known.iter().any(|known| known.content.batch.is_some())
}

#[test]
fn relay_that_answers_a_question_needs_only_the_answer_value() {
    assert!(takes_an_answer(Codes::default()));
    assert!(!takes_an_answer(mutant("answers-are-paid-twice")));
}

/// A dictionary of 2^`levels` entries in `levels` + 1 cells: both branches of a fork are one cell.
fn shared_branches(levels: u16) -> Cell {
    let mut leaf = CellBuilder::new();
    // the rest of the key, all zeros (`hml_same`), and a key that is forgotten
    leaf.store_small_uint(0b110, 3).unwrap();
    leaf.store_uint(u64::from(256 - levels), 8).unwrap();
    leaf.store_small_uint(0b11, 2).unwrap();
    leaf.store_u256(&HashBytes([7; 32])).unwrap();
    let mut cell = leaf.build().unwrap();
    for _ in 0..levels {
        let mut fork = CellBuilder::new();
        fork.store_zeros(2).unwrap();
        fork.store_reference(cell.clone()).unwrap();
        fork.store_reference(cell).unwrap();
        cell = fork.build().unwrap();
    }
    cell
}

/// Few cells can hold many entries: a copy reads as many as a batch may have, whoever sends it.
#[test]
fn batch_with_too_many_entries_is_malformed() {
    let mut batch: Batch = made_up(0, 1, 1).load().unwrap();
    batch.entries = Dict::from_raw(Some(shared_branches(40)));
    let relay = Relay {
        batch: Lazy::new(&batch).unwrap(),
    };
    let vote = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: *relay.batch.inner().repr_hash(),
    });
    let code = |codes| {
        let mut world = world(codes);
        say(&mut world, -1, 1, &vote);
        world.settle();
        exit_code(&mut world, 0, &relay, 2 * COIN)
    };
    let malformed = Some(ExitCode::MalformedBatch.code());
    assert_eq!(code(Codes::default()), malformed);
    assert_ne!(code(mutant("copies-read-any-number-of-entries")), malformed);
}

/// No Root lives in the masterchain, so its copy has nothing to propose: it could register stake for itself.
#[test]
fn the_masterchain_proposes_nothing() {
    let proposed = |codes| {
        let mut world = world(codes);
        let propose = Propose {
            batch: made_up(-1, 1, 1),
        };
        let code = exit_code(&mut world, -1, &propose, COIN);
        (code, kept(&world))
    };
    let unknown = Some(ExitCode::UnknownChain.code());
    assert_eq!(proposed(Codes::default()), (unknown, 0));
    let heard = proposed(mutant("copies-hear-the-masterchain-propose"));
    assert_eq!(heard, (Some(0), 1));
}
