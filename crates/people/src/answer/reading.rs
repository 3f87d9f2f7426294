//! Reading the outcome of a request from its tree of messages.

use ddvs_client::{ComputeResult, MessageNode, MessageTree, NodeStatus, TransactionRecord};
use ddvs_contracts::messages::{
    Lock, Message, MessageInfo, Price, RefuseRelease, Release, RequestRelease, RequestUnstake,
    Unlock, read_body,
};
use tycho_types::cell::CellSlice;
use tycho_types::models::StdAddr;

use super::{Answer, Kind, RejectReason, Rejection};
use crate::request::Signed;

/// Returns the outcome in a tree; `None` as long as it is open.
pub fn read(tree: &MessageTree, request: &Signed) -> Option<Answer> {
    let refused = |by: &StdAddr, reason| {
        Some(Answer::Refused(Rejection {
            by: by.clone(),
            reason,
            until: None,
        }))
    };
    let root = tree.root();
    let sent = match &root.status {
        NodeStatus::Executed(transaction) => transaction,
        NodeStatus::Dropped(dropped) => {
            return refused(&request.owner, RejectReason::NotSent(dropped.exit_code));
        }
        _ => return None,
    };
    if !matches!(sent.exit_code(), Some(0 | 1)) || root.children.len() < request.count {
        let code = sent.exit_code().filter(|code| !matches!(code, 0 | 1));
        return refused(&request.owner, RejectReason::NotSent(code));
    }
    let node = &tree.nodes[*root.children.get(request.count.checked_sub(1)?)?];
    let arrived = match &node.status {
        NodeStatus::Executed(transaction) => transaction,
        NodeStatus::Returned(_) => return refused(&request.target, RejectReason::NoWay),
        _ => return None,
    };
    if request.kind == Kind::Pay {
        return Some(arrival(arrived));
    }
    if let Some(reason) = failure(arrived) {
        return refused(&request.target, reason);
    }
    match request.kind {
        Kind::Take | Kind::Pay => Some(Answer::Taken),
        // the wallet's first message carries the coins
        Kind::Withdraw => match &tree.nodes[*node.children.first()?].status {
            NodeStatus::Executed(transaction) => Some(arrival(transaction)),
            NodeStatus::Returned(_) => refused(&request.target, RejectReason::NoWay),
            _ => None,
        },
        Kind::Ask => below(tree, node).find_map(|node| of_wallet(tree, node, &request.target)),
    }
}

/// Returns what became of coins that arrived somewhere: a message that bounced was refused by a contract.
fn arrival(transaction: &TransactionRecord) -> Answer {
    if transaction.bounced {
        return Answer::Refused(Rejection {
            by: transaction.account.clone(),
            reason: failure(transaction).unwrap_or(RejectReason::NotRun),
            until: None,
        });
    }
    Answer::Paid {
        amount_nano: transaction.in_message.value_nano,
    }
}

/// Returns why a transaction did not execute its message.
fn failure(transaction: &TransactionRecord) -> Option<RejectReason> {
    match transaction.compute {
        ComputeResult::Executed {
            exit_code: 0 | 1, ..
        } => transaction
            .aborted
            .then(|| RejectReason::Exit(transaction.action_code.unwrap_or_default())),
        ComputeResult::Executed { exit_code, .. } => Some(RejectReason::Exit(exit_code)),
        ComputeResult::Skipped(_) => Some(RejectReason::NotRun),
    }
}

/// Returns all messages caused by one. A message comes after the one that caused it, so one pass finds them.
fn below<'a>(
    tree: &'a MessageTree,
    node: &'a MessageNode,
) -> impl Iterator<Item = &'a MessageNode> {
    let mut open: std::collections::VecDeque<_> = node.children.iter().copied().collect();
    std::iter::from_fn(move || {
        let next = &tree.nodes[open.pop_front()?];
        open.extend(next.children.iter().copied());
        Some(next)
    })
}

/// Returns the answer in a message to the wallet, if it is one.
fn of_wallet(tree: &MessageTree, node: &MessageNode, wallet: &StdAddr) -> Option<Answer> {
    let transaction = node.transaction()?;
    if transaction.account != *wallet {
        return None;
    }
    let by = transaction.in_message.source.clone()?;
    if transaction.in_message.is_bounced {
        let reason = match &tree.nodes[node.parent?].status {
            NodeStatus::Executed(parent) => failure(parent).unwrap_or(RejectReason::NotRun),
            _ => RejectReason::NoWay,
        };
        let until = None;
        return Some(Answer::Refused(Rejection { by, reason, until }));
    }
    let body = body(transaction)?;
    let asked = tree.nodes.get(node.parent?)?.transaction();
    let refused = |by, reason| {
        let reason = RejectReason::Reason(reason);
        let until = None;
        Some(Answer::Refused(Rejection { by, reason, until }))
    };
    match body.get_u32(0).ok()? {
        Lock::OP => {
            let lock: Lock = read_body(body)?;
            Some(Answer::Locked {
                amount_nano: lock.amount.into_inner(),
                lock_until: lock.lock_until,
            })
        }
        Unlock::OP => {
            let unlock: Unlock = read_body(body)?;
            let asked: RequestUnstake = read_body(self::body(asked?)?)?;
            Some(Answer::Unlocking {
                amount_nano: worth(unlock.amount.into_inner(), unlock.price, asked.settled),
                release_at: unlock.release_at,
                lost_nano: 0,
            })
        }
        Release::OP => {
            let release: Release = read_body(body)?;
            let asked: RequestRelease = read_body(self::body(asked?)?)?;
            Some(Answer::Released {
                amount_nano: worth(release.amount.into_inner(), release.price, asked.settled),
                lost_nano: 0,
            })
        }
        RefuseRelease::OP => {
            let refusal: RefuseRelease = read_body(body)?;
            let (reason, until) = (RejectReason::Reason(refusal.reason), refusal.until);
            Some(Answer::Refused(Rejection { by, reason, until }))
        }
        op => {
            let reason = MessageInfo::by_op(op)?.facts(body).ok()?.reason?;
            refused(by, reason)
        }
    }
}

/// Returns an amount after a slash: a wallet that had settled it has requested the remaining amount already.
fn worth(amount_nano: u128, price: Option<Price>, is_settled: bool) -> u128 {
    match price.filter(|_| !is_settled) {
        Some(price) => price.worth(amount_nano),
        None => amount_nano,
    }
}

/// Returns the body of the message that a transaction handled.
fn body(transaction: &TransactionRecord) -> Option<CellSlice<'_>> {
    let message = transaction
        .in_message
        .cell
        .parse::<tycho_types::models::Message<'_>>();
    Some(message.ok()?.body)
}
