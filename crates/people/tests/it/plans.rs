//! A validator's plan is checked before the first message is paid for.

use crate::common;

use common::*;
use ddvs_contracts::signing;
use ddvs_people::Answer;
use ddvs_types::{Amount, COIN};

#[test]
fn a_plan_that_cannot_come_true_costs_nothing() {
    let mut net = network();
    let alice = candidate(&net);
    let no = |net: &Net, stake: u128| {
        let refused = alice.check_plan(&net.network, &net.context, stake);
        refused.unwrap_err().to_string()
    };
    let words = no(&net, 9_999 * COIN);
    assert!(words.contains("choose `--stake 10,000` or more"), "{words}");
    let words = no(&net, u128::from(POCKET) * COIN);
    assert!(
        words.contains("are needed for the pool and its stake"),
        "{words}"
    );
    let words = no(&net, 200_000_000 * COIN);
    assert!(
        words.contains("choose `--stake 100,000,000` or less"),
        "{words}"
    );
    alice.check_plan(&net.network, &net.context, STAKE).unwrap();

    // keys of others
    let taken = net.keys[2].public();
    let words = alice
        .check_key(&net.network, &net.context, &taken)
        .unwrap_err()
        .to_string();
    assert!(words.contains("has the key"), "{words}");
    let evidence = double_signed(&net, net.keys[1].pair());
    let bob = net.staker(BOB, 0);
    assert_eq!(net.accuse(&evidence), Answer::Taken);
    net.pass(5);
    let words = alice
        .check_key(&net.network, &net.context, &evidence.key)
        .unwrap_err()
        .to_string();
    assert!(words.contains("was removed for misbehaviour"), "{words}");

    // a key of a pool with too little stake never comes into force
    let (_, standing) = walk(&mut net, &alice, 50 * COIN);
    assert!(!standing.is_validating());
    let words = alice
        .check_rotation(&net.network, &net.context, &signing::public_key(&pair(8)))
        .unwrap_err()
        .to_string();
    assert!(words.contains("stake 9,950 coins more first"), "{words}");
    let words = no(&net, 60 * COIN);
    assert!(words.contains("choose `--stake 10,000` or more"), "{words}");

    // three keys are retired: it reports from when on one can be purged
    walk(&mut net, &alice, STAKE);
    for number in 8..11 {
        let key = signing::public_key(&pair(number));
        alice
            .check_rotation(&net.network, &net.context, &key)
            .unwrap();
        let request = alice
            .register(&net.network, &net.context, &pair(number))
            .unwrap();
        assert_eq!(net.answer(&request), Answer::Taken);
        net.pass(10);
    }
    let words = alice
        .check_rotation(&net.network, &net.context, &signing::public_key(&pair(11)))
        .unwrap_err()
        .to_string();
    assert!(
        words.contains("has retired 3 keys") && words.contains("from 2027-"),
        "{words}"
    );
    let words = alice
        .check_rotation(&net.network, &net.context, &signing::public_key(&pair(8)))
        .unwrap_err()
        .to_string();
    assert!(words.contains("had the key"), "{words}");

    // and a closed one accepts neither key nor stake
    let request = alice.close(&net.network, &net.context).unwrap().unwrap();
    net.answer(&request);
    let words = alice
        .check_rotation(&net.network, &net.context, &signing::public_key(&pair(11)))
        .unwrap_err()
        .to_string();
    assert!(words.contains("is closed"), "{words}");
    let request = bob.create(&net.network, 100 * COIN).unwrap().unwrap();
    net.answer(&request);
    let words = bob
        .stake(
            &net.network,
            &net.context,
            &alice.root,
            Amount::Nano(50 * COIN),
        )
        .unwrap_err()
        .to_string();
    assert!(words.contains("is closed and takes no stakes"), "{words}");
    let main = net.staker(BOB, -1);
    let words = main.create(&net.network, COIN).unwrap_err().to_string();
    assert!(
        words.contains("wallets of the masterchain hold no stakes"),
        "{words}"
    );
}
