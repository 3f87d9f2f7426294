//! Waits of a content are deleted with it: otherwise a captured chain could fill every copy with batches that never
//! arrive.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchVote, Propose, Relay, Vote};
use ddvs_network_tests::captured::{base_naming, made_up, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, Lazy};

/// The copy that is looked at.
const COPY: ChainId = 1;
/// A captured chain.
const ORIGIN: ChainId = 0;
/// Whose batches never come.
const SILENT: ChainId = 2;

/// The captured chain's next batch, with this base, to all.
fn propose(world: &mut World, stake_nano: u128, base: Option<Cell>) {
    let mut batch: Batch = next_batch(world, COPY, ORIGIN, stake_nano).load().unwrap();
    if let Some(base) = base {
        batch.base = base;
    }
    let batch = Lazy::new(&batch).unwrap();
    for to in world.chains().into_iter().filter(|&to| to != ORIGIN) {
        let batch = batch.clone();
        say(world, ORIGIN, to, &Propose { batch });
    }
    world.pass(20);
}

fn awaited(world: &World) -> usize {
    let rare = world.local(COPY).rare().unwrap();
    rare.agenda.keys().count()
}

/// Returns how many batches are awaited after a captured chain has had one applied whose base names a batch that
/// never arrives; after a vote for another content under that number, which is relayed, with such a base too; and
/// after nine more batches. The applied content is only applicable where a third chain `is_silent`, otherwise
/// settled.
fn counts(codes: Codes, is_silent: bool) -> [usize; 3] {
    let mut world = World::new(&Shape {
        codes,
        ..Shape::default()
    });
    if is_silent {
        world.silence(SILENT);
    }
    propose(&mut world, 20_010 * COIN, Some(base_naming(SILENT, 100)));
    let registry = world.registry(COPY, ORIGIN);
    assert_eq!(registry.seqno, 1);
    let applied = awaited(&world);
    let mut lie: Batch = made_up(ORIGIN, 1, 1).load().unwrap();
    lie.base = base_naming(SILENT, 110);
    let lie = Lazy::new(&lie).unwrap();
    let vote = Vote::one(BatchVote {
        origin: ORIGIN,
        seqno: 1,
        batch_hash: *lie.inner().repr_hash(),
    });
    say(&mut world, -1, COPY, &vote);
    world.pass(20);
    say(&mut world, -1, COPY, &Relay { batch: lie });
    world.pass(20);
    let contested = awaited(&world);
    for round in 0..9 {
        propose(&mut world, (20_020 + round) * COIN, None);
    }
    assert_eq!(world.registry(COPY, ORIGIN).seqno, 10);
    [applied, contested, awaited(&world)]
}

#[test]
fn forgotten_content_leaves_no_wait_in_the_agenda() {
    let count = |mutant| counts(codes("delector", mutant), true);
    assert_eq!(counts(Codes::default(), true), [0, 2, 0]);
    assert_eq!(count("what-is-forgotten-is-still-awaited"), [0, 2, 1]);
    assert_eq!(count("what-stays-for-good-is-still-awaited"), [0, 2, 1]);
}

/// Nothing is better than what is settled.
#[test]
fn settled_content_awaits_no_batch() {
    assert_eq!(counts(Codes::default(), false), [0, 1, 0]);
}
