//! A captured chain sends the most expensive batch for the number after the next one of another origin, and many
//! others name contents there, so that a copy has spent much gas before it reaches that batch. It is checked
//! nevertheless, and the copy continues.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, Propose, Relay};
use ddvs_network_tests::captured::{batch, bring, made_up, next_batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::dearest;
use ddvs_network_tests::{COIN, Shape};
use tycho_types::cell::Lazy;

/// The copy that is looked at; chain 0 is the origin.
const COPY: ChainId = 1;
/// Whether the copy applies both of the origin's own batches; the most expensive one adds this many coins to each Root.
fn goes_on(codes: Codes, more: u128) -> bool {
    let mut stakes = vec![vec![50_000; 16], vec![400_000; 4]];
    stakes.extend(vec![vec![10_000; 3]; 21]);
    let mut shape = Shape::with_stakes(stakes);
    shape.people = 1;
    shape.codes = codes;
    let (mut world, mut entries) = dearest(&shape, &[(50_001 + more) * COIN]);
    let small = next_batch(&world, COPY, 0, 50_500 * COIN);
    let after = |mut batch: Batch| {
        batch.seqno += 1;
        batch.previous = *small.inner().repr_hash();
        Lazy::new(&batch).expect("a batch can be encoded")
    };
    let second = next_batch(&world, COPY, 0, 50_600 * COIN)
        .load()
        .expect("a batch parses");
    let second = after(second);
    let dear = after(batch(&world, entries.remove(0)));
    let hash = *dear.inner().repr_hash();
    let vote = |seqno, batch_hash| vote(0, seqno, batch_hash);
    say(&mut world, -1, COPY, &vote(2, hash));
    say(&mut world, -1, COPY, &Relay { batch: dear });
    for place in 0..21_u8 {
        let lie = made_up(0, 2, place.into());
        bring(&mut world, 2 + place.cast_signed(), COPY, &lie);
    }
    // other waiting contents make the path to these longer
    for seqno in [3, 5, 9, 17, 33, 65, 129] {
        say(&mut world, 22, COPY, &vote(seqno, hash));
    }
    world.pass(30);
    for batch in [small, second] {
        say(&mut world, 0, COPY, &Propose { batch });
    }
    let cursor = world.net.cursor().expect("the network answers");
    world.pass(40);
    let own = world.transactions_since(cursor, COPY);
    println!(
        "{} transactions, the dearest takes {:?} gas",
        own.len(),
        own.iter().map(|own| own.gas_used()).max()
    );
    world.registry(COPY, 0).seqno == 2 && own.iter().all(|own| own.succeeded())
}

#[test]
fn most_expensive_batch_among_many_false_contents_is_checked() {
    // which of the contents comes first is up to their hashes
    assert!((0..6).all(|more| goes_on(Codes::default(), more)));
    // if a copy passed all of them without looking at one, as it would with less gas, it would never come to that batch
    assert!(!goes_on(
        codes("delector", "contents-are-passed-without-progress"),
        0
    ));
}
