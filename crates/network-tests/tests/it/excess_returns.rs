//! The payer gets the remainder back, to the nano: an operation costs the D'Elector's share and fees, nothing else.

use ddvs_client::{MessageTree, OutDestination};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Excesses, Message};
use ddvs_network_tests::check::received;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Person, Shape, World};
use tycho_types::models::{MsgInfo, StdAddr};

/// Cost of all transactions except the D'Electors': gas, storage and forwarding.
fn fees(world: &World, tree: &MessageTree) -> u128 {
    let delectors: Vec<StdAddr> = world
        .chains()
        .into_iter()
        .map(|chain| world.delector(chain).address().clone())
        .collect();
    let mut sum = 0;
    for transaction in tree.transactions() {
        if delectors.contains(&transaction.account) {
            continue;
        }
        sum += transaction.total_fees_nano;
        for message in &transaction.out_messages {
            assert!(matches!(message.destination, OutDestination::Account(_)));
            let parsed = message.cell.parse::<tycho_types::models::Message<'_>>();
            let MsgInfo::Int(info) = parsed.unwrap().info else {
                panic!("an internal message");
            };
            sum += info.fwd_fee.into_inner();
        }
    }
    sum
}

/// Runs an operation and checks that `payer` paid `share` and fees; `held` are accounts whose balance may change, and
/// what they gain the payer has paid.
#[track_caller]
fn check(
    world: &mut World,
    payer: &Person,
    held: &[&StdAddr],
    share: u128,
    message: ddvs_client::Outgoing,
) -> MessageTree {
    let purse = world.balance(payer.address());
    let before: u128 = held.iter().map(|address| world.balance(address)).sum();
    let tree = world.act(payer, &[message]);
    let cost = purse - world.balance(payer.address());
    let after: u128 = held.iter().map(|address| world.balance(address)).sum();
    let paid = cost as i128 + before as i128 - after as i128;
    assert_eq!(paid, (share + fees(world, &tree)) as i128, "{tree}");
    tree
}

#[test]
fn stake_unstake_and_settle_return_the_exact_remainder() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let walter = world.person(2, 0);
    let (root, wallet) = (world.validator(1, 0).root, world.wallet(&uma));
    world.deposit(&uma, 2_000 * COIN);
    let params = world.params(1);
    let share = u128::from(params.batch_value_nano + params.item_value_nano);
    let value = world.change_value(0);
    let accounts = [wallet.address(), root.address()];

    for value in [value, 3 * value] {
        let stake = wallet.stake(&root, 1_000 * COIN, value, 42).unwrap();
        let (root_before, wallet_before) = (
            world.balance(root.address()),
            world.balance(wallet.address()),
        );
        let tree = check(&mut world, &uma, &accounts, share, stake);
        let excesses: Vec<Excesses> = received(tree.transactions_of(uma.address()));
        assert_eq!(excesses.len(), 2, "after the Lock, and after the update");
        assert!(excesses.iter().all(|excess| excess.query_id == 42));
        // neither Root nor wallet gains or loses but storage fees
        assert!(world.balance(root.address()) <= root_before);
        assert!(root_before - world.balance(root.address()) < COIN / 1_000);
        assert!(wallet_before - world.balance(wallet.address()) < COIN / 1_000);
    }
    world.pass(25);
    let unstake = wallet.unstake(root.address(), 500 * COIN, value, 43);
    check(&mut world, &uma, &accounts, share, unstake.unwrap());
    world.pass(75);
    // a settle costs fees only, and who paid gets the leftover, not the owner
    let purse = world.balance(uma.address());
    let settle = wallet.settle(root.address(), value, 44).unwrap();
    let tree = check(&mut world, &walter, &accounts, 0, settle);
    let excesses: Vec<Excesses> = received(tree.transactions_of(walter.address()));
    assert_eq!(excesses.len(), 1);
    assert_eq!(world.balance(uma.address()), purse);
    // refusals too
    let tree = {
        let nothing = wallet.unstake(root.address(), 9_999 * COIN, value, 45);
        check(&mut world, &uma, &accounts, 0, nothing.unwrap())
    };
    assert_eq!(tree.exit_code_at(wallet.address()), Some(423));
    world.check_at_rest();
}

#[test]
fn stakes_that_wait_or_share_a_batch_return_the_remainder() {
    let mut world = World::new(&Shape::default());
    let people = [0, 1, 2].map(|index| world.person(1, index));
    let root = world.validator(1, 0).root;
    for who in &people {
        world.deposit(who, 100 * COIN);
    }
    let before = people.each_ref().map(|who| world.balance(who.address()));
    for who in &people {
        let stake = world.stake_message(who, &root, 100 * COIN);
        world.send(who, &[stake]);
    }
    world.settle();
    let params = world.params(1);
    let share = u128::from(params.batch_value_nano + params.item_value_nano);
    let mut costs: Vec<u128> = people
        .iter()
        .zip(before)
        .map(|(who, before)| before - world.balance(who.address()))
        .collect();
    costs.sort_unstable();
    // two updates for three stakes: one of them paid no batch, the others one each
    assert!(costs[0] < COIN / 10, "{costs:?}");
    for cost in &costs[1..] {
        assert!((share..share + COIN / 10).contains(cost), "{costs:?}");
    }
    world.check_at_rest();
}

#[test]
fn evidence_and_registration_return_the_exact_remainder() {
    let mut world = World::new(&Shape::default());
    let (walter, nora) = (world.person(2, 0), world.person(1, 0));
    let params = world.params(1);
    let share = u128::from(params.batch_value_nano + params.item_value_nano)
        + u128::from(params.place_value_nano.get());
    let answer = u128::from(params.answer_value_nano);
    let culprit = world.validator(1, 0);
    let evidence = world.double_vote(&culprit.key, 1, 1);
    let delector = world.delector(1);
    let submit = delector
        .submit_evidence(&evidence, 10 * COIN + share, 7)
        .unwrap();
    let purse = world.balance(walter.address());
    let tree = world.must(&walter, &[submit]);
    let cost = purse - world.balance(walter.address());
    // the batch, the place of what stays, the answer to the Root, and fees
    assert!(cost >= share + answer && cost < share + answer + COIN / 10);
    let excesses: Vec<Excesses> = received(tree.transactions_of(walter.address()));
    assert_eq!(excesses.len(), 1);
    assert_eq!(Excesses::NAME, "Excesses");

    // a key registered before there is a stake costs fees only, besides the reserve that the Root lacks
    let root = world.root_of(&nora, 100);
    world.must(&nora, &[root.deploy(COIN / 10).unwrap()]);
    let register = world.register_message(&root, &world.key("Nora"));
    let reserve = root.reserve_nano(&world.net).unwrap();
    let value = world.change_value(1) + 2 * reserve;
    let register = ddvs_client::Outgoing {
        value_nano: value,
        ..register
    };
    check(&mut world, &nora, &[root.address()], 0, register);
    assert!(world.balance(root.address()).abs_diff(reserve) < COIN / 1_000);
    world.check_at_rest();
}

/// Returns the additional cost of the stake that makes a newcomer a validator, compared with one more stake with the
/// same Root, in nano.
fn dearer_first(codes: Codes) -> i128 {
    let mut world = World::new(&Shape {
        codes,
        ..Shape::default()
    });
    let nora = world.person(1, 0);
    let root = world.root_of(&nora, 100);
    world.must(&nora, &[root.deploy(3 * COIN).unwrap()]);
    let register = world.register_message(&root, &world.key("Nora"));
    world.must(&nora, &[register]);
    world.deposit(&nora, 50_000 * COIN);
    let wallet = world.wallet(&nora);
    let cost = |world: &mut World, amount: u128| {
        let all = |world: &World| {
            let accounts = [nora.address(), wallet.address(), root.address()];
            accounts
                .map(|address| world.balance(address))
                .iter()
                .sum::<u128>()
        };
        let before = all(world);
        let tree = world.stake(&nora, &root, amount);
        assert!(tree.succeeded(), "{tree}");
        (before - all(world)).cast_signed()
    };
    let first = cost(&mut world, 20_000 * COIN);
    let second = cost(&mut world, 1_000 * COIN);
    first - second
}

#[test]
fn a_new_key_pays_for_its_place() {
    let place = World::new(&Shape::default())
        .params(1)
        .place_value_nano
        .get();
    let place = i128::from(place);
    // gas differs a little, too
    assert!((dearer_first(Codes::default()) - place).abs() < place / 2);
    let lax = codes("delector", "keys-cost-no-place");
    assert!(dearer_first(lax).abs() < place / 2);
}
