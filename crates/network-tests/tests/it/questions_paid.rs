//! What others ask of a copy, and what those bring whom it has asked, is paid for by what comes with it: nobody empties a copy that way.

use ddvs_client::{ChainId, Operator};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{
    Batch, BatchEntry, BatchVote, ContentId, Message, Relay, Vote, Want,
};
use ddvs_network_tests::captured::{bring, made_up, poke, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{HashBytes, Lazy};
use tycho_types::dict::Dict;

const COPY: ChainId = 1;

/// What a copy loses with messages of the captured masterchain that bring so much, in nano.
fn loss<M: Message>(world: &mut World, message: &M, value: u128) -> i128 {
    let (from, to) = (
        world.delector(-1).address().clone(),
        world.delector(COPY).address().clone(),
    );
    let before = world.balance(&to) as i128;
    for _ in 0..20 {
        world.inject_with(&from, &to, message, value);
    }
    world.pass(10);
    before - world.balance(&to) as i128
}

/// Asks a copy for a batch where it has only a base.
fn asked_for_a_batch(world: &mut World, origin: ChainId, content: ContentId) -> i128 {
    let want = Want {
        origin,
        seqno: 1,
        content,
        lacks: true,
    };
    let value = u128::from(world.params(COPY).want_value_nano(true));
    loss(world, &want, value)
}

/// A content that the copy knows by votes only, beside another one: it has counted these votes.
fn lacking(codes: Codes, workchains: i8) -> i128 {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 3]; workchains as usize]);
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let origin = workchains - 1;
    let vote = |mark| vote(origin, 1, HashBytes([mark; 32]));
    bring(&mut world, -1, COPY, &made_up(origin, 1, 7));
    for from in (0..origin).filter(|&from| from != COPY) {
        say(&mut world, from, COPY, &vote(9));
    }
    world.pass(10);
    asked_for_a_batch(&mut world, origin, ContentId::of(&HashBytes([9; 32])))
}

/// Its own batch, which it has applied and forgotten but for where it was counted.
fn own(codes: Codes) -> i128 {
    let mut shape = Shape::with_stakes(vec![vec![130_000; 4], vec![60_000; 4], vec![60_000; 4]]);
    shape.limits.min_validators = 1;
    shape.limits.churn_bp = 6_000;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let who = world.person(COPY, 0);
    let root = world.validator(COPY, 0).root;
    world.deposit(&who, 2_000 * COIN);
    world.pass(25);
    world.net.set_pair_delay(COPY, 0, 400_000).unwrap();
    let stake = world.stake_message(&who, &root, 1_000 * COIN);
    world.send(&who, &[stake]);
    world.pass(15);
    assert_eq!(world.registry(COPY, COPY).seqno, 0, "the votes are too few");
    let leaver = world.validator(0, 0);
    let (wallet, value) = (world.wallet(&leaver.owner), world.change_value(0));
    let unstake = wallet.unstake(leaver.root.address(), 120_000 * COIN, value, 1);
    world.send(&leaver.owner, &[unstake.unwrap()]);
    world.pass(15);
    let own = world.registry(COPY, COPY);
    assert_eq!(own.seqno, 1, "the stake that has left made them enough");
    asked_for_a_batch(&mut world, COPY, ContentId::of(&own.last_hash))
}

#[test]
fn question_for_an_unknown_batch_costs_the_copy_nothing() {
    for loss in [
        own(Codes::default()),
        lacking(Codes::default(), 7),
        lacking(Codes::default(), 23),
    ] {
        assert!(loss <= 0, "{loss} nano");
    }
    assert!(lacking(codes("delector", "who-lacks-a-batch-gets-a-base"), 7) > 0);
}

/// Relays of a chain that was asked, for a batch of `entries` removals.
fn relayed(codes: Codes, entries: u8, value: Option<u128>) -> i128 {
    let shape = Shape {
        codes,
        ..Shape::default()
    };
    let mut world = World::new(&shape);
    let key = world.validator(0, 0).key;
    let mut all = Dict::new();
    for place in 0..entries {
        let evidence = world.double_vote(&key, 0, u64::from(place));
        let evidence = Lazy::new(&evidence).unwrap();
        let mut root = HashBytes([0x11; 32]);
        root.0[0] = place * 28;
        all.set(root, BatchEntry::RemoveKey { evidence }).unwrap();
    }
    let batch = Lazy::new(&Batch {
        origin: 0,
        seqno: 1,
        previous: HashBytes([9; 32]),
        base: Default::default(),
        entries: all,
    })
    .unwrap();
    let batch_hash = *batch.inner().repr_hash();
    let vote = BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash,
    };
    say(&mut world, -1, COPY, &Vote::one(vote));
    world.settle();
    poke(&mut world, COPY, &vote);
    world.settle();
    let value = value.unwrap_or_else(|| world.params(COPY).answer_value_nano.into());
    loss(&mut world, &Relay { batch }, value)
}

/// Nine entries are too many: the batch is read for nothing.
#[test]
fn relay_of_an_asked_chain_pays_for_being_read() {
    for value in [Some(COIN / 100), None] {
        let loss = relayed(Codes::default(), 9, value);
        assert!(loss <= 0, "{value:?}: {loss} nano");
    }
    let needs_none = codes("delector", "asked-chains-need-no-value");
    assert!(relayed(needs_none, 9, Some(COIN / 100)) > 0);
}
