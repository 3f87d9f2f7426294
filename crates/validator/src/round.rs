//! One round: observations, decision, and outcome.

use ddvs_types::coins::coins_rounded_down;
use serde_json::{Value, json};

use crate::act::Outcome;
use crate::decide::Decision;
use crate::view::{Observed, RootAccount};

/// One round.
#[derive(Debug, Clone)]
pub struct Round {
    /// Its observations.
    pub seen: Observed,
    /// Its decision.
    pub decision: Decision,
    /// Outcomes of its messages.
    pub outcomes: Vec<Outcome>,
    /// Changes since the last round.
    pub changes: Vec<String>,
}

impl Round {
    /// Whether the node's key is in the current set; `None` if the node does not report that.
    pub fn in_set(&self) -> Option<bool> {
        Some(self.seen.node.as_ref().ok()?.member.is_some())
    }

    /// Returns the status in a line.
    pub fn summary(&self) -> String {
        let Ok(node) = &self.seen.node else {
            return "the node does not answer".into();
        };
        let set = match node.member {
            Some((_, weight)) => format!(
                "in the set in force with weight {weight} of {}",
                node.total_weight
            ),
            None => "not in the set in force".into(),
        };
        let root = match &self.seen.chain {
            Some(Ok(chain)) => match &chain.root {
                RootAccount::Here(root) => {
                    format!(
                        "; the Root counts with {} coins",
                        coins_rounded_down(root.counted_nano)
                    )
                }
                RootAccount::Missing | RootAccount::Foreign => String::new(),
            },
            _ => String::new(),
        };
        format!(
            "{set} ({} members); block {}, {} s old{root}",
            node.set_size,
            node.mc_seqno,
            node.lag_s(self.seen.now_s)
        )
    }

    /// Returns the round as one JSON object. Amounts are strings, in nano.
    pub fn to_json(&self) -> Value {
        let node = self.seen.node.as_ref().ok();
        let best = self.seen.peers.iter().max();
        let behind = node
            .zip(best)
            .map(|(node, best)| best.saturating_sub(node.mc_seqno));
        let chain = self
            .seen
            .chain
            .as_ref()
            .and_then(|chain| chain.as_ref().ok());
        let root = chain.and_then(|chain| match &chain.root {
            RootAccount::Here(root) => Some(root),
            RootAccount::Missing | RootAccount::Foreign => None,
        });
        json!({
            "in_set": self.in_set(),
            "weight": node.and_then(|node| node.member).map(|(_, weight)| weight),
            "total_weight": node.map(|node| node.total_weight),
            "set_size": node.map(|node| node.set_size),
            "set_since": node.map(|node| node.set_since_s),
            "node": {
                "key": self.seen.node_key.to_string(),
                "answers": node.is_some(),
                "mc_seqno": node.map(|node| node.mc_seqno),
                "lag_s": node.map(|node| node.lag_s(self.seen.now_s)),
                "behind": behind,
                "silent_peers": self.seen.silent_peers,
            },
            "root": root.map(|root| json!({
                "key": root.key.map(|key| key.to_string()),
                "next_key": root.next_key.map(|key| key.to_string()),
                "stake_nano": root.stake_nano.to_string(),
                "counted_nano": root.counted_nano.to_string(),
                "desired_nano": root.desired_nano.to_string(),
                "in_flight": root.in_flight,
                "closed": root.closed,
                "removed": root.removed,
            })),
            "wallet": chain.map(|chain| json!({
                "address": chain.wallet.address.to_string(),
                "balance_nano": chain.wallet.balance_nano.to_string(),
                "is_owner": chain.wallet.is_owner,
            })),
            "findings": self.decision.findings.iter().map(|finding| json!({
                "code": finding.code(),
                "level": finding.level().name(),
                "text": finding.to_string(),
            })).collect::<Vec<_>>(),
            "actions": self.outcomes.iter().map(|outcome| json!({
                "code": outcome.action.code(),
                "ok": outcome.is_ok(),
                "text": outcome.to_string(),
            })).collect::<Vec<_>>(),
        })
    }
}
