//! A poke pays for what may be brought by the chain that is asked then: the most expensive batch, whose keys all take a place.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{ContentId, Poke, Relay};
use ddvs_network_tests::captured::{batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::dearest;
use ddvs_network_tests::{COIN, Shape};
use tycho_types::cell::Lazy;

const COPY: ChainId = 1;

/// What a copy has less in the end, in nano, when somebody pokes it for a batch that only the masterchain has named, and
/// the masterchain brings that. The poke brings no more than the copy asks for.
fn loss(codes: Codes, workchains: usize) -> i128 {
    let mut stakes = vec![vec![50_000; 16], vec![400_000; 4]];
    stakes.resize(workchains, vec![50_000; 3]);
    let mut shape = Shape::with_stakes(stakes);
    shape.people = 1;
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let (mut world, mut entries) = dearest(&shape, &[50_001 * COIN]);
    for chain in (0..workchains as ChainId).filter(|chain| *chain != COPY) {
        world.silence(chain);
    }
    let dear = Lazy::new(&batch(&world, entries.remove(0))).unwrap();
    let hash = *dear.inner().repr_hash();
    say(&mut world, -1, COPY, &vote(0, 1, hash));
    world.pass(5);
    let to = world.delector(COPY).address().clone();
    let main = world.delector(-1).address().clone();
    let (params, who) = (world.params(COPY), world.person(COPY, 0));
    let before = world.balance(&to) as i128;
    let poke = Poke {
        query_id: 1,
        origin: 0,
        seqno: 1,
        content: ContentId::of(&hash),
    };
    world.inject_with(who.address(), &to, &poke, params.poke_value_nano().into());
    world.pass(10);
    let relay = Relay { batch: dear };
    world.inject_with(&main, &to, &relay, params.answer_value_nano.into());
    world.pass(20);
    let spent: u64 = world
        .transactions_since(0, COPY)
        .iter()
        .map(|transaction| transaction.gas_used())
        .max()
        .unwrap();
    assert!(spent > 400_000, "the batch is checked: {spent}");
    before - world.balance(&to) as i128
}

#[test]
fn poke_pays_for_the_most_expensive_batch() {
    for workchains in [2, 3, 5, 8] {
        let loss = loss(Codes::default(), workchains);
        assert!(loss <= 0, "{workchains} workchains: {loss} nano");
    }
    assert!(loss(codes("delector", "pokes-pay-for-no-places"), 2) > COIN as i128 / 20);
}
