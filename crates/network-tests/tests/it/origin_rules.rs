//! Checks of the origin alone, each with a contract that lacks it: the test passes, and fails without the check.

use ddvs_client::{Live, Operator};
use ddvs_contracts::address::{address_of, root_state_init_with};
use ddvs_contracts::messages::{PossessionProof, UpdateStake};
use ddvs_contracts::signing::{ConsensusVote, evidence, possession_bytes, vote_bytes};
use ddvs_contracts::storage::{KeyEntry, RootEntry, RootStorage};
use ddvs_contracts::{Codes, Reason, RootTerms};
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::forge::{ZERO_KEY, forge};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::world::internal;
use ddvs_network_tests::{COIN, ConsensusKey, Shape, Validator, World};
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Lazy, Store};
use tycho_types::models::{StateInit, StdAddr};
use tycho_types::num::Tokens;

const MIN_STAKE: u128 = 10_000 * COIN;

/// One test for each rule: its function, and the contract that lacks the rule.
macro_rules! rules {
    ($($rule:ident: $contract:literal, $mutant:literal;)*) => {
        $(
            mod $rule {
                use super::*;

                #[test]
                fn holds() {
                    assert!(super::$rule(Codes::default()));
                }

                #[test]
                fn fails_without_the_check() {
                    assert!(!super::$rule(codes($contract, $mutant)), "{} is noticed", $mutant);
                }
            }
        )*
    };
}

rules! {
    a_short_unlock_period_is_refused: "delector", "origin-skips-the-unlock-period";
    terms_beyond_the_limits_are_refused: "delector", "origin-takes-any-terms";
    terms_with_references_are_refused: "delector", "origin-takes-terms-with-references";
    a_tiny_stake_is_refused: "delector", "origin-takes-tiny-stakes";
    key_zero_is_refused_by_its_d_elector: "delector", "origin-takes-any-key";
    key_zero_is_refused_by_its_root: "depool-root", "root-takes-any-key";
    evidence_against_key_zero_proves_nothing: "delector", "evidence-holds-for-any-key";
    a_fourth_retired_key_is_refused: "delector", "origin-counts-no-retired-keys";
    a_leave_stops_at_the_least_stake: "delector", "origin-spreads-below-the-least";
    closed_last_validator_counts_with_the_minimum: "delector", "origin-keeps-all-of-the-last";
    the_last_are_not_removed: "delector", "origin-removes-the-last";
    accused_validator_keeps_its_counted_stake: "delector", "origin-lets-the-accused-shrink";
    newcomer_lets_a_held_removal_proceed: "delector", "origin-gives-the-place-away";
    keys_of_the_accused_stay: "delector", "origin-purges-the-accused";
    evidence_goes_before_everything_else: "delector", "origin-serves-evidence-last";
    purges_leave_room_for_stakes: "delector", "purges-fill-the-queue";
    purges_of_one_root_let_others_pass: "delector", "origin-ends-at-a-second-purge";
    candidates_stake_change_publishes_no_set: "delector", "delector-publishes-what-is-the-same";
    slashed_coins_pay_for_themselves: "delector", "delector-books-its-reserve";
}

fn shape(codes: Codes) -> Shape {
    Shape {
        codes,
        ..Shape::default()
    }
}

/// Three validators on chain 1, as few as there may be.
fn few(codes: Codes) -> World {
    World::new(&Shape {
        stakes: vec![vec![100_000; 4], vec![100_000; 3], vec![100_000; 4]],
        ..shape(codes)
    })
}

/// Makes blocks until something is so.
#[track_caller]
fn within(world: &mut World, is_so: impl Fn(&World) -> bool) {
    for _ in 0..800 {
        if is_so(world) {
            return;
        }
        world.step();
    }
    panic!("it never comes to that");
}

/// A batch of chain 1 is in flight, so that what passes the first checks waits.
#[track_caller]
fn keep_busy(world: &mut World) {
    let (busy, root) = (world.person(1, 2), world.validator(1, 3).root);
    world.deposit(&busy, 100 * COIN);
    world.silence(0);
    world.silence(2);
    let stake = world.stake_message(&busy, &root, 50 * COIN);
    world.send(&busy, &[stake]);
    within(world, |world| world.local(1).in_flight);
}

/// Continues what [`keep_busy`] held up.
fn let_go_on(world: &mut World) {
    world.resume(0);
    world.resume(2);
    world.settle();
}

/// An update as if the Root with these terms had sent it, with enough value; returns the reason for which it was rejected at
/// once, before a batch is closed.
#[track_caller]
fn update(
    world: &mut World,
    terms: RootTerms,
    total_nano: u128,
    key: HashBytes,
    proof: Option<&PossessionProof>,
) -> Option<u8> {
    let root = world.root_with(terms.clone(), 1).address().clone();
    update_of(
        world,
        &root,
        Lazy::new(&terms).unwrap(),
        total_nano,
        key,
        proof,
    )
}

/// The same for a Root whose terms are any cell.
fn update_of(
    world: &mut World,
    root: &StdAddr,
    terms: Lazy<RootTerms>,
    total_nano: u128,
    key: HashBytes,
    proof: Option<&PossessionProof>,
) -> Option<u8> {
    let message = UpdateStake {
        seq: 7,
        total: Tokens::new(total_nano),
        key,
        code_hash: world.network.root_code_hash,
        terms,
        proof: proof.map(|proof| Lazy::new(proof).unwrap()),
    };
    keep_busy(world);
    let to = world.delector(1).address().clone();
    let message = internal(root, &to, &message, 10 * COIN);
    let hash = world.net.inject_internal(1, message).unwrap();
    let tree = world.follow(hash);
    let_go_on(world);
    refusals(tree.transactions()).first().copied()
}

fn a_short_unlock_period_is_refused(codes: Codes) -> bool {
    let mut world = World::new(&shape(codes));
    let (nora, key) = (world.person(1, 0), world.key("Nora"));
    let mut terms = world.terms(&nora, 100);
    terms.unlock_period = world.params(1).min_unlock_period_s - 1;
    let root = world.root_with(terms.clone(), 1);
    let proof = key.prove(&world.network.genesis, root.address());
    let (stake, key) = (20_000 * COIN, key.public());
    let reason = update(&mut world, terms, stake, key, Some(&proof));
    reason == Some(Reason::UnlockTooShort.code())
}

fn terms_beyond_the_limits_are_refused(codes: Codes) -> bool {
    let mut world = World::new(&shape(codes));
    let (nora, key) = (world.person(1, 0), world.key("Nora"));
    let (good, most) = (world.terms(&nora, 100), world.params(1));
    let bad = [
        RootTerms {
            lock_period: most.max_lock_period_s + 1,
            ..good.clone()
        },
        RootTerms {
            unlock_period: most.max_unlock_period_s + 1,
            ..good.clone()
        },
        RootTerms {
            min_stake: Tokens::new(u128::from(most.max_stake_nano) + 1),
            ..good
        },
    ];
    bad.into_iter().all(|terms| {
        let root = world.root_with(terms.clone(), 1);
        let proof = key.prove(&world.network.genesis, root.address());
        let (stake, key) = (20_000 * COIN, key.public());
        let reason = update(&mut world, terms, stake, key, Some(&proof));
        reason == Some(Reason::BadTerms.code())
    })
}

/// References in the terms would be part of every message about the Root, and others would pay for them.
fn terms_with_references_are_refused(codes: Codes) -> bool {
    let mut world = World::new(&shape(codes));
    let (nora, key) = (world.person(1, 0), world.key("Nora"));
    let terms = world.terms(&nora, 100);
    let init = root_state_init_with(&world.codes, &world.network, 1, &terms).unwrap();
    let mut storage: RootStorage = init.data.unwrap().parse().unwrap();
    storage.terms = loaded(&terms);
    let data = CellBuilder::build_from(&storage).unwrap();
    let init = StateInit {
        code: init.code,
        data: Some(data),
        ..StateInit::default()
    };
    let root = address_of(1, &init).unwrap();
    let proof = key.prove(&world.network.genesis, &root);
    let reason = update_of(
        &mut world,
        &root,
        storage.terms,
        20_000 * COIN,
        key.public(),
        Some(&proof),
    );
    reason == Some(Reason::BadTerms.code())
}

/// Terms with a cell below.
fn loaded(terms: &RootTerms) -> Lazy<RootTerms> {
    let mut cell = CellBuilder::new();
    terms.store_into(&mut cell, Cell::empty_context()).unwrap();
    cell.store_reference(Cell::default()).unwrap();
    Lazy::from_raw(cell.build().unwrap()).unwrap()
}

fn a_tiny_stake_is_refused(codes: Codes) -> bool {
    // a nano would keep a place in the registry forever
    let mut world = World::new(&shape(codes));
    let validator = world.validator(1, 0);
    let key = validator.key.public();
    let reason = |world: &mut World, total| {
        update(world, world.terms(&validator.owner, 0), total, key, None)
    };
    let small = Some(Reason::StakeTooSmall.code());
    reason(&mut world, 1) == small && reason(&mut world, MIN_STAKE - 1) == small
}

/// So many Roots on chain 1 that a signature by key 0 holds for some of them.
fn many(codes: Codes) -> World {
    World::new(&Shape {
        stakes: vec![vec![100_000; 4], vec![25_000; 16], vec![100_000; 4]],
        ..shape(codes)
    })
}

/// Some genesis Root of chain 1 for which a signature by key 0 holds, and that signature.
fn fooled(world: &World) -> (Validator, PossessionProof) {
    let forged = |index| {
        let validator = world.validator(1, index);
        let message = possession_bytes(&world.network.genesis, validator.root.address());
        let signature = forge(&ZERO_KEY, &message)?;
        Some((validator, PossessionProof { signature }))
    };
    (0..16).find_map(forged).expect("three Roots in four are")
}

fn key_zero_is_refused_by_its_d_elector(codes: Codes) -> bool {
    let mut world = many(codes);
    let (validator, proof) = fooled(&world);
    let total = world.counted(&validator.root);
    let terms = (0..16)
        .map(|nonce| world.terms(&validator.owner, nonce))
        .find(|terms| world.root_with(terms.clone(), 1).address() == validator.root.address());
    let reason = update(&mut world, terms.unwrap(), total, ZERO_KEY, Some(&proof));
    reason == Some(Reason::BadKey.code())
}

fn key_zero_is_refused_by_its_root(codes: Codes) -> bool {
    // otherwise its D'Elector would count its coins forever: its leave would be answered with "not registered"
    let mut world = many(codes);
    let (validator, proof) = fooled(&world);
    let (before, value) = (world.root_state(&validator.root), world.change_value(1));
    let register = validator.root.register_key(ZERO_KEY, &proof, value, 1);
    let tree = world.act(&validator.owner, &[register.unwrap()]);
    tree.exit_code_at(validator.root.address()) == Some(449)
        && world.root_state(&validator.root) == before
}

fn evidence_against_key_zero_proves_nothing(codes: Codes) -> bool {
    // a registry that holds key 0 all the same, by whatever means
    let mut world = World::edited(&shape(codes), |zerostate| {
        use ddvs_contracts::storage::DElectorStorage;
        use tycho_types::cell::CellBuilder;
        for chain in &mut zerostate.chains {
            let account = &mut chain.accounts[0];
            let init = account.state_init.as_mut().expect("a D'Elector has code");
            let data = init.data.as_ref().expect("and data");
            let mut storage: DElectorStorage = data.parse().unwrap();
            let mut registry = storage.registries.get(1).unwrap().unwrap();
            let (root, old) = registry.roots.iter().next().unwrap().unwrap();
            registry.keys.remove(old.key).unwrap();
            registry
                .keys
                .set(ZERO_KEY, KeyEntry::InUse { root })
                .unwrap();
            let entry = RootEntry {
                key: ZERO_KEY,
                ..old
            };
            registry.roots.set(root, entry).unwrap();
            storage.registries.set(1, registry).unwrap();
            init.data = Some(CellBuilder::build_from(storage).unwrap());
        }
    });
    let genesis = world.network.genesis;
    let forged = |height| {
        let vote = |value: u8| ConsensusVote {
            chain: 1,
            height,
            round: 0,
            vote_type: 1,
            value_hash: HashBytes([value; 32]),
        };
        let sign = |value| forge(&ZERO_KEY, &vote_bytes(&genesis, &vote(value)));
        let (first, second) = (sign(1)?, sign(2)?);
        evidence(ZERO_KEY, &vote(1), first, vote(2).value_hash, second).ok()
    };
    let evidence = (0..100).find_map(forged).expect("every other height has");
    let (walter, delector) = (world.person(2, 0), world.delector(1).address().clone());
    let tree = world.accuse(&walter, 1, &evidence);
    tree.exit_code_at(&delector) == Some(464)
}

/// A validator takes another key.
#[track_caller]
fn rotate(world: &mut World, validator: &Validator, name: &str) -> (ConsensusKey, Vec<u8>) {
    let key = world.key(name);
    let register = world.register_message(&validator.root, &key);
    let tree = world.act(&validator.owner, &[register]);
    (key, refusals(tree.transactions()))
}

fn a_fourth_retired_key_is_refused(codes: Codes) -> bool {
    let mut world = World::new(&shape(codes));
    let validator = world.validator(1, 0);
    for name in ["second", "third", "fourth"] {
        let (key, reasons) = rotate(&mut world, &validator, name);
        assert!(reasons.is_empty() && world.in_set(1, &key), "{name}");
    }
    assert_eq!(world.entry(&validator.root).unwrap().retired, 3);
    keep_busy(&mut world);
    let (_, reasons) = rotate(&mut world, &validator, "fifth");
    let_go_on(&mut world);
    if reasons != [Reason::TooManyKeys.code()] || !world.in_set(1, &world.key("fourth")) {
        return false;
    }
    // the first is forgotten once its time has come, and makes room
    world.pass(world.params(1).evidence_window_s + 1);
    let (id, value) = (validator.root.address().address, world.change_value(1));
    let purge = world
        .delector(1)
        .purge_key(id, validator.key.public(), value, 1);
    world.must(&validator.owner, &[purge.unwrap()]);
    assert_eq!(world.entry(&validator.root).unwrap().retired, 2);
    let (key, reasons) = rotate(&mut world, &validator, "sixth");
    world.check_at_rest();
    reasons.is_empty() && world.in_set(1, &key)
}

fn a_leave_stops_at_the_least_stake(codes: Codes) -> bool {
    // a third of 405,000 may move: 100 coins more than all but a hundred of 135,000
    let mut world = World::new(&Shape {
        stakes: vec![
            vec![100_000; 4],
            vec![135_000, 90_000, 90_000, 90_000],
            vec![100_000; 4],
        ],
        ..shape(codes)
    });
    let leaver = world.validator(1, 0);
    let value = 4 * world.change_value(1);
    let close = leaver.root.close(value, 1).unwrap();
    world.send(&leaver.owner, &[close]);
    let mut counted = vec![world.counted(&leaver.root)];
    for _ in 0..400 {
        world.step();
        let now = world.counted(&leaver.root);
        if counted.last() != Some(&now) {
            counted.push(now);
        }
    }
    world.check_at_rest();
    counted == [135_000 * COIN, MIN_STAKE, 0]
}

fn closed_last_validator_counts_with_the_minimum(codes: Codes) -> bool {
    let mut world = few(codes);
    let last = world.validator(1, 0);
    let tree = world.close(&last.owner, &last.root);
    let answered = world.root_state(&last.root).counted.into_inner();
    refusals(tree.transactions()).is_empty()
        && world.counted(&last.root) == MIN_STAKE
        && answered == MIN_STAKE
}

/// Evidence against a validator is brought; what becomes of it is seen later.
fn accused(world: &mut World, culprit: &Validator) {
    let walter = world.person(2, 0);
    let evidence = world.double_vote(&culprit.key, 1, 5);
    let value = world.change_value(1);
    let submit = world.delector(1).submit_evidence(&evidence, value, 1);
    world.send(&walter, &[submit.unwrap()]);
    world.pass(15);
}

fn the_last_are_not_removed(codes: Codes) -> bool {
    let mut world = few(codes);
    let last = world.validator(1, 0);
    accused(&mut world, &last);
    if world.counted(&last.root) != 100_000 * COIN || !world.in_set(1, &last.key) {
        return false;
    }
    // the chain continues without it
    let (uma, other) = (world.person(1, 1), world.validator(1, 1));
    world.deposit(&uma, 100 * COIN);
    let stake = world.stake_message(&uma, &other.root, 100 * COIN);
    world.send(&uma, &[stake]);
    world.pass(30);
    if world.counted(&other.root) != 100_100 * COIN {
        return false;
    }
    // and it is used once another has joined
    let nora = world.person(1, 0);
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 50_000 * COIN);
    let stake = world.stake_message(&nora, &root, 50_000 * COIN);
    world.send(&nora, &[stake]);
    world.pass(40);
    world.counted(&root) == 50_000 * COIN && world.entry(&last.root).is_none()
}

fn accused_validator_keeps_its_counted_stake(codes: Codes) -> bool {
    let mut world = few(codes);
    let last = world.validator(1, 0);
    accused(&mut world, &last);
    world.close(&last.owner, &last.root);
    world.counted(&last.root) == 100_000 * COIN
}

fn newcomer_lets_a_held_removal_proceed(codes: Codes) -> bool {
    // one batch holds a newcomer and another who would leave in its stead; the evidence against a third waits
    let mut world = World::new(&Shape {
        stakes: vec![
            vec![100_000; 4],
            vec![100_000, 20_000, 100_000],
            vec![100_000; 4],
        ],
        ..shape(codes)
    });
    let (last, other, nora) = (
        world.validator(1, 0),
        world.validator(1, 1),
        world.person(1, 0),
    );
    accused(&mut world, &last);
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 50_000 * COIN);
    // something is in flight, so that both come into the batch after it
    let busy = world.validator(1, 2);
    world.deposit(&busy.owner, 100 * COIN);
    let first = world.stake_message(&busy.owner, &busy.root, 100 * COIN);
    world.send(&busy.owner, &[first]);
    let stake = world.stake_message(&nora, &root, 50_000 * COIN);
    world.send(&nora, &[stake]);
    within(&mut world, |world| {
        world.local(1).waiting.iter().count() >= 2
    });
    let close = other.root.close(2 * world.change_value(1), 1).unwrap();
    world.send(&other.owner, &[close]);
    world.settle();
    world.check_at_rest();
    world.entry(&last.root).is_none() && world.counted(&other.root) > 0
}

fn keys_of_the_accused_stay(codes: Codes) -> bool {
    // evidence against the key that one of the last validators retired waits, and its window passes
    let mut world = few(codes);
    let last = world.validator(1, 0);
    rotate(&mut world, &last, "another");
    accused(&mut world, &last);
    world.pass(world.params(1).evidence_window_s + 1);
    let (id, value) = (last.root.address().address, world.change_value(1));
    let purge = world.delector(1).purge_key(id, last.key.public(), value, 1);
    world.act(&last.owner, &[purge.unwrap()]);
    let nora = world.person(1, 0);
    world.join(&nora, 50_000 * COIN);
    world.settle();
    world.entry(&last.root).is_none()
}

fn evidence_goes_before_everything_else(codes: Codes) -> bool {
    let mut shape = shape(codes);
    // alone it decides nothing, so that changes wait
    shape.stakes = vec![vec![300_000; 4], vec![100_000; 12], vec![300_000; 4]];
    shape.limits.max_batch = 2;
    shape.people = 11;
    let mut world = World::new(&shape);
    for index in 0..10 {
        let who = world.person(1, index);
        world.deposit(&who, 100 * COIN);
    }
    for index in 0..10 {
        let (who, root) = (world.person(1, index), world.validator(1, index).root);
        let stake = world.stake_message(&who, &root, 100 * COIN);
        world.send(&who, &[stake]);
    }
    within(&mut world, |world| {
        world.local(1).waiting.iter().count() >= 5
    });
    let (walter, culprit) = (world.person(1, 10), world.validator(1, 11));
    let evidence = world.double_vote(&culprit.key, 1, 5);
    let value = world.change_value(1);
    let submit = world.delector(1).submit_evidence(&evidence, value, 1);
    world.send(&walter, &[submit.unwrap()]);
    within(&mut world, |world| world.entry(&culprit.root).is_none());
    // what was there before it is still waiting: more than the next batch takes
    world.local(1).waiting.iter().count() > 2
}

/// A stranger asks for the purge of one key again and again while a batch is in flight.
fn purges_leave_room_for_stakes(codes: Codes) -> bool {
    let mut shape = shape(codes);
    shape.limits.max_queue = 4;
    let mut world = World::new(&shape);
    let validator = world.validator(1, 0);
    let old = validator.key.public();
    rotate(&mut world, &validator, "new");
    world.pass(world.params(1).evidence_window_s + 1);
    let (stranger, ivan) = (world.person(1, 0), world.person(1, 1));
    let root = world.validator(1, 1).root;
    world.deposit(&ivan, 1_000 * COIN);
    keep_busy(&mut world);
    let (id, value) = (validator.root.address().address, world.change_value(1));
    let purge = world.delector(1).purge_key(id, old, value, 1).unwrap();
    world.send(
        &stranger,
        &[purge.clone(), purge.clone(), purge.clone(), purge],
    );
    world.pass(20);
    let second = world.stake_message(&ivan, &root, 100 * COIN);
    world.send(&ivan, &[second]);
    world.pass(20);
    let_go_on(&mut world);
    world.check_at_rest();
    world.counted(&root) == 101_100 * COIN
}

fn purges_of_one_root_let_others_pass(codes: Codes) -> bool {
    let mut shape = shape(codes);
    shape.limits.max_batch = 4;
    let mut world = World::new(&shape);
    let all: Vec<_> = (0..4).map(|index| world.validator(1, index)).collect();
    let mut old = Vec::new();
    for (index, validator) in all.iter().enumerate() {
        for time in 0..if index == 0 { 3 } else { 1 } {
            old.push((
                index,
                world
                    .registry(1, 1)
                    .roots
                    .get(validator.root.address().address)
                    .unwrap()
                    .unwrap()
                    .key,
            ));
            rotate(&mut world, validator, &format!("{index} {time}"));
        }
    }
    world.pass(world.params(1).evidence_window_s + 1);
    let value = world.change_value(1);
    let purge = |world: &World, place: usize| {
        let (index, key) = old[place];
        let id = all[index].root.address().address;
        world.delector(1).purge_key(id, key, value, 1).unwrap()
    };
    // A B A C, then A D: all in the batch after the one that is in flight
    let (nora, ivan) = (world.person(1, 0), world.person(1, 1));
    let messages = [0, 3, 1, 4].map(|place| purge(&world, place));
    let more = [2, 5].map(|place| purge(&world, place));
    let busy = world.person(1, 2);
    world.deposit(&busy, 100 * COIN);
    let first = world.stake_message(&busy, &all[0].root, 100 * COIN);
    let seqno = world.registry(1, 1).seqno;
    world.send(&busy, &[first]);
    within(&mut world, |world| world.local(1).in_flight);
    world.send(&nora, &messages);
    world.send(&ivan, &more);
    within(&mut world, |world| world.registry(1, 1).seqno >= seqno + 2);
    let others_done = (3..6).all(|place| {
        let key = world.registry(1, 1).keys.get(old[place].1).unwrap();
        key.is_none()
    });
    world.settle();
    world.check_at_rest();
    let all_done =
        (old.iter()).all(|(_, key)| world.registry(1, 1).keys.get(key).unwrap().is_none());
    others_done && all_done && world.local(1).waiting.is_empty()
}

fn candidates_stake_change_publishes_no_set(codes: Codes) -> bool {
    let mut shape = shape(codes);
    shape.stakes[1] = vec![100_000, 101_000, 102_000, 103_000];
    shape.limits.max_validators = 3;
    shape.limits.main_validators = 3;
    let mut world = World::new(&shape);
    let sets = |world: &World| {
        [-1, 1].map(|chain| {
            let config = world.net.config(chain).unwrap();
            [32, 34].map(|param| config.get_raw_cell(param).unwrap())
        })
    };
    let before = sets(&world);
    let (nora, candidate) = (world.person(1, 0), world.validator(1, 0));
    world.deposit_and_stake(&nora, &candidate.root, 10 * COIN);
    assert_eq!(world.counted(&candidate.root), 100_010 * COIN);
    if sets(&world) != before {
        return false;
    }
    // a member's weight is in whole coins: what moves less moves nothing
    let member = world.validator(1, 3);
    world.deposit_and_stake(&nora, &member.root, 10 * COIN + COIN / 2);
    let moved = sets(&world);
    assert_ne!(moved, before);
    world.pass(25);
    world.unstake(&nora, &member.root, COIN / 4);
    assert_eq!(world.counted(&member.root), 103_010 * COIN + COIN / 4);
    world.check_at_rest();
    sets(&world) == moved
}

fn slashed_coins_pay_for_themselves(codes: Codes) -> bool {
    use ddvs_contracts::messages::SlashedCoins;
    let mut world = World::new(&shape(codes));
    let (mallory, delector) = (world.person(1, 0), world.delector(1).address().clone());
    let root = world.validator(1, 0).root.address().clone();
    let own = |world: &World| world.balance(&delector) - world.storage(1).treasury.into_inner();
    let before = own(&world);
    for value in [COIN / 1_000, COIN / 100, COIN / 10, COIN] {
        let body = SlashedCoins {
            query_id: 1,
            root: root.clone(),
        };
        world.act(&mallory, &[World::message(&delector, &body, value)]);
    }
    own(&world) >= before && world.storage(1).treasury.into_inner() > COIN / 2
}
