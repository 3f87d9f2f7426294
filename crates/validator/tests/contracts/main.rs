//! The loop's reading and acting on the real contracts, in the embedded network: no node is needed for this part.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod operator;

use ddvs_client::{Backend, Live, MASTERCHAIN, Outgoing};
use ddvs_test_kit::Shape;
use ddvs_tycho::StoredKey;
use ddvs_types::COIN;
use ddvs_validator::act::act;
use ddvs_validator::{Action, Decision, KeyHolder, Outcome, Reply};
use operator::Operator;

fn codes(decision: &Decision) -> Vec<&'static str> {
    decision
        .findings
        .iter()
        .map(|finding| finding.code())
        .collect()
}

fn done(action: Action) -> Vec<Outcome> {
    let reply = Reply::Done;
    vec![Outcome { action, reply }]
}

#[test]
fn a_newcomer_is_taken_into_the_set_step_by_step() {
    let mut shape = Shape::default();
    shape.limits.main_validators = 100;
    let mut operator = Operator::new(&shape);
    assert_eq!(codes(&operator.round().0), ["root-missing"]);

    operator.deploy();
    let (decision, outcomes) = operator.round();
    assert_eq!(decision.findings, []);
    assert_eq!(outcomes, done(Action::RegisterKey));
    let key = operator.who.node_key.public;
    assert_eq!(operator.view().next_key, Some(key));

    // the same decision until there is enough stake: nothing to send
    let (decision, outcomes) = operator.round();
    assert_eq!(codes(&decision), ["stake-too-small"]);
    assert_eq!(outcomes, []);

    let (owner, root) = (operator.owner.clone(), operator.root.clone());
    operator
        .world
        .deposit_and_stake(&owner, &root, 60_000 * COIN);
    operator.world.settle();
    let (reading, decision) = operator.decide();
    assert_eq!(decision, Decision::default());
    assert_eq!(reading.view.key, KeyHolder::Ours);
    let root = operator.view();
    assert_eq!(root.key, Some(key));
    assert_eq!(root.counted_nano, 60_000 * COIN);
    let node = operator.seen(&reading).node.unwrap();
    assert_eq!(node.member.map(|(_, weight)| weight), Some(60_000));
}

/// The service's view of a Root's registration equals that of the Root's own getter.
#[track_caller]
fn assert_desired(operator: &Operator) {
    let output = operator
        .world
        .net
        .get_method(operator.root.address(), "desired", vec![]);
    let stack = output.unwrap().stack;
    let found = stack[0].as_int().unwrap().to_string();
    assert_eq!(operator.view().desired_nano.to_string(), found);
}

#[test]
fn a_new_node_key_takes_the_place_of_the_old_one() {
    let mut operator = Operator::new(&Shape::default());
    operator.deploy();
    assert_desired(&operator);
    operator.round();
    assert_desired(&operator);
    let (owner, root) = (operator.owner.clone(), operator.root.clone());
    operator
        .world
        .deposit_and_stake(&owner, &root, 60_000 * COIN);
    operator.world.settle();
    assert_desired(&operator);

    let old = std::mem::replace(&mut operator.who.node_key, StoredKey::generate().unwrap());
    let (decision, outcomes) = operator.round();
    assert_eq!(decision.findings, []);
    assert_eq!(outcomes, done(Action::RegisterKey));
    assert_eq!(operator.view().key, Some(operator.who.node_key.public));
    assert_eq!(operator.decide().1, Decision::default());
    let in_set = |operator: &Operator, key: &StoredKey| {
        let set = operator.world.set(1);
        set.list
            .iter()
            .any(|member| member.public_key == key.public)
    };
    assert!(in_set(&operator, &operator.who.node_key));
    assert!(!in_set(&operator, &old));

    // back to the old one: the D'Elector would refuse it, so it is not asked
    operator.who.node_key = old;
    let (reading, decision) = operator.decide();
    assert_eq!(reading.view.key, KeyHolder::Taken(root.address().clone()));
    assert_eq!(codes(&decision), ["key-taken"]);
    assert_eq!(decision.actions, []);
}

#[test]
fn wallet_of_another_than_the_owner_can_sync_the_stake() {
    // the last validators cannot leave
    let mut shape = Shape::default();
    shape.limits.min_validators = 4;
    let mut operator = Operator::new(&shape);
    operator.deploy();
    operator.round();
    let (owner, root) = (operator.owner.clone(), operator.root.clone());
    operator
        .world
        .deposit_and_stake(&owner, &root, 20_000 * COIN);
    operator.world.settle();
    let other = operator.world.validator(1, 0);
    operator.world.close(&other.owner, &other.root);
    operator.world.settle();
    operator.world.close(&owner, &root);
    operator.world.settle();
    let least = u128::from(operator.world.spec.limits.min_stake_nano);
    assert_eq!(operator.view().counted_nano, least);
    assert_desired(&operator);

    // another user's wallet, with coins
    operator.who.wallet_key = StoredKey::generate().unwrap();
    let address = operator.read().view.wallet.address.clone();
    let gift = Outgoing::transfer(address, 100 * COIN);
    let rich = operator.world.person(1, 0);
    operator.world.must(&rich, &[gift]);
    assert!(!operator.read().view.wallet.is_owner);

    let (decision, outcomes) = operator.round();
    assert_eq!(codes(&decision), ["root-closed"]);
    // the Root requested an update, and learnt again that the minimum must stay
    assert_eq!(outcomes, done(Action::SyncStake));
    assert_eq!(operator.view().counted_nano, least);

    let newcomer = operator.world.person(1, 1);
    operator.world.join(&newcomer, 30_000 * COIN);
    operator.world.settle();
    assert_eq!(operator.round().1, done(Action::SyncStake));
    assert_eq!(operator.view().counted_nano, 0);
    assert_eq!(codes(&operator.decide().1), ["root-closed"]);
}

#[test]
fn a_set_that_somebody_else_published_is_no_error() {
    let mut shape = Shape::default();
    shape.limits.set_interval_s = 60;
    let mut operator = Operator::new(&shape);
    // two changes: the second one comes too early
    let (uma, root) = (
        operator.world.person(1, 1),
        operator.world.validator(1, 0).root,
    );
    operator.world.deposit(&uma, 3_000 * COIN);
    while operator.world.now() < 1_800_000_000 + 60 {
        operator.world.step();
    }
    operator.world.stake(&uma, &root, 1_000 * COIN);
    operator.world.stake(&uma, &root, 1_000 * COIN);
    operator.world.settle();
    let (_, decision) = operator.decide();
    assert_eq!(codes(&decision), ["root-missing", "set-waits"]);
    assert_eq!(decision.actions, []);
    let weight = operator.world.set(MASTERCHAIN).total_weight;

    // the interval has ended, and it is the last turn
    operator.world.pass(60 + 61);
    let (reading, decision) = operator.decide();
    assert_eq!(decision.actions, [Action::PublishSet]);
    assert_eq!(
        operator.act(&reading, &decision.actions),
        done(Action::PublishSet)
    );
    operator.world.settle();
    assert_eq!(operator.world.set(MASTERCHAIN).total_weight, weight + 1_000);
    assert_eq!(codes(&operator.decide().1), ["root-missing"]);

    // the same decision once more, as of a service that saw it a moment too early
    let late = operator.act(&reading, &[Action::PublishSet]);
    assert_eq!(late[0].reply, Reply::Refused(Some(472)));
    assert!(late[0].is_ok());
    assert!(late[0].to_string().contains("someone else just did"));
}

#[test]
fn a_wallet_without_coins_is_told() {
    let mut operator = Operator::new(&Shape::default());
    operator.deploy();
    operator.who.wallet_key = StoredKey::generate().unwrap();
    let (_, decision) = operator.decide();
    assert_eq!(codes(&decision), ["key-needs-owner"]);
    // and one that cannot send says so
    let reading = operator.read();
    let sent = act(
        &mut operator.world.net,
        &operator.who,
        &reading,
        &[Action::PublishSet],
        &mut |_: &mut dyn Backend| Ok(false),
    );
    assert!(sent.is_err());
}
