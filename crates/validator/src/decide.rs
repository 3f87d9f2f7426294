//! The decision: a function of the observations, without clock and network.

use ddvs_contracts::counting::is_update_due;
use ddvs_types::COIN;

use crate::finding::Finding;
use crate::home::Limits;
use crate::memory::Memory;
use crate::view::{ChainView, KeyHolder, NodeView, Observed, PendingSet, RootAccount, RootView};

/// Value of a `PublishSet`, in nano; the unused part comes back.
pub const PUBLISH_VALUE_NANO: u128 = COIN;
/// Maximum amount that a Root may lack of its reserve when it gets its key (`contracts/pool/limits.tolk`), in nano.
pub const ROOT_RESERVE_NANO: u128 = 2 * COIN;
/// Amount that the wallet keeps for its own fees, in nano.
const WALLET_FEES_NANO: u128 = COIN / 10;

/// Number of seconds between two members' turns to publish a set: one message is enough.
const TURN_S: u32 = 3;
/// The last turn: with more members, several share it.
const LAST_TURN: u16 = 20;

/// A possible action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// `RegisterKey` with the node's key, to the Root.
    RegisterKey,
    /// `SyncStake`, to the Root.
    SyncStake,
    /// `PublishSet`, to the masterchain's D'Elector.
    PublishSet,
}

impl Action {
    /// Returns its name in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::RegisterKey => "register-key",
            Self::SyncStake => "sync-stake",
            Self::PublishSet => "publish-set",
        }
    }

    /// Returns its description.
    pub fn about(self) -> &'static str {
        match self {
            Self::RegisterKey => "register the node's key with the Root",
            Self::SyncStake => "have the Root's stake counted as it should be",
            Self::PublishSet => "publish the set that waits",
        }
    }

    /// Value to attach, in nano.
    pub fn value_nano(self, change_value_nano: u128) -> u128 {
        match self {
            Self::RegisterKey => change_value_nano.saturating_add(ROOT_RESERVE_NANO),
            Self::SyncStake => change_value_nano,
            Self::PublishSet => PUBLISH_VALUE_NANO,
        }
    }
}

/// Decision of a round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Actions to do, now or later.
    pub wanted: Vec<Action>,
    /// Those of them to send now.
    pub actions: Vec<Action>,
    /// Findings to report.
    pub findings: Vec<Finding>,
}

/// Decides. Nothing is sent while the node is silent or lags: a Root whose node does not work should not be
/// registered.
pub fn decide(seen: &Observed, limits: &Limits, memory: &Memory) -> Decision {
    let mut decision = Decision::default();
    if seen.silent_peers > 0 {
        decision
            .findings
            .push(Finding::PeersSilent(seen.silent_peers));
    }
    let node = match &seen.node {
        Ok(node) => node,
        Err(reason) => {
            decision.findings.push(Finding::NodeSilent(reason.clone()));
            return decision;
        }
    };
    if let Some(lag) = lag(node, &seen.peers, seen.now_s, limits) {
        decision.findings.push(lag);
        return decision;
    }
    let chain = match &seen.chain {
        Some(Ok(chain)) => chain,
        Some(Err(reason)) => {
            decision.findings.push(Finding::Unread(reason.clone()));
            return decision;
        }
        None => return decision,
    };
    decide_root(seen, chain, memory, &mut decision);
    if let Some(set) = &chain.pending_set {
        decide_set(set, node, &mut decision);
    }
    select(seen.now_s, chain, memory, &mut decision);
    decision
}

/// Whether the node is up to date.
pub fn is_synced(seen: &Observed, limits: &Limits) -> bool {
    let node = seen.node.as_ref();
    node.is_ok_and(|node| lag(node, &seen.peers, seen.now_s, limits).is_none())
}

fn lag(node: &NodeView, peers: &[u32], now_s: u64, limits: &Limits) -> Option<Finding> {
    let lag_s = node.lag_s(now_s);
    let is_old = lag_s > limits.max_lag_s.into();
    let Some(best) = peers.iter().max() else {
        return is_old.then_some(Finding::OldBlock { lag_s });
    };
    let behind = best.saturating_sub(node.mc_seqno);
    if behind > limits.max_behind || (is_old && behind > 0) {
        return Some(Finding::NodeLags { lag_s, behind });
    }
    is_old.then_some(Finding::NetworkStands { lag_s })
}

fn decide_root(seen: &Observed, chain: &ChainView, memory: &Memory, decision: &mut Decision) {
    let findings = &mut decision.findings;
    let root = match &chain.root {
        RootAccount::Here(root) => root,
        RootAccount::Missing => return findings.push(Finding::RootMissing),
        RootAccount::Foreign => return findings.push(Finding::RootForeign),
    };
    if root.removed {
        return findings.push(Finding::RootRemoved);
    }
    if root.closed {
        findings.push(Finding::RootClosed);
    }
    let has_node_key = root.next_key.or(root.key) == Some(seen.node_key);
    if root.in_flight && (root.closed || has_node_key) {
        // a key does not wait, everything else continues with the answer
        let since_s = memory.flight_s(root.seq, seen.now_s);
        return findings.push(Finding::UpdateWaits {
            seq: root.seq,
            since_s,
        });
    }
    if !root.closed && (!has_node_key || root.next_key.is_some()) {
        let refusal = match &chain.key {
            KeyHolder::Removed => Some(Finding::KeyRemoved),
            KeyHolder::Taken(root) => Some(Finding::KeyTaken(root.clone())),
            KeyHolder::Free | KeyHolder::Ours => None,
        };
        if let Some(refusal) = refusal {
            return findings.push(refusal);
        }
    }
    if !root.closed && !has_node_key {
        return match chain.wallet.is_owner {
            true => decision.wanted.push(Action::RegisterKey),
            false => findings.push(Finding::KeyNeedsOwner),
        };
    }
    decide_stake(root, chain, decision);
}

fn decide_stake(root: &RootView, chain: &ChainView, decision: &mut Decision) {
    let is_key_waiting = root.next_key.is_some();
    if is_update_due(root.desired_nano, root.counted_nano, is_key_waiting) {
        if let Some(reason) = root.last_reason {
            decision.findings.push(Finding::Refused(reason));
        }
        decision.wanted.push(Action::SyncStake);
    } else if root.desired_nano == 0 && !root.closed {
        decision.findings.push(Finding::StakeTooSmall {
            stake_nano: root.stake_nano,
            min_nano: chain.min_stake_nano,
        });
    }
}

/// Whether it is this validator's turn to publish. Anyone may; the members take turns, so that usually one does, and
/// the next one if that one cannot.
fn decide_set(set: &PendingSet, node: &NodeView, decision: &mut Decision) {
    if set.size < set.least {
        let (size, least) = (set.size, set.least);
        return decision.findings.push(Finding::SetTooSmall { size, least });
    }
    let place = node
        .member
        .map_or(LAST_TURN, |(place, _)| place.min(LAST_TURN));
    let due_s = set.published_at.saturating_add(set.interval_s);
    if node.mc_time_s < due_s {
        let in_s = due_s - node.mc_time_s;
        return decision.findings.push(Finding::SetWaits { in_s });
    }
    if node.mc_time_s >= due_s.saturating_add(TURN_S * u32::from(place)) {
        decision.wanted.push(Action::PublishSet);
    }
}

/// Returns the actions to send now: those not tried recently, as far as the wallet pays for them.
fn select(now_s: u64, chain: &ChainView, memory: &Memory, decision: &mut Decision) {
    let mut due = Vec::new();
    for &action in &decision.wanted {
        match memory.pause_s(action, now_s) {
            0 => due.push(action),
            in_s => decision.findings.push(Finding::TriesLater {
                what: action.about(),
                in_s,
            }),
        }
    }
    if due.is_empty() {
        return;
    }
    let value = |action: &Action| action.value_nano(chain.change_value_nano);
    let needs_nano = due.iter().map(value).sum::<u128>() + WALLET_FEES_NANO;
    if chain.wallet.balance_nano < needs_nano {
        decision.findings.push(Finding::WalletPoor {
            address: chain.wallet.address.clone(),
            has_nano: chain.wallet.balance_nano,
            needs_nano,
        });
        return;
    }
    decision.actions = due;
}
