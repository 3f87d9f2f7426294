//! Storage fees are charged before a message runs: the amount that a wallet shows can nevertheless be staked.

use crate::common;

use common::*;
use ddvs_people::{Answer, pools};
use ddvs_types::{Amount, COIN};

#[test]
fn all_free_coins_can_be_staked_after_any_idle_time() {
    let mut net = network();
    let bob = net.staker(BOB, 0);
    let request = bob.create(&net.network, 1_000 * COIN).unwrap().unwrap();
    assert_eq!(net.answer(&request), Answer::Taken);
    let root = pools::fetch(&net.network, &net.context, &net.roots[0]).unwrap();
    for seconds in [0, 1, 2, 7, 30, 100, 1, 600, 3, 45, 11] {
        net.pass(seconds);
        let request = bob
            .stake(&net.network, &net.context, &root, Amount::All)
            .unwrap();
        // it may run some seconds after it was signed
        let signed = request.sign(&net.network).unwrap();
        net.pass(seconds / 10);
        signed.send(&net.network).unwrap();
        let followed = signed.wait(&mut net.network, &mut |_| false).unwrap();
        assert!(
            matches!(followed.answer, Some(Answer::Locked { .. })),
            "after {seconds} s: {:?}",
            followed.answer
        );
        // a nano-exact amount too: all that the wallet shows as free
        let request = bob.deposit(&net.network, Amount::Nano(20 * COIN)).unwrap();
        assert_eq!(net.answer(&request), Answer::Taken);
        net.pass(seconds);
        let free = bob.view(&net.network).unwrap().free_nano;
        let request = bob
            .stake(&net.network, &net.context, &root, Amount::Nano(free))
            .unwrap();
        let answer = net.answer(&request);
        assert!(matches!(answer, Answer::Locked { .. }), "{answer}");
        let request = bob.deposit(&net.network, Amount::Nano(20 * COIN)).unwrap();
        assert_eq!(net.answer(&request), Answer::Taken);
    }
}
