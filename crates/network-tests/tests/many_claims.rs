//! On 24 chains, all of which claim a base for a content, the bases are tried in several transactions: none is too dear, and
//! nobody else waits.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchNumber, BatchVote, Claim, ContentId, Message, Proceed, Vote};
use ddvs_network_tests::captured::{base_naming, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use ddvs_scenario::words;
use tycho_types::cell::{Cell, CellBuilder, HashBytes};

const WORKCHAINS: i8 = 23;
/// The copy that is looked at; chain 0 is the origin of the contents.
const COPY: ChainId = 1;

fn content(mark: u8) -> HashBytes {
    HashBytes([mark; 32])
}

fn vote(world: &mut World, from: ChainId, mark: u8) {
    let seqno = world.registry(COPY, 0).seqno + 1;
    let vote = BatchVote {
        origin: 0,
        seqno,
        batch_hash: content(mark),
    };
    say(world, from, COPY, &Vote::one(vote));
    world.settle();
}

/// The genesis, but what the copy has applied of `but`: no two chains name the same, and each total has to be looked up.
fn old_base(world: &World, but: ChainId) -> Cell {
    let mut builder = CellBuilder::new();
    for chain in world.chains() {
        let seqno = world.registry(COPY, chain).seqno * u32::from(chain == but);
        builder.store_u8(chain.cast_unsigned()).unwrap();
        builder.store_u32(seqno).unwrap();
    }
    builder.build().unwrap()
}

/// A network in which each chain has had a batch applied, so that bases differ.
fn world(stake_of_origin: u64, codes: Codes) -> World {
    let mut stakes = vec![vec![20_000; 4]; WORKCHAINS as usize];
    stakes[0] = vec![stake_of_origin; 4];
    let mut shape = Shape::with_stakes(stakes);
    shape.codes = codes;
    let mut world = World::new(&shape);
    for chain in 0..WORKCHAINS {
        let (who, root) = (world.person(chain, 0), world.validator(chain, 0).root);
        world.deposit(&who, 10_000 * COIN);
        let stake = world.stake_message(&who, &root, 1_000 * COIN);
        world.send(&who, &[stake]);
    }
    world.settle();
    world
}

/// All chains but the origin claim a base of their own for a content.
fn claim_all(world: &mut World, seqno: u32, content: ContentId) {
    for claimant in world.chains() {
        if claimant == COPY || claimant == 0 {
            continue;
        }
        let claim = Claim {
            origin: 0,
            seqno,
            content,
            base: old_base(world, claimant),
        };
        say(world, claimant, COPY, &claim);
    }
}

/// The dearest transaction of the copy, and whether all succeeded, when one more vote has it try all bases again.
fn tried(codes: Codes) -> (u64, bool) {
    let mut world = world(20_000, codes);
    vote(&mut world, 2, 7);
    vote(&mut world, 3, 8);
    let seqno = world.registry(COPY, 0).seqno + 1;
    for mark in [7, 8] {
        claim_all(&mut world, seqno, ContentId::of(&content(mark)));
        world.settle();
    }
    let cursor = world.net.cursor().unwrap();
    vote(&mut world, 4, 7);
    let own = world.transactions_since(cursor, COPY);
    let dearest = own.iter().map(|tx| tx.gas_used()).max().unwrap();
    let succeeded = own.iter().all(|tx| tx.succeeded());
    println!(
        "{} transactions, the dearest takes {dearest} gas",
        own.len()
    );
    if succeeded {
        // others are not held up
        let (who, root) = (world.person(5, 1), world.validator(5, 0).root);
        world.deposit_and_stake(&who, &root, 1_000 * COIN);
        assert_eq!(world.registry(COPY, 5).seqno, 2);
    }
    (dearest, succeeded)
}

#[test]
fn all_bases_are_tried_in_several_transactions() {
    let (dearest, succeeded) = tried(Codes::default());
    assert!(succeeded && dearest < 700_000, "{dearest}");
}

#[test]
fn a_copy_that_tries_them_at_once_is_noticed() {
    let (_, succeeded) = tried(codes("delector", "copies-try-all-bases-at-once"));
    assert!(!succeeded);
}

/// Whether a content waits for the batch that a claim names which comes while the bases are tried, when the claimant's turn is over.
fn is_awaited_in_the_middle(codes: Codes) -> bool {
    let mut world = world(20_000, codes);
    vote(&mut world, 2, 7);
    vote(&mut world, 3, 8);
    let seqno = world.registry(COPY, 0).seqno + 1;
    let named = ContentId::of(&content(7));
    claim_all(&mut world, seqno, named);
    world.settle();
    let cursor = world.net.cursor().unwrap();
    let missing = world.registry(COPY, 6).seqno + 1;
    let claim = Claim {
        origin: 0,
        seqno,
        content: named,
        base: base_naming(6, missing),
    };
    // the vote begins a search, and one of the first whose bases are tried claims another one before it goes on
    let more = BatchVote {
        origin: 0,
        seqno,
        batch_hash: content(7),
    };
    say(&mut world, 4, COPY, &Vote::one(more));
    say(&mut world, 5, COPY, &claim);
    world.settle();
    let own = world.transactions_since(cursor, COPY);
    let ops = own
        .iter()
        .map(|own| words::with_body(own, |op, _| Some(op)));
    let ops: Vec<_> = ops.flatten().collect();
    assert_eq!(ops[..3], [Vote::OP, Claim::OP, Proceed::OP]);
    let pending = world.storage(COPY).pending;
    let mut of_number = pending.iter().map(Result::unwrap);
    let (_, content) = of_number
        .find(|(key, _)| key.0[5..] == named.0[..])
        .unwrap();
    assert!(content.search.is_done);
    let missing = BatchNumber {
        origin: 6,
        seqno: missing,
    };
    content.waits.contains_key(missing).unwrap()
}

#[test]
fn a_claim_in_the_middle_of_a_search_is_not_lost() {
    assert!(is_awaited_in_the_middle(Codes::default()));
    let codes = codes("delector", "claims-are-lost-while-others-are-tried");
    assert!(!is_awaited_in_the_middle(codes));
}

/// The votes of nine chains and a strong origin apply a batch and do not settle it, somebody votes for what does not exist under
/// its number, and all claim bases at which the batch is no more than applicable. Whether the copy tries all of them once there is
/// a vote more, though what was made up needs no other look.
fn all_of_the_applied_are_tried(codes: Codes) -> bool {
    let mut world = world(100_000, codes);
    for chain in 10..WORKCHAINS {
        world.silence(chain);
    }
    let (who, root) = (world.person(0, 0), world.validator(0, 0).root);
    let stake = world.stake_message(&who, &root, 1_000 * COIN);
    world.send(&who, &[stake]);
    world.pass(20);
    let applied = world.registry(COPY, 0);
    assert_eq!(applied.seqno, 2);
    let lie = BatchVote {
        origin: 0,
        seqno: 2,
        batch_hash: content(8),
    };
    say(&mut world, 12, COPY, &Vote::one(lie));
    world.pass(20);
    claim_all(&mut world, 2, ContentId::of(&applied.last_hash));
    world.pass(20);
    let more = BatchVote {
        batch_hash: applied.last_hash,
        ..lie
    };
    say(&mut world, 10, COPY, &Vote::one(more));
    world.pass(20);
    let undo = world.registry(COPY, 0).undo_of(2).unwrap();
    let content = undo.content.load().unwrap();
    assert_eq!(content.found.unwrap().grade, 1);
    content.search.is_done
}

#[test]
fn bases_of_what_is_applied_are_all_tried() {
    assert!(all_of_the_applied_are_tried(Codes::default()));
}

#[test]
fn a_copy_that_stops_half_way_through_them_is_noticed() {
    let codes = codes("delector", "copies-leave-the-applied-half-searched");
    assert!(!all_of_the_applied_are_tried(codes));
}
