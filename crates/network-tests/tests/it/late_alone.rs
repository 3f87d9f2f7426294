//! The only content under a next number has its grade when too little gas is left to apply it: then it is applied in a later transaction.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, Propose};
use ddvs_network_tests::COIN;
use ddvs_network_tests::captured::{batch, next_batch, restake, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::dear_at_one_copy;
use tycho_types::cell::{CellBuilder, Lazy};

const ORIGIN: ChainId = 0;
const COPY: ChainId = 1;
const LAST: ChainId = 22;

/// The batch with a base that names other numbers of some chains.
fn with_base(batch: &Batch, named: &[(ChainId, u32)]) -> Lazy<Batch> {
    let mut slice = batch.base.as_slice().unwrap();
    let mut base = CellBuilder::new();
    while !slice.is_data_empty() {
        let chain = slice.load_u8().unwrap();
        let seqno = slice.load_u32().unwrap();
        let other = named.iter().find(|(of, _)| of.cast_unsigned() == chain);
        base.store_u8(chain).unwrap();
        base.store_u32(other.map_or(seqno, |(_, seqno)| *seqno))
            .unwrap();
    }
    let base = base.build().unwrap();
    Lazy::new(&Batch {
        base,
        ..batch.clone()
    })
    .unwrap()
}

/// How many batches of the origin the copy applies: a small one, and one of eight new keys that came before it, whose base names a batch that is
/// missing. Others' batches wait for the first one, so that much gas is used when the second one is looked at.
fn applied(codes: Codes, waiting: ChainId) -> u32 {
    let (mut world, dear) = dear_at_one_copy(codes, COPY);
    let change = restake(&world, &world.validator(ORIGIN, 9), 50_001 * COIN);
    let first = Lazy::new(&batch(&world, vec![change])).unwrap();
    for chain in 3..3 + waiting {
        let theirs = next_batch(&world, COPY, chain, 10_001 * COIN)
            .load()
            .unwrap();
        let batch = with_base(&theirs, &[(ORIGIN, 1)]);
        say(&mut world, chain, COPY, &Propose { batch });
        world.pass(2);
    }
    let mut second = dear.load().unwrap();
    second.seqno = 2;
    second.previous = *first.inner().repr_hash();
    let batch = with_base(&second, &[(ORIGIN, 1), (LAST, 1)]);
    say(&mut world, ORIGIN, COPY, &Propose { batch });
    world.pass(5);
    say(&mut world, ORIGIN, COPY, &Propose { batch: first });
    world.pass(60);
    world.registry(COPY, ORIGIN).seqno
}

#[test]
fn batch_without_enough_gas_is_applied_later() {
    for waiting in [0, 3, 4] {
        assert_eq!(applied(Codes::default(), waiting), 2, "{waiting}");
    }
    let sleeps = codes("delector", "the-only-batch-sleeps-when-it-is-late");
    assert_eq!(applied(sleeps, 3), 1);
}
