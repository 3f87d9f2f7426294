//! The most expensive batch is proposed, whose base lies in the history of every chain, where all other chains have named a batch under its number, and somebody has brought these: the
//! copy keeps it.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Propose;
use ddvs_network_tests::COIN;
use ddvs_network_tests::captured::{bring, made_up, next_batch, say, vote};
use ddvs_network_tests::registries::dear_at_one_copy;

const ORIGIN: ChainId = 0;
const COPY: ChainId = 1;
/// With the copy's chain it has a majority.
const HEAVY: ChainId = 2;
const LAST: ChainId = 22;

/// The most gas of a transaction that a proposal of eight new keys causes, beside so many contents.
fn most_gas(beside: u32) -> u64 {
    let (mut world, dear) = dear_at_one_copy(Codes::default(), COPY);
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
    let others = world.chains().into_iter();
    let others = others.filter(|chain| ![ORIGIN, COPY].contains(chain));
    for (from, mark) in others.zip(0..beside) {
        bring(&mut world, from, COPY, &made_up(ORIGIN, 1, mark));
        world.pass(3);
    }
    let cursor = world.net.cursor().expect("the network answers");
    say(&mut world, ORIGIN, COPY, &Propose { batch: dear });
    world.pass(60);
    assert_eq!(world.registry(COPY, ORIGIN).seqno, 1);
    let own = world.transactions_since(cursor, COPY);
    assert!(own.iter().all(|own| own.succeeded()));
    own.iter()
        .map(|own| own.gas_used())
        .max()
        .expect("it is handled")
}

#[test]
fn it_fits_into_a_transaction() {
    for beside in [0, 10, 21] {
        let gas = most_gas(beside);
        println!("beside {beside} contents: {gas} gas");
        assert!(gas < 950_000, "{gas}");
    }
}
