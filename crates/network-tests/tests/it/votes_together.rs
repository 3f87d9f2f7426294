//! A copy sends its votes for several batches in one message, and each of the votes is paid for.

use ddvs_client::{Backend, ComputeResult};
use ddvs_contracts::messages::{BatchVote, MAX_VOTES, Vote};
use ddvs_contracts::{Codes, ExitCode};
use ddvs_network_tests::check::received;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const WORKCHAINS: usize = 8;

/// Messages with votes, and votes in them, when each of eight workchains changes a stake at one time. And whether all came to
/// pass.
fn at_once(codes: Codes) -> (usize, usize, bool) {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 4]; WORKCHAINS]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    let chains = 0..WORKCHAINS as i8;
    for chain in chains.clone() {
        let who = world.person(chain, 0);
        world.deposit(&who, 1_000 * COIN);
    }
    let cursor = world.net.cursor().unwrap();
    for chain in chains.clone() {
        let (who, root) = (world.person(chain, 0), world.validator(chain, 0).root);
        let stake = world.stake_message(&who, &root, 1_000 * COIN);
        world.send(&who, &[stake]);
    }
    world.settle();
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let all = blocks.iter().flat_map(|block| &block.transactions);
    let messages: Vec<Vote> = received(all);
    let votes = messages.iter().map(|votes| votes.list().unwrap().len());
    let votes = votes.sum();
    let mut copies = world.chains().into_iter();
    let done = copies.all(|copy| {
        chains
            .clone()
            .all(|chain| world.registry(copy, chain).seqno == 1)
    });
    (messages.len(), votes, done)
}

#[test]
fn votes_for_many_batches_share_messages() {
    let (messages, votes, done) = at_once(Codes::default());
    // each of eight copies votes for the batches of seven others towards all eight other copies, the masterchain's among them
    assert_eq!(votes, 8 * 7 * 8);
    assert!(messages <= votes / 3, "{messages} messages");
    assert!(done);
}

#[test]
fn mutant_that_loses_waiting_votes_is_detected() {
    let (_, votes, done) = at_once(codes("delector", "votes-that-wait-are-lost"));
    assert!(votes < 8 * 7 * 8 && !done);
}

/// Returns how chain 1's copy handles `count` votes in one message with the value of `paid`.
fn exit_code(codes: Codes, count: usize, paid: usize) -> i32 {
    let mut world = World::new(&Shape {
        codes,
        ..Shape::default()
    });
    let votes: Vec<_> = (1..=count as u32)
        .map(|seqno| BatchVote {
            origin: 0,
            seqno,
            batch_hash: HashBytes([7; 32]),
        })
        .collect();
    let value_nano = world.params(1).vote_value_nano.get() * paid as u64;
    let cursor = world.net.cursor().unwrap();
    let (from, to) = (world.delector(2), world.delector(1));
    let message = Vote::of(&votes).unwrap();
    world.inject_with(from.address(), to.address(), &message, value_nano.into());
    world.settle();
    let own = world.transactions_since(cursor, 1);
    let ComputeResult::Executed { exit_code, .. } = own[0].compute else {
        panic!("the copy has gas for a look");
    };
    exit_code
}

#[test]
fn message_without_value_for_each_vote_is_refused() {
    let refused = ExitCode::TooLittleValue.code();
    assert_eq!(exit_code(Codes::default(), 2, 2), 0);
    assert_eq!(exit_code(Codes::default(), 2, 1), refused);
    let lax = codes("delector", "only-the-first-vote-is-paid");
    assert_eq!(exit_code(lax, 2, 1), 0);
}

#[test]
fn a_message_holds_eight_votes() {
    let most = MAX_VOTES;
    assert_eq!(exit_code(Codes::default(), most, most), 0);
    let refused = ExitCode::TooManyVotes.code();
    assert_eq!(exit_code(Codes::default(), most + 1, most + 1), refused);
    let lax = codes("delector", "messages-hold-any-number-of-votes");
    assert_eq!(exit_code(lax, most + 1, most + 1), 0);
}
