//! The decision: every rule once, on plain values.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod node;
mod requests;
mod sets;

use ddvs_types::COIN;
use ddvs_validator::{
    Action, ChainView, Decision, Finding, KeyHolder, Level, Limits, Memory, NodeView, Observed,
    PendingSet, RootAccount, RootView, WalletView, decide,
};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

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

/// Nothing is sent, and this is the only finding.
#[track_caller]
fn only_tells(seen: &Observed, code: &str, level: Level) {
    let decision = decided(seen);
    assert_eq!(decision.actions, []);
    assert_eq!(decision.wanted, []);
    assert_eq!(codes(&decision), [code]);
    assert_eq!(decision.findings[0].level(), level);
}
