//! Captured chains name what nobody has beside an honest batch, and somebody has a copy ask for that, so that there is nobody left to ask.
//! A look that has to go on in another transaction does not leave the batch asleep.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Propose, Vote};
use ddvs_network_tests::COIN;
use ddvs_network_tests::captured::{next_batch, poke, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::{dear_at_one_copy, flipped};

const COPY: ChainId = 1;
/// Its stake moves, so that what is lacking may be vouched for.
const MOVER: ChainId = 2;
const FIRST_LIAR: ChainId = 3;

/// Whether the batch of eight new keys is applied.
fn is_applied(codes: Codes, lies: u8) -> bool {
    let (mut world, dear) = dear_at_one_copy(codes, COPY);
    let hash = *dear.inner().repr_hash();
    let who = world.person(COPY, 0);
    world.deposit(&who, 500 * COIN);
    for lie in 0..lies {
        let batch_hash = flipped(hash, 2 + 5 * usize::from(lie));
        let named = BatchVote {
            origin: 0,
            seqno: 1,
            batch_hash,
        };
        say(
            &mut world,
            FIRST_LIAR + lie.cast_signed(),
            COPY,
            &Vote::one(named),
        );
        world.pass(4);
        poke(&mut world, COPY, &named);
        world.pass(4);
    }
    for n in 0..5 {
        let more = if n % 2 == 0 { 500_000 } else { 0 };
        let stake = (1_500_000 + more + n / 2) * COIN;
        let batch = next_batch(&world, COPY, MOVER, stake);
        say(&mut world, MOVER, COPY, &Propose { batch });
        world.pass(30);
    }
    say(&mut world, 0, COPY, &Propose { batch: dear });
    world.pass(60);
    world.registry(COPY, 0).seqno == 1
}

#[test]
fn a_batch_beside_them_does_not_sleep() {
    for lies in [3, 10] {
        assert!(is_applied(Codes::default(), lies), "{lies} lies");
    }
    assert!(!is_applied(
        codes("delector", "questions-are-due-to-nobody"),
        10
    ));
}
