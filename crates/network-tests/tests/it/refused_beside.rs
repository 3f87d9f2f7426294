//! A look at a number ends for lack of gas behind an honest batch, at a content beside it. What comes before it goes on does not leave the batch
//! asleep: neither that the content was refused before, nor that somebody has the copy ask for it meanwhile.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchVote, ContentId, Poke, Propose, Relay, Vote};
use ddvs_network_tests::captured::{made_up, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::{dear_at_one_copy, flipped};
use ddvs_network_tests::{COIN, World};
use tycho_types::cell::{HashBytes, Lazy};

const ORIGIN: ChainId = 0;
const COPY: ChainId = 1;
/// Captured: it votes for what is lacking, and its stake moves.
const MOVER: ChainId = 2;
/// Captured, with little stake.
const LIAR: ChainId = 3;

fn vote(batch_hash: HashBytes) -> BatchVote {
    BatchVote {
        origin: ORIGIN,
        seqno: 1,
        batch_hash,
    }
}

/// A batch without any possible entry, after the other one in the order of contents.
fn impossible(world: &World, after: HashBytes) -> Lazy<Batch> {
    let previous = world.registry(COPY, ORIGIN).last_hash;
    let made_up = (0..).map(|mark| {
        let mut batch = made_up(ORIGIN, 1, mark).load().unwrap();
        batch.previous = previous;
        Lazy::new(&batch).unwrap()
    });
    let mut later = made_up.filter(|batch| *batch.inner().repr_hash() > after);
    later.next().unwrap()
}

/// Whether the batch is applied beside one that the captured masterchain has made up, and that was refused when it was alone.
fn is_applied_beside_a_refused_one(codes: Codes) -> bool {
    let (mut world, dear) = dear_at_one_copy(codes, COPY);
    let refused = impossible(&world, *dear.inner().repr_hash());
    let named = vote(*refused.inner().repr_hash());
    say(&mut world, -1, COPY, &Vote::one(named));
    say(&mut world, -1, COPY, &Relay { batch: refused });
    world.pass(5);
    say(&mut world, ORIGIN, COPY, &Propose { batch: dear });
    world.pass(60);
    world.registry(COPY, ORIGIN).seqno == 1
}

#[test]
fn what_is_refused_ends_no_look() {
    assert!(is_applied_beside_a_refused_one(Codes::default()));
    let ends = codes("delector", "looks-end-at-what-is-refused");
    assert!(!is_applied_beside_a_refused_one(ends));
}

/// Whether the batch is applied if in one block stake moves, so that the copy may ask for what it lacks, then the batch comes, and then somebody
/// has the copy ask for that.
fn is_applied_before_a_poke(codes: Codes) -> bool {
    let (mut world, dear) = dear_at_one_copy(codes, COPY);
    let hash = *dear.inner().repr_hash();
    let mut later = (2..200).map(|bit| flipped(hash, bit));
    let mut later = || later.find(|other| *other > hash).unwrap();
    let (lacking, other) = (vote(later()), vote(later()));
    for (from, named) in [(MOVER, lacking), (LIAR, other)] {
        say(&mut world, from, COPY, &Vote::one(named));
        world.pass(5);
    }
    let batch = next_batch(&world, COPY, MOVER, 1_250_000 * COIN);
    say(&mut world, MOVER, COPY, &Propose { batch });
    let (origin, to) = (
        world.delector(ORIGIN).address().clone(),
        world.delector(COPY).address().clone(),
    );
    let stranger = world.person(ORIGIN, 0);
    // after all that was said above
    world.inject_at(&origin, &to, &Propose { batch: dear }, 1);
    let poke = Poke {
        query_id: 1,
        origin: ORIGIN,
        seqno: 1,
        content: ContentId::of(&lacking.batch_hash),
    };
    world.inject_at(stranger.address(), &to, &poke, 2);
    world.pass(60);
    assert_eq!(world.registry(COPY, MOVER).seqno, 1);
    world.registry(COPY, ORIGIN).seqno == 1
}

#[test]
fn what_is_asked_for_meanwhile_stays_due() {
    assert!(is_applied_before_a_poke(Codes::default()));
    let sleeps = codes("delector", "looks-end-at-what-is-asked-for-meanwhile");
    assert!(!is_applied_before_a_poke(sleeps));
}
