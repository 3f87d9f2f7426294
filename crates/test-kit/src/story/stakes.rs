//! Stakes: a newcomer's, one from another chain, one that waits for its majority, and the way back.

use ddvs_client::received;
use ddvs_contracts::{ExitCode, Reason};
use ddvs_types::COIN;

use super::{assert_success, refused};
use crate::{Validator, World};

/// Nora's own stake: enough for workchain 1, too little for the masterchain.
const NORA_STAKE: u128 = 60_000 * COIN;
/// Uma's stake, which lifts Nora into the masterchain's set.
const UMA_STAKE: u128 = 70_000 * COIN;
/// Ivan's stake with each of two validators.
const IVAN_STAKE: u128 = 1_000 * COIN;
/// What Uma takes back.
const PART: u128 = 5_000 * COIN;

/// Nora becomes a validator of workchain 1.
pub(super) fn newcomer_joins(world: &mut World) -> Validator {
    let nora = world.person(1, 0);
    let nora = world.join(&nora, NORA_STAKE);
    assert_eq!(world.weight(1, &nora.key), Some(60_000));
    assert!(!world.in_set(-1, &nora.key));
    nora
}

/// Uma, on workchain 0, lets Nora's Root deploy her wallet, and stakes with it.
pub(super) fn user_of_another_chain_stakes(world: &mut World, nora: &Validator) {
    let (uma, id) = (world.person(0, 0), world.query_id());
    let deploy = nora.root.deploy_wallet(uma.address(), 0, 90_000 * COIN, id);
    world.must(&uma, &[deploy.expect("a deployment can be encoded")]);
    assert_success(&world.stake(&uma, &nora.root, UMA_STAKE));
    assert_eq!(world.position(&uma, &nora.root).staked_nano(), UMA_STAKE);
    assert_eq!(world.weight(-1, &nora.key), Some(130_000));
}

/// Ivan stakes while silent chains hold more than half of the stake: it counts when they return.
pub(super) fn batch_waits_for_its_majority(world: &mut World, nora: &Validator) {
    let ivan = world.person(1, 1);
    let other = world.validator(1, 0).root;
    world.deposit_and_stake(&ivan, &other, IVAN_STAKE);
    world.deposit(&ivan, IVAN_STAKE);
    let before = world.counted(&nora.root);
    for chain in [0, 2] {
        world.silence(chain);
    }
    let stake = world.stake_message(&ivan, &nora.root, IVAN_STAKE);
    let hash = world.send(&ivan, &[stake]);
    world.pass(15);
    assert_eq!(world.position(&ivan, &nora.root).staked_nano(), IVAN_STAKE);
    assert_eq!(world.counted(&nora.root), before, "it waits");
    for chain in [0, 2] {
        world.resume(chain);
    }
    assert_success(&world.follow(hash));
    world.settle();
    assert_eq!(world.counted(&nora.root), before + IVAN_STAKE);
}

/// Uma wants her stake back: too early, then a part of it, which she withdraws too early, then after its period.
pub(super) fn user_leaves_in_part(world: &mut World, nora: &Validator) {
    let uma = world.person(0, 0);
    let wallet = world.wallet(&uma);
    // coins that are locked anew, whatever time has passed
    assert_success(&world.stake(&uma, &nora.root, 10 * COIN));
    let staked = UMA_STAKE + 10 * COIN;
    let tree = world.unstake(&uma, &nora.root, staked);
    let mut transactions = tree.transactions();
    let reason = transactions.find_map(|transaction| received::refusal_in(transaction));
    assert_eq!(reason, Some(Reason::Locked.code()), "{tree}");
    assert_eq!(world.position(&uma, &nora.root).staked_nano(), staked);

    world.pass(world.spec.validators[0].terms.lock_period + 2);
    assert_success(&world.unstake(&uma, &nora.root, PART));
    assert_eq!(world.position(&uma, &nora.root).unlocking_nano(), PART);
    let (free, id) = (world.free(&uma), world.query_id());
    let too_soon = wallet.withdraw(Some(free + PART), COIN, id);
    let too_soon = too_soon.expect("a withdrawal can be encoded");
    refused(world, &uma, too_soon, ExitCode::NotEnoughFree);

    // several unlocks share one end, so it may be later than the period
    let period = world.spec.validators[0].terms.unlock_period;
    world.pass(period + period / 8 + 10);
    assert_success(&world.settle_position(&uma, &uma, &nora.root));
    assert_eq!(world.position(&uma, &nora.root).unlocking_nano(), 0);
    let (purse, id) = (world.balance(uma.address()), world.query_id());
    let withdraw = wallet.withdraw(Some(PART), COIN, id);
    world.must(&uma, &[withdraw.expect("a withdrawal can be encoded")]);
    assert!(world.balance(uma.address()) > purse + PART - COIN);
}
