//! The sender of a message to a D'Elector pays for everything that it causes: whatever strangers send, with however
//! little value, the balance of no D'Elector beyond its treasury falls, except for its storage fees.

use ddvs_client::{ChainId, Outgoing};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::*;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use proptest::prelude::*;
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

/// Kinds of messages that a D'Elector knows, one that it does not, a transfer, and a body cut short.
const KINDS: u8 = 17;

/// One message of a stranger.
#[derive(Debug, Clone)]
struct Sent {
    who: usize,
    to: ChainId,
    kind: u8,
    value_nano: u128,
}

fn sent() -> impl Strategy<Value = Sent> {
    let value = prop_oneof![
        Just(0),
        Just(1),
        1..1_000_000_u128,
        1_000_000..100_000_000_u128,
        100_000_000..20_000_000_000_u128,
    ];
    (0..3_usize, -1..2_i8, 0..KINDS, value).prop_map(|(who, to, kind, value_nano)| Sent {
        who,
        to,
        kind,
        value_nano,
    })
}

fn message(world: &World, sent: &Sent) -> Outgoing {
    let to = world.delector(sent.to).address().clone();
    let validator = world.validator(0, 0);
    let root = validator.root.address().clone();
    let registry = world.registry(0, 0);
    let (seqno, value) = (registry.seqno + 1, sent.value_nano);
    let batch = || {
        Lazy::new(&Batch {
            origin: 0,
            seqno,
            previous: registry.last_hash,
            base: Cell::default(),
            entries: Dict::new(),
        })
        .unwrap()
    };
    let base = Cell::default();
    let content = ContentId([1; 27]);
    match sent.kind {
        0 => World::message(&to, &SlashedCoins { query_id: 1, root }, value),
        1 => World::message(&to, &PublishSet { query_id: 1 }, value),
        2 => {
            let purge = PurgeKey {
                query_id: 1,
                root: root.address,
                key: validator.key.public(),
            };
            World::message(&to, &purge, value)
        }
        3 | 4 => {
            // that of a validator, or of nobody
            let key = if sent.kind == 3 {
                world.validator(0, 3).key
            } else {
                world.key("nobody")
            };
            let evidence = world.double_vote(&key, 0, 1);
            let submit = SubmitEvidence {
                query_id: 1,
                evidence: Lazy::new(&evidence).unwrap(),
            };
            World::message(&to, &submit, value)
        }
        5 => {
            let update = UpdateStake {
                seq: 1,
                total: Tokens::new(20_000 * COIN),
                key: HashBytes([7; 32]),
                code_hash: world.network.root_code_hash,
                terms: Lazy::new(&world.terms(&validator.owner, 0)).unwrap(),
                proof: None,
            };
            World::message(&to, &update, value)
        }
        6 => {
            let propose = Propose { batch: batch() };
            World::message(&to, &propose, value)
        }
        7 => {
            let vote = Vote::one(BatchVote {
                origin: 0,
                seqno,
                batch_hash: HashBytes([1; 32]),
            });
            World::message(&to, &vote, value)
        }
        8 => {
            let claim = Claim {
                origin: 0,
                seqno,
                content,
                base,
            };
            World::message(&to, &claim, value)
        }
        9 => {
            let relay = Relay { batch: batch() };
            World::message(&to, &relay, value)
        }
        10 => World::message(&to, &CloseBatch, value),
        11 => {
            let proceed = Proceed {
                is_asking: true,
                from: HashBytes::ZERO,
            };
            World::message(&to, &proceed, value)
        }
        14 => {
            let poke = Poke {
                query_id: 1,
                origin: 0,
                seqno,
                content,
            };
            World::message(&to, &poke, value)
        }
        15 => {
            let want = Want {
                origin: 0,
                seqno,
                content,
                lacks: true,
            };
            World::message(&to, &want, value)
        }
        12 => {
            let unknown = CellBuilder::build_from((0x1234_5678_u32, 1_u64)).unwrap();
            Outgoing::new(to, value, unknown)
        }
        13 => Outgoing::transfer(to, value),
        _ => {
            let cut = CellBuilder::build_from(SlashedCoins::OP).unwrap();
            Outgoing::new(to, value, cut)
        }
    }
}

/// Returns the coins of a D'Elector beyond its treasury, in nano.
fn own(world: &World, at: &StdAddr) -> i128 {
    let treasury = world.storage(at.workchain).treasury.into_inner();
    world.balance(at).cast_signed() - treasury.cast_signed()
}

/// What storage may cost a D'Elector of this size in some time: far less than the gas of one message, 3,000,000 nano.
fn storage_nano(seconds: u32) -> i128 {
    i128::from(seconds) * 1_000_000 / 900
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn strangers_messages_never_reduce_a_delectors_balance(all in proptest::collection::vec(sent(), 1..24)) {
        let mut world = World::new(&Shape::default());
        let delectors: Vec<_> = (world.chains().into_iter())
            .map(|chain| world.delector(chain).address().clone())
            .collect();
        let before: Vec<_> = delectors.iter().map(|at| own(&world, at)).collect();
        let start = world.now();
        for sent in &all {
            let stranger = world.person(1, sent.who);
            let message = message(&world, sent);
            world.act(&stranger, &[message]);
        }
        world.settle();
        let allowed = storage_nano(world.now() - start);
        for (at, before) in delectors.iter().zip(before) {
            let after = own(&world, at);
            prop_assert!(after + allowed >= before, "{at}: {before} to {after}");
        }
        world.check_supply();
    }
}

/// Returns the gain of chain 0's D'Elector beyond its treasury, without storage, when a stranger sends it everything
/// and it has less than its reserve.
fn gain(codes: Codes) -> i128 {
    let shape = Shape {
        codes,
        ..Shape::default()
    };
    let mut world = World::edited(&shape, |zerostate| {
        zerostate.chains[1].accounts[0].balance_nano = COIN;
    });
    let (mallory, at) = (world.person(1, 0), world.delector(0).address().clone());
    let (before, start) = (own(&world, &at), world.now());
    for kind in 0..KINDS {
        for value_nano in [1, 100_000, 5_000_000, COIN] {
            let sent = Sent {
                who: 0,
                to: 0,
                kind,
                value_nano,
            };
            let message = message(&world, &sent);
            world.act(&mallory, &[message]);
        }
    }
    own(&world, &at) + storage_nano(world.now() - start) - before
}

#[test]
fn delector_below_its_reserve_loses_nothing_to_strangers() {
    assert!(gain(Codes::default()) >= 0);
}

#[test]
fn mutant_that_books_its_reserve_loses_coins() {
    // plain transfers would make up for it
    let sent = |codes| gain(codes) - 2 * COIN.cast_signed();
    assert!(sent(codes("delector", "delector-books-its-reserve")) < sent(Codes::default()));
}

#[test]
fn storage_costs_what_these_tests_allow() {
    let mut world = World::new(&Shape::default());
    let (mallory, at) = (world.person(1, 0), world.delector(0).address().clone());
    let before = own(&world, &at);
    world.pass(900);
    world.act(&mallory, &[Outgoing::transfer(at.clone(), 1)]);
    let cost = before - own(&world, &at);
    assert!((1..=storage_nano(900)).contains(&cost), "{cost}");
}
