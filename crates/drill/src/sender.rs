//! A wallet that sends messages one after another and tracks their outcomes, without reading its account in between.

use ddvs_client::{ClientError, Live, MessageStatus, Outgoing, OwnerWallet, TransactionRecord};
use ddvs_jrpc::JrpcNetwork;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tycho_types::cell::HashBytes;

/// Outcome of the last message.
#[derive(Debug, Clone)]
pub enum Fate {
    /// None was sent, or its outcome was already returned.
    Idle,
    /// It has no transaction yet.
    Waiting,
    /// The wallet has executed it.
    Done(Arc<TransactionRecord>),
    /// It expired or was rejected.
    Lost,
}

/// A message in flight.
#[derive(Debug, Clone, Copy)]
struct Sent {
    hash: HashBytes,
    at: Instant,
}

/// One wallet.
#[derive(Debug)]
pub struct Sender {
    wallet: OwnerWallet,
    /// Number of the next message, and whether it must deploy the wallet; `None` when the account must be read.
    next: Option<(u32, bool)>,
    sent: Option<Sent>,
    ttl_s: u32,
}

impl Sender {
    /// Returns a sender whose account is read before the first message.
    pub fn new(wallet: OwnerWallet, ttl_s: u32) -> Self {
        Self {
            wallet,
            next: None,
            sent: None,
            ttl_s,
        }
    }

    /// Returns a sender whose wallet has coins and never sent anything.
    pub fn fresh(wallet: OwnerWallet, ttl_s: u32) -> Self {
        Self {
            next: Some((0, true)),
            ..Self::new(wallet, ttl_s)
        }
    }

    /// The wallet.
    pub fn wallet(&self) -> &OwnerWallet {
        &self.wallet
    }

    /// Whether a message is in flight: there is only one at a time.
    pub fn is_waiting(&self) -> bool {
        self.sent.is_some()
    }

    /// Signs and sends. While one message is in flight, the next would be rejected.
    ///
    /// Fails only when no node accepts it.
    pub fn send(
        &mut self,
        backend: &mut JrpcNetwork,
        messages: &[Outgoing],
    ) -> Result<HashBytes, ClientError> {
        let (seqno, with_state) = match self.next {
            Some(next) => next,
            None => {
                let account = backend.account(self.wallet.address())?;
                self.wallet.next_seqno(&account)?
            }
        };
        let valid_until = unix_now_s().saturating_add(self.ttl_s);
        let message = self
            .wallet
            .build_external(seqno, valid_until, with_state, messages)?;
        let hash = backend.send(message)?;
        self.next = Some((seqno, with_state));
        self.sent = Some(Sent {
            hash,
            at: Instant::now(),
        });
        Ok(hash)
    }

    /// Tracks the last message. Its outcome is returned once, with the seconds since it was sent.
    ///
    /// Fails only when no node answers.
    pub fn poll(&mut self, backend: &JrpcNetwork) -> Result<(Fate, f64), ClientError> {
        let Some(sent) = self.sent else {
            return Ok((Fate::Idle, 0.0));
        };
        let fate = match backend.message_status(&sent.hash)? {
            MessageStatus::Executed(transaction) => {
                self.next = self.next.map(|(seqno, _)| (seqno + 1, false));
                Fate::Done(transaction)
            }
            MessageStatus::Dropped(_) | MessageStatus::Returned(_) => {
                self.next = None;
                Fate::Lost
            }
            _ => Fate::Waiting,
        };
        if !matches!(fate, Fate::Waiting) {
            self.sent = None;
        }
        Ok((fate, sent.at.elapsed().as_secs_f64()))
    }
}

/// Returns the Unix time of this machine's clock.
pub(crate) fn unix_now_s() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as u32)
}
