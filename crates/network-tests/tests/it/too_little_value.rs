//! Too little value is refused before anything changes, and the documented value is enough.

use ddvs_client::Outgoing;
use ddvs_network_tests::{COIN, Person, Shape, World};
use tycho_types::models::StdAddr;

#[track_caller]
fn refused(world: &mut World, who: &Person, message: Outgoing) {
    let to: StdAddr = message.to.clone();
    let (before, purse) = (world.data_hash(&to), world.balance(who.address()));
    let tree = world.act(who, &[message]);
    assert_eq!(tree.exit_code_at(&to), Some(406), "{tree}");
    assert_eq!(world.data_hash(&to), before);
    let cost = purse - world.balance(who.address());
    assert!(cost < COIN / 10, "it cost {cost} nano");
}

#[test]
fn required_value_is_enough_and_one_nano_less_is_refused() {
    let mut world = World::new(&Shape::default());
    let (uma, nora) = (world.person(0, 0), world.person(1, 0));
    let params = world.params(0);
    let change = u128::from(params.change_value_nano());
    let (op, update) = (
        u128::from(params.op_value_nano),
        u128::from(params.update_value_nano()),
    );
    let root = world.validator(1, 0).root;
    world.deposit(&uma, 3_000 * COIN);
    let wallet = world.wallet(&uma);

    let stake = |value| wallet.stake(&root, 1_000 * COIN, value, 1).unwrap();
    refused(&mut world, &uma, stake(change - 1));
    world.must(&uma, &[stake(change)]);
    assert_eq!(world.counted(&root), 101_000 * COIN);

    world.pass(25);
    let unstake = |value| wallet.unstake(root.address(), 100 * COIN, value, 2);
    refused(&mut world, &uma, unstake(change - 1).unwrap());
    world.must(&uma, &[unstake(change).unwrap()]);
    assert_eq!(world.counted(&root), 100_900 * COIN);

    let settle = |value| wallet.settle(root.address(), value, 3).unwrap();
    refused(&mut world, &uma, settle(op - 1));
    world.must(&uma, &[settle(op)]);

    // a Root: what an update and half of the way cost; the deployment brought its reserve
    let (own, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.must(&nora, &[own.deploy(2 * COIN).unwrap()]);
    let needed = update + op / 2;
    let proof = key.prove(&world.network.genesis, own.address());
    let register = |value| own.register_key(key.public(), &proof, value, 4).unwrap();
    refused(&mut world, &nora, register(needed - 1));
    // with what its storage has cost since it was deployed
    world.must(&nora, &[register(needed + 10_000)]);
    refused(&mut world, &nora, own.close(needed - 1, 5).unwrap());
    world.deposit_and_stake(&nora, &own, 10_000 * COIN);
    assert_eq!(world.counted(&own), 10_000 * COIN);
    world.must(&nora, &[own.close(needed, 6).unwrap()]);
    assert_eq!(world.counted(&own), 0);
    let prices = ddvs_client::handles::storage_prices(&world.net, 1).unwrap();
    let reserve = ddvs_contracts::reserves::wallet_reserve_nano(&prices, 1);
    let deploy = |value| own.deploy_wallet(nora.address(), 2, value, 7).unwrap();
    refused(&mut world, &nora, deploy(reserve + op - 1));
    world.must(&nora, &[deploy(reserve + op)]);

    // the D'Elector: evidence and purge
    let evidence = world.double_vote(&world.validator(1, 1).key, 1, 1);
    let delector = world.delector(1);
    let submit = |value| delector.submit_evidence(&evidence, value, 8).unwrap();
    refused(&mut world, &uma, submit(update - 1));
    let (id, public) = (own.address().address, key.public());
    let purge = |value| delector.purge_key(id, public, value, 9).unwrap();
    world.pass(65);
    refused(&mut world, &uma, purge(update - 1));
    world.must(&uma, &[purge(update)]);
    assert_eq!(world.entry(&own), None);
    world.must(&uma, &[submit(update)]);
    assert_eq!(world.entry(&world.validator(1, 1).root), None);
    world.settle();
    world.check_at_rest();
}
