//! Invariants 10 and 14: the answers between Roots and wallets, and the coins that they free.

use ddvs_client::received;
use ddvs_client::{OutDestination, TransactionRecord};
use ddvs_contracts::messages::{
    Applied, ConfirmStake, Lock, Message, RejectStake, Rejected, Release, RequestRelease,
    RequestUnstake, Slash, SlashedCoins, Unlock, read_body, with_body,
};
use tycho_types::num::Tokens;

use super::{Answer, Flying, Monitor, unlocking};

impl Monitor {
    /// Follows the answers between Roots and wallets, and what they free.
    pub(in crate::invariants) fn note_answers(&mut self, transaction: &TransactionRecord) {
        let at = transaction.account.clone();
        if transaction.in_message.is_bounced && self.pool.knows(&at) {
            self.reached.bounces += 1;
        }
        let arrived = self.pool.flying.remove(transaction.in_message.hash());
        if arrived.is_some() && !transaction.succeeded() {
            self.blame(14, format!("{at} failed to take an answer"));
        }
        if self.pool.wallets.contains_key(&at) {
            self.note_freed(transaction);
        }
        if self.pool.roots.contains_key(&at) {
            self.note_root(transaction);
        }
    }

    fn note_freed(&mut self, transaction: &TransactionRecord) {
        let at = transaction.account.clone();
        let now = (transaction.gen_time_ms / 1_000) as u32;
        let mut freed = received::with_body(transaction, |op, body| match op {
            RejectStake::OP => read_body::<RejectStake>(body).map(|m| m.amount),
            Release::OP => read_body::<Release>(body).map(|m| m.amount),
            _ => None,
        })
        .map_or(0, Tokens::into_inner);
        let unlocked = received::with_body(transaction, |op, body| match op {
            Unlock::OP => read_body::<Unlock>(body).filter(|m| m.release_at <= now),
            _ => None,
        });
        if let (Some(unlock), Some(root)) = (unlocked, &transaction.in_message.source) {
            let late = self.pool.late.entry((at.clone(), root.clone()));
            *late.or_default() += unlock.amount.into_inner();
        }
        if transaction.in_message.is_bounced {
            // the bounced body begins with 32 ones; op, query id and amount follow
            freed += with_body(&transaction.in_message.cell, |_, mut body| {
                body.skip_first(32, 0).ok()?;
                let op = body.load_u32().ok()?;
                body.skip_first(64, 0).ok()?;
                let amount = <Tokens as tycho_types::cell::Load>::load_from(&mut body).ok()?;
                (op == ConfirmStake::OP).then(|| amount.into_inner())
            })
            .unwrap_or(0);
        }
        for out in &transaction.out_messages {
            let OutDestination::Account(to) = &out.destination else {
                continue;
            };
            let mut due = None;
            with_body(&out.cell, |op, body| {
                match op {
                    SlashedCoins::OP => freed += out.value_nano,
                    RequestRelease::OP => {
                        due = read_body::<RequestRelease>(body).map(|m| m.amount.into_inner());
                    }
                    _ => {}
                }
                Some(())
            });
            if let Some(due) = due {
                let position = self
                    .pool
                    .before
                    .get(&at)
                    .and_then(|w| w.storage.positions.get(to).ok()?);
                let position = position.unwrap_or_default();
                let ripe: u128 = (unlocking(&position).iter())
                    .filter(|(when, _)| *when <= now)
                    .map(|entry| entry.1)
                    .sum();
                let late = self.pool.late.get(&(at.clone(), to.clone()));
                let late = late.copied().unwrap_or(0);
                if due > ripe + late + position.releasing.into_inner() {
                    self.blame(10, format!("{at} asks for {due} nano before their time"));
                }
            }
        }
        *self.pool.freed.entry(at).or_default() += freed;
    }

    fn note_root(&mut self, transaction: &TransactionRecord) {
        let at = transaction.account.clone();
        let now = (transaction.gen_time_ms / 1_000) as u32;
        received::with_body(transaction, |op, body| {
            match op {
                Rejected::OP => {
                    let reason = read_body::<Rejected>(body)?.reason;
                    self.pool.refused.insert(at.clone(), reason);
                    self.reached.rejected += 1;
                }
                Applied::OP => {
                    self.pool.refused.remove(&at);
                }
                Slash::OP if transaction.succeeded() => self.reached.slashes += 1,
                _ => {}
            }
            Some(())
        });
        let asked = received::with_body(transaction, |op, body| {
            (op == RequestUnstake::OP)
                .then(|| read_body::<RequestUnstake>(body))
                .flatten()
        });
        for out in &transaction.out_messages {
            let OutDestination::Account(wallet) = &out.destination else {
                continue;
            };
            let mut release_at = None;
            let answer = with_body(&out.cell, |op, body| match op {
                Lock::OP => Some(Answer::Lock(read_body::<Lock>(body)?.amount.into_inner())),
                Unlock::OP => {
                    release_at = Some(read_body::<Unlock>(body)?.release_at);
                    Some(Answer::Unlock)
                }
                Release::OP => {
                    let release = read_body::<Release>(body)?;
                    let part = release.price.is_none().then(|| release.amount.into_inner());
                    Some(Answer::Release(part))
                }
                _ => None,
            });
            let Some(answer) = answer else { continue };
            if matches!(answer, Answer::Release(_)) {
                self.reached.releases += 1;
            }
            let (root, wallet) = (at.clone(), wallet.clone());
            let flying = Flying {
                root,
                wallet,
                answer,
            };
            self.pool.flying.insert(*out.hash(), flying);
            let view = &self.pool.roots[&at];
            if release_at
                .is_some_and(|release| release < now.saturating_add(view.terms.unlock_period))
            {
                self.blame(10, format!("{at} lets coins go before the unlock period"));
            }
            let view = &self.pool.roots[&at];
            let open = !view.state.closed && !view.state.is_removed();
            if release_at.is_some() && open && asked.as_ref().is_some_and(|m| m.lock_until > now) {
                self.blame(10, format!("{at} lets locked coins go"));
            }
        }
    }
}
