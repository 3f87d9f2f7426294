//! A look at a number ends for lack of gas behind an honest batch, at a content beside it. What comes before it goes on does not leave the batch
//! asleep: neither that the content was refused before, nor that somebody has the copy ask for it meanwhile.

use ddvs_client::{ChainId, Operator};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchVote, ContentId, Message, Poke, Propose, Relay, Vote};
use ddvs_network_tests::captured::{batch, made_up, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::{dearest, flipped};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{CellBuilder, HashBytes, Lazy};
use tycho_types::models::{CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage, StdAddr};

const ORIGIN: ChainId = 0;
const COPY: ChainId = 1;
/// Captured: it votes for what is lacking, and its stake moves.
const MOVER: ChainId = 2;
/// Captured, with little stake.
const LIAR: ChainId = 3;

/// The batch of eight new keys, which the copy alone can apply as soon as it comes; all others are silent.
fn world(codes: Codes) -> (World, Lazy<Batch>) {
    let mut stakes = vec![vec![50_000; 16], vec![2_000_000], vec![1_500_000]];
    stakes.extend(vec![vec![10_000; 3]; 20]);
    let mut shape = Shape::with_stakes(stakes);
    shape.people = 1;
    shape.limits.min_validators = 1;
    shape.limits.churn_bp = 6_000;
    shape.codes = codes;
    let (mut world, mut entries) = dearest(&shape, &[50_001 * COIN]);
    let others = world.chains().into_iter();
    let others = others.filter(|&chain| chain >= 0 && chain != COPY);
    others.for_each(|chain| world.silence(chain));
    let dear = batch(&world, entries.remove(0));
    (world, Lazy::new(&dear).unwrap())
}

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
    let (mut world, dear) = world(codes);
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

/// Puts a message into the queue that comes after all without a time.
fn say_late(world: &mut World, from: &StdAddr, body: &impl Message, created_lt: u64) {
    let info = IntMsgInfo {
        ihr_disabled: true,
        src: from.clone().into(),
        dst: world.delector(COPY).address().clone().into(),
        value: CurrencyCollection::new(10 * COIN),
        created_lt,
        ..IntMsgInfo::default()
    };
    let message = OwnedMessage {
        info: MsgInfo::Int(info),
        init: None,
        body: body.to_cell().unwrap().into(),
        layout: None,
    };
    let message = CellBuilder::build_from(message).unwrap();
    Operator::inject_internal(&mut world.net, from.workchain, message).unwrap();
}

/// Whether the batch is applied if in one block stake moves, so that the copy may ask for what it lacks, then the batch comes, and then somebody
/// has the copy ask for that.
fn is_applied_before_a_poke(codes: Codes) -> bool {
    let (mut world, dear) = world(codes);
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
    let (origin, stranger) = (
        world.delector(ORIGIN).address().clone(),
        world.person(ORIGIN, 0),
    );
    say_late(&mut world, &origin, &Propose { batch: dear }, 1);
    let poke = Poke {
        query_id: 1,
        origin: ORIGIN,
        seqno: 1,
        content: ContentId::of(&lacking.batch_hash),
    };
    say_late(&mut world, stranger.address(), &poke, 2);
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
