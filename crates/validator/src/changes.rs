//! Changes since the last round.

use ddvs_types::coins::coins_rounded_down;

use crate::view::{NodeView, Observed, RootAccount, RootView};

/// Last known state of the node and of the Root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    node: Option<NodeView>,
    root: Option<RootView>,
    was_silent: bool,
}

impl Known {
    /// Records a round's observations.
    pub fn update(&mut self, seen: &Observed) {
        self.was_silent = seen.node.is_err();
        if let Ok(node) = &seen.node {
            self.node = Some(node.clone());
        }
        if let Some(Ok(chain)) = &seen.chain {
            self.root = match &chain.root {
                RootAccount::Here(root) => Some(root.clone()),
                RootAccount::Missing | RootAccount::Foreign => None,
            };
        }
    }
}

/// Returns descriptions of the changes; empty before anything is known.
pub fn changes(known: &Known, seen: &Observed) -> Vec<String> {
    let mut changes = Vec::new();
    if let (Some(before), Ok(now)) = (&known.node, &seen.node) {
        if known.was_silent {
            changes.push("the node answers again".into());
        }
        node_changes(before, now, &mut changes);
    }
    if let (Some(before), Some(Ok(chain))) = (&known.root, &seen.chain)
        && let RootAccount::Here(now) = &chain.root
    {
        root_changes(before, now, &mut changes);
    }
    changes
}

fn node_changes(before: &NodeView, now: &NodeView, changes: &mut Vec<String>) {
    match (before.member, now.member) {
        (None, Some((_, weight))) => changes.push(format!(
            "the node is in the set in force now, with weight {weight} of {}",
            now.total_weight
        )),
        (Some(_), None) => changes.push("the node is no longer in the set in force".into()),
        (Some((_, old)), Some((_, new))) if old != new => changes.push(format!(
            "the node's weight is {new} of {} now, after {old}",
            now.total_weight
        )),
        _ if before.set_since_s != now.set_since_s => changes.push(format!(
            "a new set is in force: {} members, weight {}",
            now.set_size, now.total_weight
        )),
        _ => {}
    }
}

fn root_changes(before: &RootView, now: &RootView, changes: &mut Vec<String>) {
    if before.counted_nano != now.counted_nano {
        changes.push(format!(
            "the Root counts with {} coins now, after {}",
            coins_rounded_down(now.counted_nano),
            coins_rounded_down(before.counted_nano)
        ));
    }
    if before.key != now.key
        && let Some(key) = &now.key
    {
        changes.push(format!("the Root's key is {key} now"));
    }
    if !before.removed && now.removed {
        changes.push("the Root was removed for misbehaviour".into());
    }
}
