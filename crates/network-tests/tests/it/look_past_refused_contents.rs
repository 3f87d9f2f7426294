//! A look at a number ends for lack of gas behind an honest batch, at a content beside it. That the content was refused before does not leave
//! the batch asleep.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchVote, Propose, Relay, Vote};
use ddvs_network_tests::World;
use ddvs_network_tests::captured::{made_up, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::dear_at_one_copy;
use tycho_types::cell::{HashBytes, Lazy};

const ORIGIN: ChainId = 0;
const COPY: ChainId = 1;

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
fn look_continues_after_a_refused_content() {
    assert!(is_applied_beside_a_refused_one(Codes::default()));
    let ends = codes("delector", "looks-end-at-what-is-refused");
    assert!(!is_applied_beside_a_refused_one(ends));
}
