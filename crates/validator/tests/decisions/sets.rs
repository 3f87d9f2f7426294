//! Sets that wait to be published, and repeated actions.

use super::*;

/// A set that may be published `ago_s` seconds ago.
fn with_set(ago_s: i64, place: Option<u16>) -> Observed {
    let mut seen = at_rest();
    let time_s = i64::from(node(&mut seen).mc_time_s);
    node(&mut seen).member = place.map(|place| (place, 1));
    chain(&mut seen).pending_set = Some(PendingSet {
        published_at: (time_s - ago_s - 20) as u32,
        interval_s: 20,
        size: 4,
        least: 3,
    });
    seen
}

#[test]
fn a_set_is_published_once_its_time_has_come() {
    let decision = decided(&with_set(-1, Some(0)));
    assert_eq!(decision.findings, [Finding::SetWaits { in_s: 1 }]);
    assert_eq!(decision.wanted, []);
    assert_eq!(decided(&with_set(0, Some(0))).actions, [Action::PublishSet]);
    // with too few members it stays
    let mut seen = with_set(100, Some(0));
    chain(&mut seen).pending_set.as_mut().unwrap().size = 2;
    only_tells(&seen, "set-too-small", Level::Warning);
}

#[test]
fn members_take_turns() {
    for (place, turn_s) in [(Some(1), 3), (Some(3), 9), (Some(500), 60), (None, 60)] {
        assert_eq!(decided(&with_set(turn_s - 1, place)), Decision::default());
        assert_eq!(
            decided(&with_set(turn_s, place)).actions,
            [Action::PublishSet]
        );
    }
}

#[test]
fn key_is_registered_while_an_update_is_in_flight() {
    let mut seen = at_rest();
    root(&mut seen).key = Some(OTHER_KEY);
    chain(&mut seen).key = KeyHolder::Free;
    root(&mut seen).in_flight = true;
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
}

#[test]
fn key_and_set_are_sent_together_if_both_are_paid_for() {
    let mut seen = with_set(100, Some(0));
    root(&mut seen).key = Some(OTHER_KEY);
    chain(&mut seen).key = KeyHolder::Free;
    let both = [Action::RegisterKey, Action::PublishSet];
    assert_eq!(decided(&seen).actions, both);
    // both are paid for: 3 coins and the reserve, 1 coin, fees
    let needs_nano = 6 * COIN + COIN / 10;
    chain(&mut seen).wallet.balance_nano = needs_nano;
    assert_eq!(decided(&seen).actions, both);
    chain(&mut seen).wallet.balance_nano -= 1;
    let decision = decided(&seen);
    assert_eq!(decision.actions, []);
    assert_eq!(decision.wanted, both);
    assert_eq!(codes(&decision), ["wallet-poor"]);
}

#[test]
fn actions_are_retried_after_ever_longer_pauses() {
    let mut seen = at_rest();
    root(&mut seen).counted_nano = 0;
    let mut memory = Memory::default();
    let mut tried_at = Vec::new();
    for _ in 0..7_200 {
        let decision = decide(&seen, &LIMITS, &memory);
        assert_eq!(decision.wanted, [Action::SyncStake]);
        if decision.actions.is_empty() {
            assert_eq!(codes(&decision), ["tries-later"]);
        } else {
            tried_at.push(seen.now_s - NOW_S);
        }
        memory.remember(&seen, &decision.wanted, &decision.actions);
        seen.now_s += 1;
        node(&mut seen).mc_time_s += 1;
    }
    assert_eq!(
        tried_at,
        [0, 20, 60, 140, 300, 620, 1_260, 2_540, 4_340, 6_140]
    );
    // a round that did not read the contracts forgets nothing
    let mut blind = seen.clone();
    blind.chain = None;
    memory.remember(&blind, &[], &[]);
    assert_eq!(decide(&seen, &LIMITS, &memory).actions, []);
    // once it is done, the count starts again
    memory.remember(&seen, &[], &[]);
    assert_eq!(decide(&seen, &LIMITS, &memory).actions, [Action::SyncStake]);
}

#[test]
fn a_loop_that_starts_anew_decides_the_same() {
    let mut seen = at_rest();
    root(&mut seen).key = Some(OTHER_KEY);
    chain(&mut seen).key = KeyHolder::Free;
    let first = decided(&seen);
    assert_eq!(first, decided(&seen));
    // its effect shows in the contracts: the update is in flight, then the key counts
    root(&mut seen).next_key = Some(NODE_KEY);
    root(&mut seen).in_flight = true;
    assert_eq!(decided(&seen).actions, []);
    root(&mut seen).in_flight = false;
    root(&mut seen).key = root(&mut seen).next_key.take();
    chain(&mut seen).key = KeyHolder::Ours;
    assert_eq!(decided(&seen), Decision::default());
}
