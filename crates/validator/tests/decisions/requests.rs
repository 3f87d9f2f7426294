//! Requests to the Root: keys, and stake that is not counted.

use super::*;

#[test]
fn the_key_of_the_node_is_registered() {
    let mut seen = at_rest();
    chain(&mut seen).key = KeyHolder::Free;
    // the Root has none
    root(&mut seen).key = None;
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
    // or another one
    root(&mut seen).key = Some(OTHER_KEY);
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
    // or another one is to count next
    root(&mut seen).key = Some(NODE_KEY);
    root(&mut seen).next_key = Some(OTHER_KEY);
    chain(&mut seen).key = KeyHolder::Ours;
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
    // but not again while it waits for enough stake
    *root(&mut seen) = RootView {
        next_key: Some(NODE_KEY),
        stake_nano: 9_999 * COIN,
        ..RootView::default()
    };
    chain(&mut seen).key = KeyHolder::Free;
    only_tells(&seen, "stake-too-small", Level::Error);
}

#[test]
fn a_key_that_would_be_refused_is_not_registered() {
    let other = StdAddr::new(1, HashBytes([7; 32]));
    for (key, code) in [
        (KeyHolder::Removed, "key-removed"),
        (KeyHolder::Taken(other), "key-taken"),
    ] {
        let mut seen = at_rest();
        chain(&mut seen).key = key;
        root(&mut seen).key = Some(OTHER_KEY);
        only_tells(&seen, code, Level::Error);
        // neither asked for again
        root(&mut seen).key = None;
        root(&mut seen).next_key = Some(NODE_KEY);
        root(&mut seen).counted_nano = 0;
        only_tells(&seen, code, Level::Error);
    }
}

#[test]
fn only_the_owner_registers_a_key() {
    let mut seen = at_rest();
    chain(&mut seen).wallet.is_owner = false;
    assert_eq!(decided(&seen), Decision::default());
    root(&mut seen).key = None;
    only_tells(&seen, "key-needs-owner", Level::Error);
    // anyone has the stake counted
    root(&mut seen).key = Some(NODE_KEY);
    root(&mut seen).counted_nano = 0;
    assert_eq!(decided(&seen).actions, [Action::SyncStake]);
}

#[test]
fn uncounted_stake_or_key_is_synced() {
    let mut seen = at_rest();
    root(&mut seen).desired_nano += COIN;
    assert_eq!(decided(&seen).actions, [Action::SyncStake]);
    // the last refusal is reported too
    root(&mut seen).last_reason = Some(8);
    let decision = decided(&seen);
    assert_eq!(decision.actions, [Action::SyncStake]);
    assert_eq!(decision.findings, [Finding::Refused(8)]);
    assert!(decision.findings[0].to_string().contains("SyncStake"));
    // a key to be counted next needs an update too
    seen = at_rest();
    root(&mut seen).key = None;
    root(&mut seen).next_key = Some(NODE_KEY);
    chain(&mut seen).key = KeyHolder::Free;
    assert_eq!(decided(&seen).actions, [Action::SyncStake]);
    // an old refusal alone means nothing
    seen = at_rest();
    root(&mut seen).last_reason = Some(2);
    assert_eq!(decided(&seen), Decision::default());
}

#[test]
fn an_update_in_flight_is_waited_for() {
    let mut seen = at_rest();
    root(&mut seen).in_flight = true;
    root(&mut seen).seq = 5;
    only_tells(&seen, "update-waits", Level::Info);
    let mut memory = Memory::default();
    memory.remember(&seen, &[], &[]);
    seen.now_s += 120;
    node(&mut seen).mc_time_s += 120;
    memory.remember(&seen, &[], &[]);
    let decision = decide(&seen, &LIMITS, &memory);
    let since_s = 120;
    assert_eq!(
        decision.findings,
        [Finding::UpdateWaits { seq: 5, since_s }]
    );
    assert_eq!(decision.findings[0].level(), Level::Warning);
    // the next update is another one
    root(&mut seen).seq = 6;
    memory.remember(&seen, &[], &[]);
    let decision = decide(&seen, &LIMITS, &memory);
    assert_eq!(
        decision.findings,
        [Finding::UpdateWaits { seq: 6, since_s: 0 }]
    );
}

#[test]
fn closed_root_is_synced_and_removed_root_left_alone() {
    let mut seen = at_rest();
    root(&mut seen).closed = true;
    root(&mut seen).desired_nano = 0;
    let decision = decided(&seen);
    assert_eq!(decision.actions, [Action::SyncStake]);
    assert_eq!(codes(&decision), ["root-closed"]);
    root(&mut seen).counted_nano = 0;
    // another key is not registered with it
    root(&mut seen).key = Some(OTHER_KEY);
    chain(&mut seen).key = KeyHolder::Free;
    only_tells(&seen, "root-closed", Level::Info);
    root(&mut seen).removed = true;
    only_tells(&seen, "root-removed", Level::Error);
}
