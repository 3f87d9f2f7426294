//! Becoming a validator from wherever an earlier run stopped, and everything that ends it.

use crate::common;

use common::*;
use ddvs_client::Live;
use ddvs_contracts::signing;
use ddvs_people::contracts::{Contract, check, verify};
use ddvs_people::evidence::copies_that_keep;
use ddvs_people::pools::{self, Pool};
use ddvs_people::standing::{Leaving, Standing, Wait};
use ddvs_people::validator::Step;
use ddvs_people::{Answer, config};
use ddvs_types::COIN;
use tycho_types::cell::HashBytes;

#[test]
fn each_step_is_taken_once() {
    let mut net = network();
    let alice = candidate(&net);
    assert!(
        alice
            .standing(&net.network, &net.context)
            .unwrap()
            .is_none()
    );
    let (about, standing) = walk(&mut net, &alice, STAKE);
    assert_eq!(about.len(), 2, "{about:?}");
    assert!(about[0].starts_with("deploy the pool"), "{about:?}");
    assert!(about[1].starts_with("stake 20,000 coins"), "{about:?}");
    assert!(
        matches!(
            standing,
            Standing::Validating {
                weight: 20_000,
                main_weight: Some(20_000),
                is_main_due: false,
                is_main_behind: false,
                rest: None,
            }
        ),
        "{standing}"
    );
    // once more: nothing is left to do
    let (about, standing) = walk(&mut net, &alice, STAKE);
    assert!(about.is_empty() && standing.is_validating());
    // more stake: only the missing amount
    let (about, _) = walk(&mut net, &alice, STAKE + 5 * 10 * COIN);
    assert_eq!(about, ["stake 50 coins"]);

    let pools = pools::registered(&net.network, &net.context).unwrap();
    assert_eq!(pools.len(), 9);
    assert_eq!(pools.last().unwrap().address, *alice.root.address());
    let pool = Pool::read(&net.network, &net.context, alice.root.address()).unwrap();
    assert_eq!(pool.active_nano(), STAKE + 50 * COIN);
    let found = verify(&net.network, &net.context, &[]).unwrap();
    assert_eq!(found.len(), 3 + 9 + 9);
    assert!(
        found.iter().all(|verified| verified.problem.is_none()),
        "{found:?}"
    );
    let owner = net.network.account(alice.staker.owner.address()).unwrap();
    let forged = check(&net.context, Contract::Wallet, &owner);
    assert_eq!(forged.problem, Some("its code is not that of this version"));
}

#[test]
fn a_run_that_stopped_half_way_is_gone_on_with() {
    let mut net = network();
    let alice = candidate(&net);
    // only the Root, without a key
    let mut first = match alice
        .next_step(&net.network, &net.context, &pair(7), STAKE)
        .unwrap()
    {
        Step::Send(request) => request,
        other => panic!("{other:?}"),
    };
    first.messages.truncate(1);
    net.answer(&first);
    let standing = alice.standing(&net.network, &net.context).unwrap();
    assert_eq!(standing, Some(Standing::Waiting(Wait::Key)));
    let (about, standing) = walk(&mut net, &alice, STAKE);
    assert_eq!(about.len(), 2, "{about:?}");
    assert!(
        about[0].starts_with("register the consensus key"),
        "{about:?}"
    );
    assert!(standing.is_validating());
}

#[test]
fn too_little_stake_waits_and_says_for_what() {
    let mut net = network();
    let alice = candidate(&net);
    let (_, standing) = walk(&mut net, &alice, 50 * COIN);
    let Standing::Waiting(Wait::Stake {
        has_nano,
        needs_nano,
    }) = standing
    else {
        panic!("{standing}");
    };
    assert_eq!((has_nano, needs_nano), (50 * COIN, 10_000 * COIN));
}

#[test]
fn a_key_is_replaced_and_a_pool_closed() {
    let mut net = network();
    let alice = candidate(&net);
    walk(&mut net, &alice, STAKE);
    let request = alice
        .register(&net.network, &net.context, &pair(8))
        .unwrap();
    assert_eq!(net.answer(&request), Answer::Taken);
    let new = signing::public_key(&pair(8));
    assert_eq!(alice.keys(&net.network).unwrap(), (Some(new), None));
    let main = ddvs_client::MASTERCHAIN;
    let old = signing::public_key(&pair(7));
    let holder = pools::holder(&net.network, &net.context, &old, main)
        .unwrap()
        .unwrap();
    assert!(holder.retired_at.is_some() && !holder.is_removed);

    let request = alice.close(&net.network, &net.context).unwrap().unwrap();
    assert_eq!(net.answer(&request), Answer::Taken);
    assert!(alice.close(&net.network, &net.context).unwrap().is_none());
    let standing = alice.standing(&net.network, &net.context).unwrap().unwrap();
    assert_eq!(
        standing,
        Standing::Closed {
            counted_nano: 0,
            leaving: Leaving::Left,
            weight: None
        }
    );
    let gone = alice
        .next_step(&net.network, &net.context, &pair(8), STAKE)
        .unwrap_err();
    assert!(gone.to_string().contains("--nonce"), "{gone}");
}

#[test]
fn evidence_removes_a_validator_everywhere() {
    let mut net = network();
    let evidence = double_signed(&net, net.keys[1].pair());
    let bob = net.staker(BOB, 0);
    assert_eq!(net.accuse(&evidence), Answer::Taken);
    let keep = copies_that_keep(&net.network, &net.context, &evidence.key).unwrap();
    assert!(keep.is_empty(), "{keep:?}");
    let pool = Pool::read(&net.network, &net.context, &net.roots[1]).unwrap();
    assert_eq!(pool.standing, Standing::Removed { weight: None });
    let again = evidence
        .submit(&net.network, &net.context, &bob.owner)
        .unwrap();
    assert!(again.is_none());

    let nobody = double_signed(&net, &pair(50));
    let refused = nobody
        .submit(&net.network, &net.context, &bob.owner)
        .unwrap_err();
    assert!(refused.to_string().contains("no validator"), "{refused}");
    let mut elsewhere = evidence.clone();
    elsewhere.network = HashBytes([1; 32]);
    assert!(
        elsewhere
            .submit(&net.network, &net.context, &bob.owner)
            .is_err()
    );
}

#[test]
fn a_config_is_told_in_words() {
    let net = network();
    let read = |chain| config::decoded(&net.network.config(chain).unwrap()).unwrap();
    let (main, work) = (read(-1), read(0));
    // every parameter is decoded, none is a bare cell
    for (param, value) in &main {
        assert!(value.get("boc").is_none(), "{param}: {value}");
        assert_ne!(
            config::title(*param),
            "not known to this version",
            "{param}"
        );
    }
    assert_eq!(main[&19], net.global_id);
    assert_eq!(main[&200]["evidence_window_s"], EVIDENCE_WINDOW);
    let found = config::differences(&main, &work);
    assert!(found.iter().any(|difference| difference.param == 0));
    // limits are the same everywhere; gas costs more on the masterchain
    let ours: Vec<_> = found
        .iter()
        .filter(|difference| difference.param == 200)
        .map(|difference| difference.field.as_str())
        .collect();
    assert_eq!(ours, ["op_value_nano"]);
}
