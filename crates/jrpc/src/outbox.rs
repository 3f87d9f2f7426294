//! Sent messages without a transaction.
//!
//! A node may lose a message, especially when the validator set changes. So each message is kept, and resent through one
//! node after another, until its transaction is found, it has expired, or the contract rejects it repeatedly. Sending the
//! same message twice is safe: the wallet's number lets it run only once.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Instant;

use ddvs_client::{ClientError, DroppedExternal, MessageStatus, Refusal};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::accept::{self, Verdict};
use crate::nodes::Nodes;
use crate::pending::{Pending, head};
use crate::wire::SendMessage;

/// Maximum size of a message that a node accepts, in bytes.
const MAX_MESSAGE_BYTES: usize = 65_535;

impl Nodes {
    /// Checks, sends and keeps an external message.
    pub(crate) fn post(&self, message: Cell) -> Result<HashBytes, ClientError> {
        let (account, valid_until) = head(&message)?;
        if self.description.delector(account.workchain).is_none() {
            return Err(Refusal::UnknownChain(account.workchain).into());
        }
        let hash = *message.repr_hash();
        if self.outbox().contains_key(&hash) {
            return Ok(hash);
        }
        if self.outbox().len() >= self.settings.max_pending {
            let limit = self.settings.max_pending;
            let words = format!("{limit} messages wait for their transaction already");
            return Err(Refusal::Message(words).into());
        }
        let bytes = Boc::encode(&message);
        if bytes.len() > MAX_MESSAGE_BYTES {
            let words = format!("{} bytes are more than {MAX_MESSAGE_BYTES}", bytes.len());
            return Err(Refusal::Message(words).into());
        }
        let now = self.timings()?.last_mc_utime;
        if let Verdict::Refuses(exit_code) = self.judge(&account, &message, now)? {
            return Err(Refusal::NotAccepted { account, exit_code }.into());
        }
        let mut pending = Pending {
            boc: Boc::encode_base64(&message),
            message,
            account,
            valid_until: valid_until
                .unwrap_or_else(|| now.saturating_add(self.settings.message_ttl_s)),
            sent_at: Instant::now(),
            times_sent: 0,
            refused: 0,
        };
        self.transmit(&mut pending)?;
        self.outbox().insert(hash, pending);
        Ok(hash)
    }

    /// Processes the messages that are due: finds their transactions, resends them, or gives them up. Waiting for a block does
    /// it too.
    ///
    /// Fails only when no node answers.
    pub(crate) fn tend_outbox(&self) -> Result<(), ClientError> {
        let resend_after = self.settings.resend_after;
        let due: Vec<_> = self
            .outbox()
            .iter()
            .filter(|(_, pending)| pending.sent_at.elapsed() >= resend_after)
            .map(|(hash, pending)| (*hash, pending.clone()))
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let now = self.timings()?.last_mc_utime;
        for (hash, mut pending) in due {
            // The verdict comes first: a state that is older than the list of transactions can reject only messages
            // that the list does not have yet. A contract that cannot be emulated now may still accept.
            let verdict = self
                .judge(&pending.account, &pending.message, now)
                .unwrap_or(Verdict::Accepts);
            if self.find_by_message(&hash, true)?.is_some() {
                self.outbox().remove(&hash);
                continue;
            }
            pending.refused = match verdict {
                Verdict::Accepts => 0,
                Verdict::Refuses(_) => pending.refused + 1,
            };
            let deadline = pending
                .valid_until
                .saturating_add(self.settings.expiry_grace_s);
            let is_turned_down = pending.refused >= self.settings.refused_rounds;
            if now > deadline || is_turned_down {
                let exit_code = match verdict {
                    Verdict::Refuses(exit_code) => exit_code,
                    Verdict::Accepts => None,
                };
                self.give_up(hash, pending.account, exit_code);
                continue;
            }
            // Nodes that do not accept it now may do so the next time.
            if verdict != Verdict::Accepts || self.transmit(&mut pending).is_err() {
                pending.sent_at = Instant::now();
            }
            self.outbox().insert(hash, pending);
        }
        Ok(())
    }

    /// Returns what became of a message.
    pub(crate) fn status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.tend_outbox()?;
        let is_ours = self.outbox().get(hash).map(Pending::chain);
        let sent = self.memory().sent(hash);
        // The usual node will know a message in flight in time; an unknown message may be in any node's history.
        let everywhere = is_ours.is_none() && sent.is_none();
        if let Some(record) = self.find_by_message(hash, everywhere)? {
            return Ok(MessageStatus::Executed(record));
        }
        if let Some(chain) = is_ours {
            return Ok(MessageStatus::InMempool { chain });
        }
        if let Some(dropped) = self.memory().dropped.get(hash) {
            return Ok(MessageStatus::Dropped(dropped.clone()));
        }
        Ok(match sent {
            Some(sent) => MessageStatus::InTransit {
                source: sent.source,
                destination: sent.destination,
                available_at_ms: sent.at_ms,
            },
            None => MessageStatus::Unknown,
        })
    }

    /// Whether an account's contract would accept an external message now, if that is to be emulated.
    fn judge(&self, account: &StdAddr, message: &Cell, now: u32) -> Result<Verdict, ClientError> {
        if !self.settings.tries_first {
            return Ok(Verdict::Accepts);
        }
        let account = self.read_account(account)?;
        accept::judge(self.masterchain_config()?, now, &account, message)
    }

    fn give_up(&self, hash: HashBytes, account: StdAddr, exit_code: Option<i32>) {
        self.outbox().remove(&hash);
        let dropped = DroppedExternal {
            hash,
            account,
            exit_code,
            fault: None,
        };
        self.memory().dropped.insert(hash, dropped);
    }

    /// Sends a message, each time through the next node.
    fn transmit(&self, pending: &mut Pending) -> Result<(), ClientError> {
        let question = SendMessage {
            message: &pending.boc,
        };
        self.endpoints.call_each_from(
            pending.times_sent,
            "sendMessage",
            &question,
            |_, _: serde_json::Value| Ok(ControlFlow::Break(())),
        )?;
        pending.times_sent += 1;
        pending.sent_at = Instant::now();
        Ok(())
    }

    /// Returns at most `limit` accounts to which messages without a transaction were sent.
    pub(crate) fn awaited_accounts(&self, limit: usize) -> Vec<StdAddr> {
        let outbox = self.outbox();
        let accounts: BTreeSet<_> = outbox.values().map(|pending| &pending.account).collect();
        accounts.into_iter().take(limit).cloned().collect()
    }

    /// Returns messages without a transaction, with the number of times each was sent.
    pub(crate) fn pending_messages(&self) -> Vec<(HashBytes, usize)> {
        let outbox = self.outbox();
        let all = outbox.iter();
        all.map(|(hash, pending)| (*hash, pending.times_sent))
            .collect()
    }
}
