//! One key belongs to one Root: taken keys are refused, removed ones permanently, and a replaced key can still be
//! held accountable.

use ddvs_contracts::Reason;
use ddvs_contracts::storage::KeyEntry;
use ddvs_network_tests::captured::{batch, is_taken, joining, remove};
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::{COIN, ConsensusKey, Person, Shape, World};

fn key_entry(world: &World, chain: i8, key: &ConsensusKey) -> Option<KeyEntry> {
    world.registry(chain, chain).keys.get(key.public()).unwrap()
}

/// A holder of another validator's key tries to register it with a Root of their own; returns the reason.
#[track_caller]
fn attempt(world: &mut World, who: &Person, key: &ConsensusKey) -> u8 {
    let root = world.root_of(who, 100);
    world.open_root(who, &root, key);
    world.deposit(who, 20_000 * COIN);
    let tree = world.stake(who, &root, 20_000 * COIN);
    assert_eq!(world.entry(&root), None);
    let state = world.root_state(&root);
    let reasons = refusals(tree.transactions());
    let last = state.last_reason.expect("it was refused");
    assert_eq!(reasons, [last], "{tree}");
    last
}

#[test]
fn a_taken_key_is_refused_on_its_chain_and_on_another() {
    let mut world = World::new(&Shape::default());
    let key = world.validator(1, 0).key;
    for chain in [1, 2] {
        let who = world.person(chain, 0);
        let reason = attempt(&mut world, &who, &key);
        assert_eq!(reason, Reason::KeyTaken.code(), "chain {chain}");
        // another key is taken
        let (root, own) = (world.root_of(&who, 100), world.key(&who.name));
        let register = world.register_message(&root, &own);
        world.must(&who, &[register]);
        assert_eq!(world.counted(&root), 20_000 * COIN);
    }
    assert_eq!(
        key_entry(&world, 1, &key).map(|entry| *entry.root()),
        Some(world.validator(1, 0).root.address().address)
    );
    world.check_at_rest();
}

#[test]
fn registration_without_a_valid_proof_of_possession_is_refused() {
    let mut world = World::new(&Shape::default());
    let who = world.person(1, 0);
    let (root, key) = (world.root_of(&who, 100), world.validator(1, 0).key);
    world.must(&who, &[root.deploy(2 * COIN).unwrap()]);
    let before = world.data_hash(root.address());
    // consent to another Root, and consent of another key
    let other = world.root_of(&who, 101);
    let to_other = key.prove(&world.network.genesis, other.address());
    let stranger = world.key("x").prove(&world.network.genesis, root.address());
    let value = world.change_value(1);
    for proof in [to_other, stranger] {
        let register = root.register_key(key.public(), &proof, value, 1).unwrap();
        let tree = world.act(&who, &[register]);
        assert_eq!(tree.exit_code_at(root.address()), Some(440));
        assert_eq!(world.data_hash(root.address()), before);
    }
    // and only the owner may ask
    let mallory = world.person(1, 1);
    let register = world.register_message(&root, &key);
    let tree = world.act(&mallory, &[register]);
    assert_eq!(tree.exit_code_at(root.address()), Some(401));
}

#[test]
fn a_removed_key_never_returns() {
    let mut world = World::new(&Shape::default());
    let (culprit, walter) = (world.validator(1, 0), world.person(2, 2));
    let evidence = world.double_vote(&culprit.key, 1, 1);
    world.accuse(&walter, 1, &evidence);
    assert!(key_entry(&world, 1, &culprit.key).unwrap().is_removed());
    for chain in [1, 2] {
        let who = world.person(chain, 0);
        let reason = attempt(&mut world, &who, &culprit.key);
        assert_eq!(reason, Reason::KeyRemoved.code(), "chain {chain}");
    }
    // nor does it expire
    world.pass(65);
    let (delector, value) = (world.delector(1), world.change_value(1));
    let id = culprit.root.address().address;
    let purge = delector.purge_key(id, culprit.key.public(), value, 1);
    let tree = world.act(&walter, &[purge.unwrap()]);
    assert_eq!(tree.exit_code_at(delector.address()), Some(468));
    assert!(key_entry(&world, 1, &culprit.key).unwrap().is_removed());
    // neither does the Root: it takes no key and no stake
    let register = world.register_message(&culprit.root, &world.key("new"));
    let tree = world.act(&culprit.owner, &[register]);
    assert_eq!(tree.exit_code_at(culprit.root.address()), Some(442));
    let uma = world.person(0, 0);
    world.deposit(&uma, 100 * COIN);
    let tree = world.stake(&uma, &culprit.root, 100 * COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::RootRemoved.code()]);
    world.check_at_rest();
}

#[test]
fn rotation_keeps_the_old_key_blameable() {
    let mut world = World::new(&Shape::default());
    let (validator, walter) = (world.validator(1, 0), world.person(2, 0));
    let new = world.key("new");
    let register = world.register_message(&validator.root, &new);
    world.must(&validator.owner, &[register]);
    assert!(world.in_set(1, &new) && !world.in_set(1, &validator.key));
    assert_eq!(world.weight(1, &new), Some(100_000));
    assert!(key_entry(&world, 1, &new).unwrap().is_in_use());
    let old = key_entry(&world, 1, &validator.key).unwrap();
    assert!(
        old.retired_at()
            .is_some_and(|at| at > 0 && at <= world.now())
    );
    let state = world.root_state(&validator.root);
    let (current, next) = state.keys_of().unwrap();
    assert!(next.is_none());
    let current = current.unwrap();
    assert_eq!(current, new.public());

    world.pass(30);
    let evidence = world.double_vote(&validator.key, 1, 1);
    let tree = world.accuse(&walter, 1, &evidence);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.entry(&validator.root), None);
    for key in [&new, &validator.key] {
        assert!(key_entry(&world, 1, key).unwrap().is_removed());
        assert!(!world.in_set(1, key) && !world.in_set(-1, key));
    }
    assert!(world.root_state(&validator.root).is_removed());
    world.check_at_rest();
}

#[test]
fn after_the_window_the_old_key_is_forgotten_and_free() {
    let mut world = World::new(&Shape::default());
    let (validator, walter) = (world.validator(1, 0), world.person(2, 0));
    let new = world.key("new");
    let register = world.register_message(&validator.root, &new);
    world.must(&validator.owner, &[register]);
    let retired_at = key_entry(&world, 1, &validator.key)
        .and_then(|entry| entry.retired_at())
        .unwrap();
    let (delector, value) = (world.delector(1), world.change_value(1));
    let id = validator.root.address().address;
    let purge = |key: &ConsensusKey| delector.purge_key(id, key.public(), value, 1).unwrap();

    // not the one in use, and not before its time
    for key in [&new, &validator.key] {
        let tree = world.act(&walter, &[purge(key)]);
        assert_eq!(tree.exit_code_at(delector.address()), Some(468));
    }
    while world.now() <= retired_at + 60 {
        world.step();
    }
    let evidence = world.double_vote(&validator.key, 1, 1);
    let tree = world.accuse(&walter, 1, &evidence);
    assert_eq!(tree.exit_code_at(delector.address()), Some(465));
    world.must(&walter, &[purge(&validator.key)]);
    assert_eq!(key_entry(&world, 1, &validator.key), None);
    assert_eq!(world.counted(&validator.root), 100_000 * COIN);
    assert!(world.in_set(1, &new));
    let tree = world.act(&walter, &[purge(&validator.key)]);
    assert_eq!(tree.exit_code_at(delector.address()), Some(465));

    // another Root may take it now, on another chain too
    let who = world.person(2, 1);
    let root = world.root_of(&who, 100);
    world.open_root(&who, &root, &validator.key);
    world.deposit_and_stake(&who, &root, 20_000 * COIN);
    assert_eq!(world.weight(2, &validator.key), Some(20_000));
    world.check_at_rest();
}

#[test]
fn a_root_that_left_is_forgotten_with_its_key_and_may_return() {
    let mut world = World::new(&Shape::default());
    let (nora, walter) = (world.person(1, 0), world.person(2, 0));
    let nora = world.join(&nora, 20_000 * COIN);
    world.pass(25);
    world.unstake(&nora.owner, &nora.root, 20_000 * COIN);
    let left = world.entry(&nora.root).unwrap();
    assert_eq!((left.stake.into_inner(), left.key), (0, nora.key.public()));
    let count = world.registry(1, 1).count;
    world.pass(75);
    let (delector, value) = (world.delector(1), world.change_value(1));
    let id = nora.root.address().address;
    let purge = delector.purge_key(id, nora.key.public(), value, 1).unwrap();
    world.must(&walter, &[purge]);
    assert_eq!(world.entry(&nora.root), None);
    assert_eq!(world.registry(1, 1).count, count - 1);
    assert_eq!(key_entry(&world, 1, &nora.key), None);
    // it registers again, with the stored consent
    world.settle_position(&nora.owner, &nora.owner, &nora.root);
    let tree = world.stake(&nora.owner, &nora.root, 15_000 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.weight(1, &nora.key), Some(15_000));
    world.check_at_rest();
}

/// A captured chain registers a Root whose id is another's public key, and removes it.
#[test]
fn removed_root_with_the_id_of_a_key_does_not_block_that_key() {
    let stakes = [12_500, 100_000, 100_000].map(|coins| vec![coins; 4]);
    let mut world = World::new(&Shape::with_stakes(stakes.to_vec()));
    let (nora, key) = (world.person(1, 0), world.key("Nora"));
    let root = world.root_of(&nora, 100);
    world.open_root(&nora, &root, &key); // the key is public from here on
    let (id, own) = (key.public(), world.key("captured"));
    let join = batch(&world, vec![joining(&world, id, 10_000 * COIN, &own)]);
    assert!(is_taken(&mut world, &join));
    let evidence = world.double_vote(&own, 0, 1);
    let removal = batch(&world, vec![remove(id, &evidence)]);
    assert!(is_taken(&mut world, &removal));
    world.deposit_and_stake(&nora, &root, 50_000 * COIN);
    assert_eq!(world.counted(&root), 50_000 * COIN);
}
