//! A captured origin breaks one rule of a batch at a time. No copy votes for that, while each votes for the same batch that
//! keeps the rule; and a contract without the rule does vote, so it is this rule that stops it.

use ddvs_contracts::messages::{Batch, BatchEntry, SignedVote};
use ddvs_contracts::signing::possession_bytes;
use ddvs_contracts::storage::DElectorStorage;
use ddvs_contracts::{Codes, ExitCode};
use ddvs_network_tests::captured::{batch, is_taken, joining, newcomer, remove, restake, set};
use ddvs_network_tests::forge::{ZERO_KEY, forge};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, Validator, World};
use tycho_types::cell::{CellBuilder, HashBytes, Lazy};

fn shape(codes: Codes) -> Shape {
    let mut shape = Shape::with_stakes(vec![vec![100_000; 6], vec![100_000; 5], vec![100_000; 5]]);
    shape.people = 40;
    shape.limits.min_validators = 4;
    shape.limits.max_batch = 4;
    shape.limits.max_roots = 7;
    shape.limits.max_stake_nano = 299_980 * 1_000_000_000;
    shape.codes = codes;
    shape
}

fn world(codes: Codes) -> World {
    World::new(&shape(codes))
}

/// Builds a batch that keeps or breaks its rule, in a world that it may prepare.
type Story = fn(&mut World, keeps: bool) -> Batch;

#[track_caller]
fn verdict(codes: &Codes, story: Story, keeps: bool) -> bool {
    let mut world = world(codes.clone());
    let batch = story(&mut world, keeps);
    is_taken(&mut world, &batch)
}

/// One test a rule: what the captured origin sends, and the contract that lacks the rule.
macro_rules! rules {
    ($($rule:ident: $mutant:literal;)*) => {
        $(
            mod $rule {
                use super::*;

                #[test]
                fn gets_no_vote() {
                    let real = Codes::default();
                    assert!(verdict(&real, super::$rule, true), "what keeps the rule is voted for");
                    assert!(!verdict(&real, super::$rule, false), "what breaks it is not");
                }

                #[test]
                fn gets_a_vote_without_the_rule() {
                    let mutant = codes("delector", $mutant);
                    assert!(verdict(&mutant, super::$rule, false), "{} is noticed", $mutant);
                }
            }
        )*
    };
}

rules! {
    another_origin: "voters-take-any-origin";
    wrong_previous_batch: "voters-take-any-past";
    no_entries: "voters-take-empty-batches";
    too_many_entries: "voters-take-large-batches";
    too_many_roots: "voters-fill-the-registry";
    a_place_without_stake: "voters-take-empty-places";
    a_stake_too_large: "voters-take-any-stake";
    a_stake_too_small: "voters-take-tiny-stakes";
    a_key_that_is_taken: "voters-take-taken-keys";
    a_key_that_was_removed: "voters-take-taken-keys";
    no_proof: "voters-need-no-proof";
    a_proof_for_another_root: "voters-check-no-proof";
    a_key_that_proves_nothing: "voters-take-any-key";
    too_many_retired_keys: "voters-count-no-retired-keys";
    a_removed_root: "voters-let-removed-roots-return";
    forged_evidence: "voters-check-no-evidence";
    evidence_of_one_value: "voters-need-no-conflict";
    a_key_removed_twice: "delector-removes-twice";
    evidence_against_another: "voters-blame-anybody";
    a_validators_key_forgotten: "voters-forget-validators";
    a_removed_key_forgotten: "delector-removes-twice";
    anothers_key_forgotten: "voters-blame-anybody";
    a_root_forgotten_before_its_keys: "voters-forget-the-count";
    a_key_forgotten_and_taken_at_once: "voters-take-a-key-forgotten-at-once";
    a_root_beside_another: "roots-may-have-equal-ranks";
    too_much_churn: "voters-skip-churn";
    too_few_validators: "voters-skip-the-minimum";
}

fn id(validator: &Validator) -> HashBytes {
    validator.root.address().address
}

/// A batch that nothing speaks against.
fn sound(world: &World) -> Batch {
    batch(
        world,
        vec![restake(world, &world.validator(0, 0), 101_000 * COIN)],
    )
}

fn another_origin(world: &mut World, keeps: bool) -> Batch {
    let origin = if keeps { 0 } else { 1 };
    Batch {
        origin,
        ..sound(world)
    }
}

#[test]
fn batch_under_another_number_than_the_next_gets_no_vote() {
    let real = Codes::default();
    assert!(verdict(&real, another_number, true));
    assert!(!verdict(&real, another_number, false));
}

fn another_number(world: &mut World, keeps: bool) -> Batch {
    let mut batch = sound(world);
    batch.seqno += u32::from(!keeps);
    batch
}

fn wrong_previous_batch(world: &mut World, keeps: bool) -> Batch {
    let mut batch = sound(world);
    batch.previous.0[0] ^= u8::from(!keeps);
    batch
}

fn no_entries(world: &mut World, keeps: bool) -> Batch {
    if keeps {
        sound(world)
    } else {
        batch(world, Vec::new())
    }
}

fn too_many_entries(world: &mut World, keeps: bool) -> Batch {
    let count = if keeps { 4 } else { 5 };
    let entry = |index| restake(world, &world.validator(0, index), 101_000 * COIN);
    batch(world, (0..count).map(entry).collect())
}

fn too_many_roots(world: &mut World, keeps: bool) -> Batch {
    let count = if keeps { 1 } else { 2 };
    let entry = |index| {
        newcomer(
            world,
            index,
            20_000 * COIN,
            &world.key(&format!("new {index}")),
        )
    };
    batch(world, (0..count).map(entry).collect())
}

fn a_place_without_stake(world: &mut World, keeps: bool) -> Batch {
    let stake = if keeps { 20_000 * COIN } else { 0 };
    batch(world, vec![newcomer(world, 0, stake, &world.key("new"))])
}

fn a_stake_too_large(world: &mut World, keeps: bool) -> Batch {
    // by one nano, and within the churn
    let first = world.validator(0, 0);
    let up = batch(world, vec![restake(world, &first, 200_000 * COIN)]);
    assert!(is_taken(world, &up));
    let most = 299_980 * COIN;
    let stake = if keeps { most } else { most + 1 };
    batch(world, vec![restake(world, &first, stake)])
}

fn a_stake_too_small(world: &mut World, keeps: bool) -> Batch {
    let least = 10_000 * COIN;
    let stake = if keeps { least } else { least - 1 };
    batch(world, vec![restake(world, &world.validator(0, 0), stake)])
}

fn a_key_that_is_taken(world: &mut World, keeps: bool) -> Batch {
    let key = if keeps {
        world.key("new")
    } else {
        world.validator(0, 1).key
    };
    batch(world, vec![newcomer(world, 0, 20_000 * COIN, &key)])
}

/// Evidence against validator `index` of chain 0 is brought and agreed.
fn accused(world: &mut World, index: usize) -> Validator {
    let (culprit, walter) = (world.validator(0, index), world.person(1, 0));
    let evidence = world.double_vote(&culprit.key, 0, 1);
    world.accuse(&walter, 0, &evidence);
    assert_eq!(world.entry(&culprit.root), None);
    culprit
}

fn a_key_that_was_removed(world: &mut World, keeps: bool) -> Batch {
    let culprit = accused(world, 0);
    let key = if keeps { world.key("new") } else { culprit.key };
    batch(world, vec![newcomer(world, 0, 20_000 * COIN, &key)])
}

fn no_proof(world: &mut World, keeps: bool) -> Batch {
    let (validator, key) = (world.validator(0, 0), world.key("new"));
    let proof = key.prove(&world.network.genesis, validator.root.address());
    let proof = keeps.then_some(&proof);
    batch(
        world,
        vec![set(
            world,
            id(&validator),
            100_000 * COIN,
            key.public(),
            proof,
        )],
    )
}

fn a_proof_for_another_root(world: &mut World, keeps: bool) -> Batch {
    let (validator, key) = (world.validator(0, 0), world.key("new"));
    let of = if keeps {
        validator.clone()
    } else {
        world.validator(0, 1)
    };
    let proof = key.prove(&world.network.genesis, of.root.address());
    let entry = set(
        world,
        id(&validator),
        100_000 * COIN,
        key.public(),
        Some(&proof),
    );
    batch(world, vec![entry])
}

fn a_key_that_proves_nothing(world: &mut World, keeps: bool) -> Batch {
    if keeps {
        return a_proof_for_another_root(world, true);
    }
    // some Root for which a signature by key 0 holds: three in four do
    for index in 0..6 {
        let validator = world.validator(0, index);
        let message = possession_bytes(&world.network.genesis, validator.root.address());
        if let Some(signature) = forge(&ZERO_KEY, &message) {
            let proof = ddvs_contracts::messages::PossessionProof { signature };
            let entry = set(
                world,
                id(&validator),
                100_000 * COIN,
                ZERO_KEY,
                Some(&proof),
            );
            return batch(world, vec![entry]);
        }
    }
    panic!("no signature of key 0 holds for any of six Roots");
}

/// Validator `index` of chain 0 takes another key, `times` times over.
fn rotate(world: &mut World, index: usize, times: usize) {
    for _ in 0..times {
        let validator = world.validator(0, index);
        let name = format!("key of {index} at {}", world.now());
        let register = world.register_message(&validator.root, &world.key(&name));
        world.must(&validator.owner, &[register]);
    }
}

fn too_many_retired_keys(world: &mut World, keeps: bool) -> Batch {
    rotate(world, 0, if keeps { 2 } else { 3 });
    a_proof_for_another_root(world, true)
}

fn a_removed_root(world: &mut World, keeps: bool) -> Batch {
    let culprit = accused(world, 0);
    let key = world.key("new");
    if keeps {
        return batch(world, vec![newcomer(world, 0, 20_000 * COIN, &key)]);
    }
    let proof = key.prove(&world.network.genesis, culprit.root.address());
    let entry = set(
        world,
        id(&culprit),
        20_000 * COIN,
        key.public(),
        Some(&proof),
    );
    batch(world, vec![entry])
}

fn forged_evidence(world: &mut World, keeps: bool) -> Batch {
    let (culprit, other) = (world.validator(0, 0), world.validator(0, 1));
    let mut evidence = world.double_vote(&culprit.key, 0, 1);
    if !keeps {
        evidence.second = world.double_vote(&other.key, 0, 1).second;
    }
    batch(world, vec![remove(id(&culprit), &evidence)])
}

/// The same world, where `removed` Roots of the captured chain were removed before.
fn world_after(codes: Codes, removed: u32) -> World {
    World::edited(&shape(codes), |zerostate| {
        for chain in &mut zerostate.chains {
            let init = chain.accounts[0].state_init.as_mut().unwrap();
            let mut storage: DElectorStorage = init.data.as_ref().unwrap().parse().unwrap();
            let mut registry = storage.registries.get(0).unwrap().unwrap();
            registry.removed = removed;
            storage.registries.set(0, registry).unwrap();
            init.data = Some(CellBuilder::build_from(storage).unwrap());
        }
    })
}

/// Whether a removal is accepted after `removed` earlier ones.
fn removes_after(codes: Codes, removed: u32) -> bool {
    let mut world = world_after(codes, removed);
    let batch = forged_evidence(&mut world, true);
    is_taken(&mut world, &batch)
}

#[test]
fn a_chain_removes_no_more_than_its_registry_has_room_for() {
    let most = 7 + 1_000;
    assert!(removes_after(Codes::default(), most - 1));
    assert!(!removes_after(Codes::default(), most));
    assert!(removes_after(
        codes("delector", "removals-are-unbounded"),
        most
    ));
    let mut world = world_after(Codes::default(), most);
    let evidence = world.double_vote(&world.validator(0, 0).key, 0, 1);
    let tree = world.accuse(&world.person(1, 0), 0, &evidence);
    let delector = world.delector(0).address().clone();
    let refused = ExitCode::TooManyRemoved.code();
    assert_eq!(tree.exit_code_at(&delector), Some(refused));
}

fn evidence_of_one_value(world: &mut World, keeps: bool) -> Batch {
    let culprit = world.validator(0, 0);
    let mut evidence = world.double_vote(&culprit.key, 0, 1);
    if !keeps {
        let first: SignedVote = evidence.first.load().unwrap();
        evidence.second = Lazy::new(&first).unwrap();
    }
    batch(world, vec![remove(id(&culprit), &evidence)])
}

fn a_key_removed_twice(world: &mut World, keeps: bool) -> Batch {
    let removed = accused(world, 0);
    let culprit = if keeps {
        world.validator(0, 1)
    } else {
        removed
    };
    let evidence = world.double_vote(&culprit.key, 0, 2);
    batch(world, vec![remove(id(&culprit), &evidence)])
}

fn evidence_against_another(world: &mut World, keeps: bool) -> Batch {
    let culprit = world.validator(0, 0);
    let victim = world.validator(0, usize::from(!keeps));
    let evidence = world.double_vote(&culprit.key, 0, 1);
    batch(world, vec![remove(id(&victim), &evidence)])
}

/// Validator 5 of chain 0 leaves.
fn left(world: &mut World) -> Validator {
    leaves(world, 5)
}

fn leaves(world: &mut World, index: usize) -> Validator {
    let leaver = world.validator(0, index);
    world.close(&leaver.owner, &leaver.root);
    assert_eq!(world.counted(&leaver.root), 0);
    leaver
}

fn forget(world: &World, root: &Validator, key: HashBytes) -> Batch {
    batch(world, vec![(id(root), BatchEntry::ForgetKey { key })])
}

fn a_validators_key_forgotten(world: &mut World, keeps: bool) -> Batch {
    let leaver = left(world);
    let whose = if keeps { leaver } else { world.validator(0, 0) };
    forget(world, &whose, whose.key.public())
}

/// One batch forgets a key and gives it to a newcomer behind: for the masterchain's set it would have two holders.
fn a_key_forgotten_and_taken_at_once(world: &mut World, keeps: bool) -> Batch {
    // the first of the validators, so that there are newcomers behind it wherever the contracts' codes put the Roots
    let first = (0..6).min_by_key(|&index| id(&world.validator(0, index)));
    let leaver = leaves(world, first.expect("there are validators"));
    let fresh = world.key("fresh");
    let key = if keeps { &fresh } else { &leaver.key };
    let mut joining = (0..40).map(|index| newcomer(world, index, 10_000 * COIN, key));
    let joins = joining
        .find(|(root, _)| *root > id(&leaver))
        .expect("one of 40 newcomers is behind the first of six");
    let key = leaver.key.public();
    batch(
        world,
        vec![(id(&leaver), BatchEntry::ForgetKey { key }), joins],
    )
}

fn a_removed_key_forgotten(world: &mut World, keeps: bool) -> Batch {
    let (leaver, removed) = (left(world), accused(world, 0));
    let whose = if keeps { leaver } else { removed };
    forget(world, &whose, whose.key.public())
}

fn anothers_key_forgotten(world: &mut World, keeps: bool) -> Batch {
    rotate(world, 0, 1);
    rotate(world, 1, 1);
    let key = world.validator(0, 0).key.public();
    forget(world, &world.validator(0, usize::from(!keeps)), key)
}

fn a_root_forgotten_before_its_keys(world: &mut World, keeps: bool) -> Batch {
    if !keeps {
        rotate(world, 5, 1);
    }
    let leaver = left(world);
    let key = world
        .registry(0, 0)
        .roots
        .get(id(&leaver))
        .unwrap()
        .unwrap()
        .key;
    forget(world, &leaver, key)
}

fn too_much_churn(world: &mut World, keeps: bool) -> Batch {
    // 3,333 of 10,000 of 600,000 coins, by one nano
    let most = 199_980 * COIN;
    let by = if keeps { most } else { most + 1 };
    let half = by / 2;
    let up = |index, by| restake(world, &world.validator(0, index), 100_000 * COIN + by);
    batch(world, vec![up(0, half), up(1, by - half)])
}

fn too_few_validators(world: &mut World, keeps: bool) -> Batch {
    // 6 are there, 4 must stay
    accused(world, 5);
    accused(world, 4);
    let stake = if keeps { 10_000 * COIN } else { 0 };
    batch(world, vec![restake(world, &world.validator(0, 0), stake)])
}

/// Beside a Root with the same first 160 bits its rank would be the other's at an equal stake.
fn a_root_beside_another(world: &mut World, keeps: bool) -> Batch {
    let mut id = id(&world.validator(0, 0));
    id.0[if keeps { 19 } else { 20 }] ^= 1;
    let key = world.key("beside");
    batch(world, vec![joining(world, id, 10_000 * COIN, &key)])
}
