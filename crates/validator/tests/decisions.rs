//! What follows from what was seen: every rule once, on plain values.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_validator::{
    Action, ChainView, Decision, Finding, KeyHolder, Level, Limits, Memory, NodeView, Observed,
    PendingSet, RootAccount, RootView, WalletView, decide,
};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

const COIN: u128 = 1_000_000_000;
const NOW_S: u64 = 1_800_000_000;
const NODE_KEY: HashBytes = HashBytes([1; 32]);
const OTHER_KEY: HashBytes = HashBytes([2; 32]);
const LIMITS: Limits = Limits {
    max_lag_s: 30,
    max_behind: 10,
    round_s: 5,
};

/// A validator with nothing to do.
fn at_rest() -> Observed {
    Observed {
        now_s: NOW_S,
        node_key: NODE_KEY,
        node: Ok(NodeView {
            mc_seqno: 1_000,
            mc_time_s: NOW_S as u32 - 1,
            set_size: 4,
            total_weight: 400_000,
            set_since_s: NOW_S as u32 - 500,
            member: Some((0, 100_000)),
        }),
        peers: vec![1_000, 999],
        silent_peers: 0,
        chain: Some(Ok(ChainView {
            root: RootAccount::Here(RootView {
                key: Some(NODE_KEY),
                stake_nano: 100_000 * COIN,
                counted_nano: 100_000 * COIN,
                desired_nano: 100_000 * COIN,
                seq: 1,
                ..RootView::default()
            }),
            key: KeyHolder::Ours,
            pending_set: None,
            wallet: WalletView {
                address: StdAddr::new(0, HashBytes([9; 32])),
                balance_nano: 1_000 * COIN,
                is_owner: true,
            },
            change_value_nano: 3 * COIN,
            min_stake_nano: 10_000 * COIN,
        })),
    }
}

fn node(seen: &mut Observed) -> &mut NodeView {
    seen.node.as_mut().unwrap()
}

fn chain(seen: &mut Observed) -> &mut ChainView {
    seen.chain.as_mut().unwrap().as_mut().unwrap()
}

fn root(seen: &mut Observed) -> &mut RootView {
    match &mut chain(seen).root {
        RootAccount::Here(root) => root,
        _ => panic!("the Root is there"),
    }
}

fn decided(seen: &Observed) -> Decision {
    decide(seen, &LIMITS, &Memory::default())
}

fn codes(decision: &Decision) -> Vec<&'static str> {
    decision.findings.iter().map(Finding::code).collect()
}

/// Nothing is sent, and this alone is told.
#[track_caller]
fn only_tells(seen: &Observed, code: &str, level: Level) {
    let decision = decided(seen);
    assert_eq!(decision.actions, []);
    assert_eq!(decision.wanted, []);
    assert_eq!(codes(&decision), [code]);
    assert_eq!(decision.findings[0].level(), level);
}

#[test]
fn at_rest_there_is_nothing_to_do_or_tell() {
    assert_eq!(decided(&at_rest()), Decision::default());
}

#[test]
fn a_silent_node_is_waited_for() {
    let mut seen = at_rest();
    root(&mut seen).key = None;
    seen.node = Err("connection refused".into());
    only_tells(&seen, "node-silent", Level::Warning);
}

#[test]
fn a_node_that_lags_registers_nothing() {
    let mut seen = at_rest();
    root(&mut seen).key = None;
    // by blocks
    seen.peers = vec![1_011];
    only_tells(&seen, "node-lags", Level::Warning);
    seen.peers = vec![1_010];
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
    // by time, while others are ahead
    node(&mut seen).mc_time_s = NOW_S as u32 - 31;
    only_tells(&seen, "node-lags", Level::Warning);
    node(&mut seen).mc_time_s = NOW_S as u32 - 30;
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
}

#[test]
fn a_network_that_stands_is_told_from_a_node_that_lags() {
    let mut seen = at_rest();
    node(&mut seen).mc_time_s = NOW_S as u32 - 100;
    only_tells(&seen, "network-stands", Level::Error);
    seen.peers = vec![];
    only_tells(&seen, "old-block", Level::Warning);
    // a clock that goes before is no reason to stop
    node(&mut seen).mc_time_s = NOW_S as u32 + 5;
    assert_eq!(decided(&seen), Decision::default());
}

#[test]
fn contracts_that_cannot_be_read_are_told() {
    let mut seen = at_rest();
    seen.chain = Some(Err("no node shows it".into()));
    only_tells(&seen, "unread", Level::Warning);
    seen = at_rest();
    chain(&mut seen).root = RootAccount::Missing;
    only_tells(&seen, "root-missing", Level::Error);
    chain(&mut seen).root = RootAccount::Foreign;
    only_tells(&seen, "root-foreign", Level::Error);
    seen = at_rest();
    seen.silent_peers = 2;
    only_tells(&seen, "peers-silent", Level::Warning);
}

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
    // or another one shall count next
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
fn what_is_not_counted_is_asked_for() {
    let mut seen = at_rest();
    root(&mut seen).desired_nano += COIN;
    assert_eq!(decided(&seen).actions, [Action::SyncStake]);
    // why the last one was refused is told beside
    root(&mut seen).last_reason = Some(8);
    let decision = decided(&seen);
    assert_eq!(decision.actions, [Action::SyncStake]);
    assert_eq!(decision.findings, [Finding::Refused(8)]);
    assert!(decision.findings[0].to_string().contains("SyncStake"));
    // a key that shall count next needs an update too
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
fn a_closed_root_is_let_go_and_a_removed_one_left_alone() {
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
fn a_key_waits_for_no_update() {
    let mut seen = at_rest();
    root(&mut seen).key = Some(OTHER_KEY);
    chain(&mut seen).key = KeyHolder::Free;
    root(&mut seen).in_flight = true;
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
}

#[test]
fn a_set_and_a_key_go_together() {
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
fn what_was_tried_is_tried_again_after_ever_longer_pauses() {
    let mut seen = at_rest();
    root(&mut seen).counted_nano = 0;
    let mut memory = Memory::default();
    let mut tried_at = Vec::new();
    for _ in 0..7_200 {
        let decision = decide(&seen, &LIMITS, &memory);
        assert_eq!(decision.wanted, [Action::SyncStake]);
        if !decision.actions.is_empty() {
            tried_at.push(seen.now_s - NOW_S);
        } else {
            assert_eq!(codes(&decision), ["tries-later"]);
        }
        memory.remember(&seen, &decision.wanted, &decision.actions);
        seen.now_s += 1;
        node(&mut seen).mc_time_s += 1;
    }
    assert_eq!(
        tried_at,
        [0, 20, 60, 140, 300, 620, 1_260, 2_540, 4_340, 6_140]
    );
    // a round that saw no contracts forgets nothing
    let mut blind = seen.clone();
    blind.chain = None;
    memory.remember(&blind, &[], &[]);
    assert_eq!(decide(&seen, &LIMITS, &memory).actions, []);
    // once it is done, the count begins anew
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
    // what it sent shows in the contracts: the update is in flight, then the key counts
    root(&mut seen).next_key = Some(NODE_KEY);
    root(&mut seen).in_flight = true;
    assert_eq!(decided(&seen).actions, []);
    root(&mut seen).in_flight = false;
    root(&mut seen).key = root(&mut seen).next_key.take();
    chain(&mut seen).key = KeyHolder::Ours;
    assert_eq!(decided(&seen), Decision::default());
}
