//! What came of a request, read from the tree of its messages.

use std::fmt;

use ddvs_client::{ComputeResult, MessageNode, MessageTree, NodeStatus, TransactionRecord};
use ddvs_contracts::messages::{
    Lock, Message, RefuseRelease, RefuseUnstake, RejectStake, Release, Unlock,
};
use ddvs_contracts::{ExitCode, Reason};
use serde::{Deserialize, Serialize};
use tycho_types::cell::{CellSlice, Load};
use tycho_types::models::StdAddr;

use crate::coins::coins;
use crate::request::Signed;

/// What counts as the answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The receiver runs it: a deposit, a key, evidence.
    Take,
    /// Coins come to the owner.
    Withdraw,
    /// The Root's answer comes back to the wallet.
    Ask,
    /// Coins come to an account, which need not have code.
    Pay,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A stake is locked.
    Locked {
        /// So much, in nano.
        amount_nano: u128,
        /// Until this unix time it cannot be unstaked.
        lock_until: u32,
    },
    /// A stake is on its way out.
    Unlocking {
        /// So much, in nano.
        amount_nano: u128,
        /// From this unix time on it can be settled.
        release_at: u32,
    },
    /// Coins are free.
    Released {
        /// So much, in nano.
        amount_nano: u128,
    },
    /// Coins came to an account.
    Paid {
        /// So much, in nano.
        amount_nano: u128,
    },
    /// The receiver did what it was asked to.
    Taken,
    /// A contract said no. What it was asked is undone.
    Refused(No),
}

/// A contract's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct No {
    /// Whose.
    pub by: StdAddr,
    /// Why.
    pub why: Why,
    /// When it will say yes, in unix seconds, where it told that.
    pub until: Option<u32>,
}

/// Why a contract said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It failed with an exit code.
    Exit(i32),
    /// It answered with a reason.
    Reason(u8),
    /// There is no contract, or it did not get enough coins to run.
    NotRun,
    /// The owner's wallet did not send the message, with its exit code if it has one.
    NotSent(Option<i32>),
    /// The message could not be delivered.
    NoWay,
}

impl Why {
    /// Its name in reports.
    pub fn name(self) -> String {
        match self {
            Self::Exit(code) => ExitCode::from_code(code)
                .map_or_else(|| format!("EXIT_{code}"), |e| e.name().into()),
            Self::Reason(code) => Reason::from_code(code)
                .map_or_else(|| format!("REASON_{code}"), |r| r.name().into()),
            Self::NotRun => "NOT_RUN".to_owned(),
            Self::NotSent(_) => "NOT_SENT".to_owned(),
            Self::NoWay => "NOT_DELIVERED".to_owned(),
        }
    }

    /// Its number, if it has one.
    pub fn code(self) -> Option<i32> {
        match self {
            Self::Exit(code) => Some(code),
            Self::Reason(code) => Some(code.into()),
            Self::NotSent(code) => code,
            Self::NotRun | Self::NoWay => None,
        }
    }

    /// What has happened, and what to do about it.
    pub fn words(self) -> (String, String) {
        let own = |meaning: &str, advice: &str| (meaning.to_owned(), advice.to_owned());
        match self {
            Self::Exit(code) => match ExitCode::from_code(code) {
                Some(known) => own(known.meaning(), known.advice()),
                None => (
                    format!("The contract failed with exit code {code}."),
                    "Look the code up among those of the TVM.".to_owned(),
                ),
            },
            Self::Reason(code) => match Reason::from_code(code) {
                Some(known @ Reason::Locked) => own(
                    known.meaning(),
                    "Wait until then: `ddvs wallet status` shows when.",
                ),
                Some(known) => own(known.meaning(), known.advice()),
                None => (
                    format!("The reason is number {code}, which this version does not know."),
                    "Use the version that the network was made with.".to_owned(),
                ),
            },
            Self::NotRun => own(
                "There is no contract at that address, or too few coins came for it to run.",
                "Check the address.",
            ),
            Self::NotSent(Some(code)) => (
                format!("The owner's wallet turned the request down with exit code {code}."),
                "Try again: another request of the same key may have come first.".to_owned(),
            ),
            Self::NotSent(None) => own(
                "The owner's wallet did not send the message.",
                "Check that it has enough coins, and try again.",
            ),
            Self::NoWay => own(
                "The message came back: the network could not deliver it.",
                "Check that both chains exist and know each other.",
            ),
        }
    }
}

impl fmt::Display for No {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (meaning, advice) = self.why.words();
        let code = self.why.code().map(|code| format!(" ({code})"));
        let name = self.why.name();
        write!(f, "{name}{}: {meaning} {advice}", code.unwrap_or_default())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { amount_nano, .. } => write!(f, "locked: {} coins", coins(*amount_nano)),
            Self::Unlocking { amount_nano, .. } => {
                write!(f, "unlocking: {} coins", coins(*amount_nano))
            }
            Self::Released { amount_nano } => write!(f, "released: {} coins", coins(*amount_nano)),
            Self::Paid { amount_nano } => write!(f, "paid: {} coins", coins(*amount_nano)),
            Self::Taken => f.write_str("done"),
            Self::Refused(no) => write!(f, "refused: {no}"),
        }
    }
}

/// What a tree says of a request; `None` as long as it is open.
pub fn read(tree: &MessageTree, request: &Signed) -> Option<Answer> {
    let refused = |by: &StdAddr, why| {
        Some(Answer::Refused(No {
            by: by.clone(),
            why,
            until: None,
        }))
    };
    let root = tree.root();
    let sent = match &root.status {
        NodeStatus::Executed(transaction) => transaction,
        NodeStatus::Dropped(dropped) => {
            return refused(&request.owner, Why::NotSent(dropped.exit_code));
        }
        _ => return None,
    };
    if !matches!(sent.exit_code(), Some(0 | 1)) || root.children.len() < request.count {
        let code = sent.exit_code().filter(|code| !matches!(code, 0 | 1));
        return refused(&request.owner, Why::NotSent(code));
    }
    let node = &tree.nodes[*root.children.get(request.count.checked_sub(1)?)?];
    let arrived = match &node.status {
        NodeStatus::Executed(transaction) => transaction,
        NodeStatus::Returned(_) => return refused(&request.target, Why::NoWay),
        _ => return None,
    };
    if request.kind == Kind::Pay {
        // what a contract did not want went back
        if arrived.bounced {
            return refused(&request.target, failure(arrived).unwrap_or(Why::NotRun));
        }
        return Some(paid(arrived));
    }
    if let Some(why) = failure(arrived) {
        return refused(&request.target, why);
    }
    match request.kind {
        Kind::Take | Kind::Pay => Some(Answer::Taken),
        Kind::Withdraw => below(tree, node)
            .filter_map(MessageNode::transaction)
            .find(|transaction| transaction.account == request.owner)
            .map(|transaction| paid(transaction)),
        Kind::Ask => below(tree, node).find_map(|node| of_wallet(tree, node, &request.target)),
    }
}

fn paid(transaction: &TransactionRecord) -> Answer {
    Answer::Paid {
        amount_nano: transaction.in_message.value_nano,
    }
}

/// Why a transaction did not do what its message asked for.
fn failure(transaction: &TransactionRecord) -> Option<Why> {
    match transaction.compute {
        ComputeResult::Executed {
            exit_code: 0 | 1, ..
        } => transaction
            .aborted
            .then(|| Why::Exit(transaction.action_code.unwrap_or_default())),
        ComputeResult::Executed { exit_code, .. } => Some(Why::Exit(exit_code)),
        ComputeResult::Skipped(_) => Some(Why::NotRun),
    }
}

/// All messages that one caused. A message comes after the one that caused it, so one pass finds them.
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

/// The answer that a message brings to the wallet, if it is one.
fn of_wallet(tree: &MessageTree, node: &MessageNode, wallet: &StdAddr) -> Option<Answer> {
    let transaction = node.transaction()?;
    if transaction.account != *wallet {
        return None;
    }
    let by = transaction.in_message.source.clone()?;
    if transaction.in_message.is_bounced {
        let why = match &tree.nodes[node.parent?].status {
            NodeStatus::Executed(parent) => failure(parent).unwrap_or(Why::NotRun),
            _ => Why::NoWay,
        };
        let until = None;
        return Some(Answer::Refused(No { by, why, until }));
    }
    let message = transaction
        .in_message
        .cell
        .parse::<tycho_types::models::Message<'_>>();
    let body = message.ok()?.body;
    let refused = |by, reason| {
        let why = Why::Reason(reason);
        let until = None;
        Some(Answer::Refused(No { by, why, until }))
    };
    match body.get_u32(0).ok()? {
        Lock::OP => {
            let lock: Lock = load(body)?;
            Some(Answer::Locked {
                amount_nano: lock.amount.into_inner(),
                lock_until: lock.lock_until,
            })
        }
        Unlock::OP => {
            let unlock: Unlock = load(body)?;
            Some(Answer::Unlocking {
                amount_nano: unlock.amount.into_inner(),
                release_at: unlock.release_at,
            })
        }
        Release::OP => {
            let release: Release = load(body)?;
            let asked = release.amount.into_inner();
            let amount_nano = match release.price {
                Some(price) => price.worth(asked),
                None => asked,
            };
            Some(Answer::Released { amount_nano })
        }
        RejectStake::OP => refused(by, load::<RejectStake>(body)?.reason),
        RefuseUnstake::OP => refused(by, load::<RefuseUnstake>(body)?.reason),
        RefuseRelease::OP => {
            let no: RefuseRelease = load(body)?;
            let (why, until) = (Why::Reason(no.reason), no.until);
            Some(Answer::Refused(No { by, why, until }))
        }
        _ => None,
    }
}

fn load<'a, T: Load<'a>>(mut body: CellSlice<'a>) -> Option<T> {
    T::load_from(&mut body).ok()
}
