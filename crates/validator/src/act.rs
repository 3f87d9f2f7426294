//! Executing a decision, and learning its outcome.

use std::fmt;

use ddvs_client::{Backend, ClientError, MessageStatus, Outgoing};
use ddvs_contracts::ExitCode;
use ddvs_contracts::signing::prove_possession;
use tycho_types::cell::HashBytes;

use crate::decide::Action;
use crate::home::Identity;
use crate::observe::Reading;

/// Outcome of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The action.
    pub action: Action,
    /// Its outcome.
    pub reply: Reply,
}

/// Outcome of a message to a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It did what was requested.
    Done,
    /// It refused, with this exit code; `None` if it did not run.
    Refused(Option<i32>),
    /// The wallet did not accept the request, or could not send the message.
    NotSent(Option<i32>),
    /// Unknown within the timeout.
    Unknown,
}

impl Outcome {
    /// Whether the intended effect holds. A set that someone else has just published is published.
    pub fn is_ok(&self) -> bool {
        match self.reply {
            Reply::Done => true,
            Reply::Refused(_) => self.was_published_already(),
            Reply::NotSent(_) | Reply::Unknown => false,
        }
    }

    fn was_published_already(&self) -> bool {
        let codes = [ExitCode::NothingToPublish, ExitCode::Interval];
        let is_late = |code: i32| codes.iter().any(|late| late.code() == code);
        self.action == Action::PublishSet
            && matches!(self.reply, Reply::Refused(Some(code)) if is_late(code))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.action.about();
        match self.reply {
            Reply::Done => write!(f, "{what}: done"),
            Reply::Refused(_) if self.was_published_already() => {
                write!(f, "{what}: someone else just did")
            }
            Reply::Refused(Some(code)) => match ExitCode::from_code(code) {
                Some(code) => write!(f, "{what}: refused, {code}"),
                None => write!(f, "{what}: refused with exit code {code}"),
            },
            Reply::Refused(None) => write!(
                f,
                "{what}: the contract did not run: is it deployed, and did enough coins arrive?"
            ),
            Reply::NotSent(Some(code)) => write!(
                f,
                "{what}: the wallet turned the request down with exit code {code}"
            ),
            Reply::NotSent(None) => write!(
                f,
                "{what}: the wallet did not send it: has it enough coins?"
            ),
            Reply::Unknown => write!(
                f,
                "{what}: sent, but what became of it did not show in time"
            ),
        }
    }
}

/// Sends all actions with one request to the wallet, and waits for the contracts' replies while `wait` returns true.
///
/// Fails only when a message cannot be built or sent, or the network cannot be queried.
pub fn act(
    backend: &mut dyn Backend,
    who: &Identity,
    reading: &Reading,
    actions: &[Action],
    wait: &mut dyn FnMut(&mut dyn Backend) -> Result<bool, ClientError>,
) -> Result<Vec<Outcome>, ClientError> {
    let mut messages = Vec::new();
    let mut sent = Vec::new();
    for &action in actions {
        if let Some(message) = message(who, reading, action)? {
            messages.push(message);
            sent.push(action);
        }
    }
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let hash = reading.wallet.send(backend, &messages)?;
    let mut replies = replies(backend, &hash, sent.len())?;
    while replies.contains(&Reply::Unknown) && wait(backend)? {
        replies = self::replies(backend, &hash, sent.len())?;
    }
    let both = sent.into_iter().zip(replies);
    Ok(both
        .map(|(action, reply)| Outcome { action, reply })
        .collect())
}

/// Returns `None` for an action that needs a Root where there is none.
fn message(
    who: &Identity,
    reading: &Reading,
    action: Action,
) -> Result<Option<Outgoing>, ClientError> {
    let value_nano = action.value_nano(reading.view.change_value_nano);
    let key = &who.node_key;
    Ok(match (action, &reading.root) {
        (Action::PublishSet, _) => Some(reading.delector.publish_set(value_nano, 0)?),
        (Action::RegisterKey, Some(root)) => {
            let proof = prove_possession(&key.pair(), &who.network.genesis, root.address());
            Some(root.register_key(key.public, &proof, value_nano, 0)?)
        }
        (Action::SyncStake, Some(root)) => Some(root.sync(value_nano, 0)?),
        (Action::RegisterKey | Action::SyncStake, None) => None,
    })
}

/// Returns the known outcomes of the messages of a request to a wallet, in order.
fn replies(
    backend: &dyn Backend,
    request: &HashBytes,
    count: usize,
) -> Result<Vec<Reply>, ClientError> {
    let transaction = match backend.message_status(request)? {
        MessageStatus::Executed(transaction) => transaction,
        MessageStatus::Dropped(dropped) => {
            return Ok(vec![Reply::NotSent(dropped.exit_code); count]);
        }
        _ => return Ok(vec![Reply::Unknown; count]),
    };
    let mut replies = Vec::new();
    for message in transaction.out_messages.iter().take(count) {
        replies.push(match backend.message_status(message.hash())? {
            MessageStatus::Executed(transaction) => match transaction.exit_code() {
                Some(0 | 1) => Reply::Done,
                code => Reply::Refused(code),
            },
            MessageStatus::Returned(_) => Reply::Refused(None),
            _ => Reply::Unknown,
        });
    }
    // it accepts a request even if it cannot send its messages
    replies.resize(count, Reply::NotSent(None));
    Ok(replies)
}
