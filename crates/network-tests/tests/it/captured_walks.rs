//! Random walks with one captured chain, which sends anything to the others: the state of the honest ones stays valid after every
//! block, they are equal at rest (about its own registry too, within the promises of `docs/protocol.md`), and its messages pay
//! for themselves. `PROPTEST_CASES` sets the number of walks.

use ddvs_network_tests::invariants::Reached;
use ddvs_network_tests::random_walk::{Plan, lies, walk};

/// Walks of an ordinary run.
const CASES: u64 = 40;
/// Maximum loss of an honest copy by one message of a captured chain, in nano, beyond the message's value.
const MOST_LOST_NANO: i128 = 0;

fn plan(seed: u64) -> Plan {
    let workchains = 3 + (seed % 2) as u8;
    let captured = if seed.is_multiple_of(5) {
        -1
    } else {
        workchains.cast_signed() - 1
    };
    Plan {
        seed,
        workchains,
        validators: 3,
        operations: 40 + (seed % 60) as u16,
        captured: Some(captured),
    }
}

#[test]
fn one_captured_chain_breaks_nothing() {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|n| n.parse().ok()).unwrap_or(CASES);
    let (mut sum, mut split, mut forge) = (Reached::default(), 0, 0);
    for seed in 1..=cases {
        let plan = plan(seed);
        let walk = walk(&plan);
        let found = walk.monitor.violations().iter();
        let found: Vec<_> = found.map(ToString::to_string).collect();
        assert!(found.is_empty(), "{plan:?}\n{}", found.join("\n"));
        sum.add(&walk.monitor.reached);
        split += u64::from(walk.monitor.may_split);
        forge += u64::from(walk.monitor.may_forge);
    }
    println!("{split} walks in which its own may differ, {forge} in which it may forge; {sum:?}");
    assert!(4 * split < 3 * cases, "some walks are to say more");
    assert!(3 * forge < cases, "most walks are to say something");
    assert!(
        sum.batches > 0 && sum.taken_back > 0 && sum.claims > 0,
        "{sum:?}"
    );
}

/// Nobody else acts, and each message carries exactly the required value.
#[test]
fn messages_of_a_captured_chain_pay_for_themselves() {
    let mut most = i128::MIN;
    for seed in 1..=10 {
        let plan = plan(seed);
        let walk = lies(&plan);
        walk.monitor.assert_sound();
        let each = walk.lost_nano() / i128::from(walk.lies.max(1));
        most = most.max(each);
        assert!(each <= MOST_LOST_NANO, "{plan:?}: {each} nano a message");
    }
    println!("an honest copy loses {most} nano a message at most");
}
