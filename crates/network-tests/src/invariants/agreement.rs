//! Invariants 6, 7, 10 and 12: majorities counted from the votes that arrived, and registries replayed from the batches.
//!
//! The state of a captured chain's own copy does not matter; its messages to the others do, and may be anything.

mod majority;
mod replayed;
mod shares;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::received;
use ddvs_client::{ChainId, OutDestination, TransactionRecord};
use ddvs_contracts::messages::{
    Batch, BatchEntry, BatchNumber, BatchVote, ContentId, Message, Slash, with_body,
};
use ddvs_contracts::storage::{ChainRegistry, DElectorStorage};
use tycho_types::cell::HashBytes;

use super::Monitor;
use majority::Stood;
pub use replayed::Replayed;
use shares::Shares;
use word::{Word, base_of, word};

/// (origin, seqno)
type Number = (ChainId, u32);

/// Base at which to count: the seqno of each chain.
type Base = Vec<(ChainId, u32)>;

/// The batches of one origin that a copy has applied: the hash of batch n at place n, and zero at genesis.
type History = Vec<HashBytes>;

/// Messages that one copy received, and batches that it applied.
#[derive(Debug, Clone, Default)]
struct CopyView {
    history: BTreeMap<ChainId, History>,
    /// Prefix by which a copy distinguishes contents: the rest of the hash in a vote may be anything.
    votes: BTreeMap<(Number, ContentId), BTreeSet<ChainId>>,
    /// The origin's first proposal.
    told: BTreeMap<Number, HashBytes>,
    claims: BTreeMap<(Number, HashBytes), BTreeSet<Base>>,
    /// Changes of registries so far.
    changes: u32,
}

/// All copies, and the contents that they speak of.
#[derive(Debug, Clone, Default)]
pub struct Agreement {
    copies: BTreeMap<ChainId, CopyView>,
    batches: BTreeMap<HashBytes, Batch>,
    proposed: BTreeMap<Number, HashBytes>,
    sent_votes: BTreeMap<(Number, ChainId), HashBytes>,
    shares: BTreeMap<ChainId, Shares>,
    /// By origin and the last batch.
    replayed: BTreeMap<(ChainId, HashBytes), Replayed>,
}

impl Agreement {
    /// Starts with what a copy holds.
    pub(super) fn start(&mut self, copy: ChainId, storage: &DElectorStorage) {
        let view = self.copies.entry(copy).or_default();
        view.changes = storage.changes;
        for entry in storage.registries.iter() {
            let (chain, registry) = entry.expect("a registry parses");
            // what was before does not matter here: all copies start equal
            let history = vec![registry.last_hash; registry.seqno as usize + 1];
            view.history.insert(chain, history);
            let replayed = Replayed::of(&registry);
            self.replayed.insert((chain, registry.last_hash), replayed);
        }
    }
}

impl Monitor {
    /// Follows proposals, votes and claims, those that arrive and those that leave.
    pub(super) fn see_copy(&mut self, transaction: &TransactionRecord) {
        let copy = transaction.account.workchain;
        if !transaction.succeeded() || self.is_captured(copy) {
            return;
        }
        let source = transaction.in_message.source.as_ref();
        let from = source.and_then(|source| self.known.copy_at(source));
        let said = received::with_body(transaction, word);
        match (from, said) {
            (Some(from), said) => self.hear(copy, from, said),
            // a stranger may bring a content too
            (None, Some(Word::Relayed(hash, batch))) => {
                self.agreement.batches.entry(hash).or_insert(*batch);
            }
            _ => {}
        }
        let (mut claimed, mut slashed) = (false, BTreeMap::new());
        for out in &transaction.out_messages {
            let OutDestination::Account(to) = &out.destination else {
                continue;
            };
            let said = with_body(&out.cell, |op, body| {
                if op == Slash::OP {
                    *slashed.entry(to.clone()).or_insert(0) += 1;
                }
                word(op, body)
            });
            claimed |= matches!(said, Some(Word::Claimed(..)));
            self.check_said(copy, said.as_ref());
            self.hear(copy, copy, said);
        }
        self.reached.claims += u32::from(claimed);
        if slashed.values().any(|count| *count > 1) {
            self.blame(10, "a copy slashes one Root twice");
        }
    }

    /// An honest copy never names two contents of one number.
    fn check_said(&mut self, copy: ChainId, said: Option<&Word>) {
        match said {
            Some(Word::Yes(votes)) => {
                for vote in votes {
                    let number = (vote.origin, vote.seqno);
                    let sent = self.agreement.sent_votes.entry((number, copy));
                    if *sent.or_insert(vote.batch_hash) != vote.batch_hash {
                        self.blame(6, format!("a copy votes for two contents of {number:?}"));
                    }
                }
            }
            Some(Word::Proposed(hash, batch)) => {
                let number = (batch.origin, batch.seqno);
                if *self.agreement.proposed.entry(number).or_insert(*hash) != *hash {
                    self.blame(7, format!("two contents are proposed as {number:?}"));
                }
            }
            _ => {}
        }
    }

    fn hear(&mut self, copy: ChainId, from: ChainId, said: Option<Word>) {
        let view = self.agreement.copies.entry(copy).or_default();
        match said {
            Some(Word::Proposed(hash, batch)) => {
                let number = (batch.origin, batch.seqno);
                if from == batch.origin {
                    view.told.entry(number).or_insert(hash);
                }
                self.agreement.batches.entry(hash).or_insert(*batch);
            }
            Some(Word::Relayed(hash, batch)) => {
                self.agreement.batches.entry(hash).or_insert(*batch);
            }
            Some(Word::Yes(votes)) => {
                for vote in votes {
                    let number = (vote.origin, vote.seqno);
                    let content = (number, ContentId::of(&vote.batch_hash));
                    view.votes.entry(content).or_default().insert(from);
                }
            }
            Some(Word::Claimed(number, content, base)) => {
                let named = self.agreement.batches.keys();
                let named = named.filter(|hash| ContentId::of(hash) == content);
                for &hash in named {
                    let claims = view.claims.entry((number, hash)).or_default();
                    claims.insert(base_of(&base));
                }
            }
            None => {}
        }
    }

    /// Votes that the copy has cast and not sent yet.
    fn hear_unsent(&mut self, copy: ChainId, storage: &DElectorStorage) {
        let local = storage.local.load().expect("the local part parses");
        let cast = local.cast.iter().map(|vote| {
            let (BatchNumber { origin, seqno }, batch_hash) = vote.expect("a vote parses");
            BatchVote {
                origin,
                seqno,
                batch_hash,
            }
        });
        let votes = Word::Yes(cast.collect());
        self.check_said(copy, Some(&votes));
        self.hear(copy, copy, Some(votes));
    }

    /// Returns the batches that the copy on `copy` applied and reverted in this block.
    pub(super) fn check_registries(&mut self, copy: ChainId, storage: &DElectorStorage) {
        if self.is_captured(copy) {
            return;
        }
        self.hear_unsent(copy, storage);
        self.note_shares(copy, storage);
        if self.may_forge {
            return;
        }
        let (mut applied, mut stood, mut changes) = (Vec::new(), Stood::new(), 0);
        for entry in storage.registries.iter() {
            let (origin, registry) = entry.expect("a registry parses");
            let old = self.agreement.copies[&copy].history[&origin].clone();
            let Some(new) = self.history(&old, &registry) else {
                let seqno = registry.seqno;
                self.blame(
                    5,
                    format!("({origin}, {seqno}) was applied, and nobody proposed it"),
                );
                continue;
            };
            let same = old
                .iter()
                .zip(&new)
                .take_while(|(old, new)| old == new)
                .count();
            if same < old.len() {
                if !self.is_captured(origin) {
                    self.blame(
                        7,
                        format!("batches of chain {origin} are taken back, and it did not fork"),
                    );
                }
                self.reached.taken_back += 1;
            }
            stood.insert(
                origin,
                same as u32 - 1..=registry.seqno.max(old.len() as u32 - 1),
            );
            changes += (old.len() - same + new.len() - same) as u32;
            applied.extend((same..new.len()).map(|seqno| (origin, seqno as u32)));
            for (seqno, hash) in (0..).zip(&new).skip(same) {
                self.replay(origin, hash, seqno);
            }
            let view = self.agreement.copies.entry(copy).or_default();
            view.history.insert(origin, new);
            self.check_replica(copy, origin, &registry);
        }
        let view = self.agreement.copies.entry(copy).or_default();
        let has_hidden = storage.changes - view.changes > changes;
        view.changes = storage.changes;
        for number in applied {
            let hash = self.agreement.copies[&copy].history[&number.0][number.1 as usize];
            let batch = self.agreement.batches[&hash].clone();
            let counted = counted(storage, number);
            self.check_majority(copy, number, (&hash, &batch), counted, (&stood, has_hidden));
            self.reached.batches += u32::from(copy == number.0);
        }
    }

    /// Returns the batches that led to a registry: earlier ones, and new ones on top. `None` if one of them was never
    /// proposed.
    fn history(&self, old: &History, registry: &ChainRegistry) -> Option<History> {
        let (mut hash, mut seqno, mut way) =
            (registry.last_hash, registry.seqno as usize, Vec::new());
        while old.get(seqno) != Some(&hash) {
            way.push(hash);
            hash = self.agreement.batches.get(&hash)?.previous;
            seqno = seqno.checked_sub(1)?;
        }
        let mut history = old[..=seqno].to_vec();
        history.extend(way.into_iter().rev());
        Some(history)
    }

    fn replay(&mut self, origin: ChainId, hash: &HashBytes, seqno: u32) {
        let batch = self.agreement.batches[hash].clone();
        if self.agreement.replayed.contains_key(&(origin, *hash)) {
            return;
        }
        let Some(before) = self.agreement.replayed.get(&(origin, batch.previous)) else {
            return;
        };
        let (next, wrong) = before.after(&batch, &self.known.limits);
        self.reached.removals += u32::from(next.removed.len() > before.removed.len());
        for entry in batch.entries.values() {
            let entry = entry.expect("an entry parses");
            self.reached.purges += u32::from(matches!(entry, BatchEntry::ForgetKey { .. }));
        }
        self.agreement.replayed.insert((origin, *hash), next);
        for (invariant, found) in wrong {
            self.blame(
                invariant,
                format!("batch {seqno} of chain {origin}: {found}"),
            );
        }
    }

    fn check_replica(&mut self, copy: ChainId, origin: ChainId, registry: &ChainRegistry) {
        let proposed = self.agreement.proposed.get(&(origin, registry.seqno));
        if !self.is_captured(origin) && proposed.is_some_and(|hash| *hash != registry.last_hash) {
            // each batch names the one before, so this speaks for the earlier ones too
            let number = (origin, registry.seqno);
            self.blame(7, format!("a copy applied another content of {number:?}"));
        }
        let Some(model) = self.agreement.replayed.get(&(origin, registry.last_hash)) else {
            return;
        };
        let is = Replayed::of(registry);
        let sums = registry.total.into_inner() == model.total()
            && registry.count as usize == model.roots.len()
            && registry.eligible as usize == model.eligible(&self.known.limits);
        if is.roots != model.roots || !sums {
            let seqno = registry.seqno;
            self.blame(
                7,
                format!("copy {copy} holds another registry of {origin} after batch {seqno}"),
            );
        }
    }
}

/// Returns the base at which a copy says it counted an applied batch, if not the batch's own.
fn counted(storage: &DElectorStorage, (origin, seqno): Number) -> Option<Base> {
    if origin == storage.chain {
        let local = storage.local.load().expect("the local part parses");
        let rare = local.rare().expect("what is rare parses");
        let own = rare.counted.get(seqno).expect("what was counted parses");
        return own.map(|own| base_of(&own.at));
    }
    let registry = storage.registries.get(origin).expect("registries parse")?;
    let content = registry.undo_of(seqno)?.content.load();
    let found = content.expect("a content parses").found?;
    found.at.as_ref().map(base_of)
}
