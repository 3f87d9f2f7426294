//! The most expensive batch is proposed, whose base lies in the history of every chain, where all other chains have named a batch under its number, and somebody has brought these: the
//! copy keeps it.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Propose;
use ddvs_network_tests::COIN;
use ddvs_network_tests::captured::{bring, made_up, next_batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::{dear_at_one_copy, flipped};
use tycho_types::cell::HashBytes;

const ORIGIN: ChainId = 0;
const COPY: ChainId = 1;
/// With the copy's chain it has a majority.
const HEAVY: ChainId = 2;
const LAST: ChainId = 22;

/// The most gas of a transaction that a proposal of eight new keys causes, beside so many contents, and whether it was applied and nothing failed.
/// As many chains have voted for other contents under the number after it, and one honest chain is ahead, so that these are all weighed when it
/// is applied.
fn most_gas(codes: Codes, beside: usize) -> (u64, bool) {
    let (mut world, dear) = dear_at_one_copy(codes, COPY);
    for chain in HEAVY..=LAST {
        let stake = world
            .entry(&world.validator(chain, 0).root)
            .expect("it is there")
            .stake;
        let batch = next_batch(&world, COPY, chain, stake.into_inner() + COIN);
        let yes = vote(chain, 1, *batch.inner().repr_hash());
        say(&mut world, HEAVY, COPY, &yes);
        say(&mut world, chain, COPY, &Propose { batch });
        world.pass(5);
        assert_eq!(world.registry(COPY, chain).seqno, 1);
    }
    let liars: Vec<ChainId> = [-1].into_iter().chain(3..=LAST).take(beside).collect();
    // so that the way to each of them is long
    let ahead = [2, 3, 4, 6, 10, 18, 34, 66, 130];
    for (place, &from) in liars.iter().enumerate() {
        let hash = flipped(HashBytes([0x33; 32]), 8 + 5 * place);
        for seqno in ahead {
            say(&mut world, from, COPY, &vote(ORIGIN, seqno, hash));
        }
        world.pass(3);
    }
    say(
        &mut world,
        HEAVY,
        COPY,
        &vote(ORIGIN, 2, HashBytes([0x34; 32])),
    );
    for (mark, &from) in (0..).zip(&liars) {
        bring(&mut world, from, COPY, &made_up(ORIGIN, 1, mark));
        world.pass(3);
    }
    let hash = *dear.inner().repr_hash();
    say(&mut world, HEAVY, COPY, &vote(ORIGIN, 1, hash));
    world.pass(5);
    let cursor = world.net.cursor().expect("the network answers");
    say(&mut world, ORIGIN, COPY, &Propose { batch: dear });
    world.pass(60);
    let own = world.transactions_since(cursor, COPY);
    let gas = own.iter().map(|own| own.gas_used()).max();
    let is_applied = world.registry(COPY, ORIGIN).seqno == 1;
    let is_sound = is_applied && own.iter().all(|own| own.succeeded());
    (gas.expect("it is handled"), is_sound)
}

#[test]
fn dearest_proposal_fits_into_a_transaction() {
    for beside in [0, 10, 21] {
        let (gas, is_sound) = most_gas(Codes::default(), beside);
        println!("beside {beside} contents: {gas} gas");
        assert!(is_sound && gas < 900_000, "{gas}");
    }
}

#[test]
fn proposal_applied_whatever_the_gas_is_lost() {
    let whatever = codes("delector", "batches-are-applied-whatever-the-gas");
    let (gas, is_sound) = most_gas(whatever, 21);
    assert!(!is_sound && gas >= 1_000_000, "{gas}");
}

#[test]
fn proposal_that_sleeps_when_gas_is_short_is_not_applied() {
    let sleeps = codes("delector", "what-is-applied-later-sleeps");
    let (gas, is_sound) = most_gas(sleeps, 21);
    assert!(!is_sound && gas < 900_000, "{gas}");
}
