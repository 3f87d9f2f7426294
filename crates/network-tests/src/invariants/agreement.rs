//! Invariants 6, 7, 10 and 12: majorities counted from the votes that arrived, and registries replayed from the batches.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::{ChainId, OutDestination, TransactionRecord};
use ddvs_contracts::messages::*;
use ddvs_contracts::storage::{ChainRegistry, DElectorStorage};
use ddvs_scenario::words;
use ddvs_zerostate::Limits;
use tycho_types::cell::{Cell, HashBytes};

use super::Monitor;

/// (origin, seqno)
type Number = (ChainId, u32);

/// A registry as the replay has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Stake and key by account id of the Root.
    pub roots: BTreeMap<HashBytes, (u128, HashBytes)>,
    /// Keys removed for misbehaviour.
    pub removed: BTreeSet<HashBytes>,
}

impl Replayed {
    fn total(&self) -> u128 {
        self.roots.values().map(|entry| entry.0).sum()
    }

    fn eligible(&self, limits: &Limits) -> usize {
        let least = u128::from(limits.min_stake_nano);
        self.roots.values().filter(|entry| entry.0 >= least).count()
    }

    fn of(registry: &ChainRegistry) -> Self {
        let entries = registry
            .roots
            .iter()
            .map(|entry| entry.expect("an entry parses"));
        let roots = entries.map(|(id, entry)| (id, (entry.stake.into_inner(), entry.key)));
        Self {
            roots: roots.collect(),
            removed: BTreeSet::new(),
        }
    }

    /// The registry after a batch, and what is wrong with the batch.
    fn after(&self, batch: &Batch, limits: &Limits) -> (Self, Vec<(u8, String)>) {
        let (mut next, mut wrong, mut moved) = (self.clone(), Vec::new(), 0);
        let mut exempt = false;
        for entry in batch.entries.iter() {
            let (root, entry) = entry.expect("an entry parses");
            match entry {
                BatchEntry::SetStake { stake, key, .. } => {
                    let old = next.roots.insert(root, (stake.into_inner(), key));
                    moved += old.map_or(0, |old| old.0).abs_diff(stake.into_inner());
                    if next.removed.contains(&key) {
                        wrong.push((10, format!("the removed key {key} returns")));
                    }
                }
                BatchEntry::RemoveKey { evidence } => {
                    exempt = true;
                    let key = evidence.load().expect("evidence parses").key;
                    if !next.removed.insert(key) {
                        wrong.push((10, format!("the key {key} is removed twice")));
                    }
                    if let Some((_, key)) = next.roots.remove(&root) {
                        next.removed.insert(key);
                    }
                }
                BatchEntry::ForgetKey { key } => {
                    if next.roots.get(&root).is_some_and(|entry| entry.1 == key) {
                        next.roots.remove(&root);
                    }
                }
            }
        }
        let share = self.total() * u128::from(limits.churn_bp) / 10_000;
        let budget = share.max(u128::from(limits.min_stake_nano));
        if moved > budget {
            wrong.push((
                12,
                format!("a batch moves {moved} nano, at most {budget} may move"),
            ));
        }
        let least = usize::from(limits.min_validators).min(self.eligible(limits));
        if next.eligible(limits) < least {
            wrong.push((
                11,
                format!("a batch leaves {} validators", next.eligible(limits)),
            ));
        }
        if !exempt {
            wrong.extend(self.sets_differ(&next, budget, limits));
        }
        (next, wrong)
    }

    /// Consecutive sets, members that leave or join counted whole.
    fn sets_differ(&self, next: &Self, budget: u128, limits: &Limits) -> Option<(u8, String)> {
        let least = u128::from(limits.min_stake_nano);
        let weight = |of: &Self, root: &HashBytes| {
            let stake = of.roots.get(root).map_or(0, |entry| entry.0);
            if stake >= least { stake } else { 0 }
        };
        let all: BTreeSet<_> = self.roots.keys().chain(next.roots.keys()).collect();
        let crossed = |root: &&&HashBytes| (weight(self, root) == 0) != (weight(next, root) == 0);
        let differ: u128 = (all.iter())
            .map(|root| weight(self, root).abs_diff(weight(next, root)))
            .sum();
        // a member that falls below the least stake takes along what the batch did not move
        let slack = all.iter().filter(crossed).count() as u128 * least;
        (differ > budget + slack).then(|| (12, format!("consecutive sets differ by {differ} nano")))
    }
}

/// What one copy was told, and what it applied.
#[derive(Debug, Clone, Default)]
struct CopyView {
    heads: BTreeMap<ChainId, u32>,
    /// The first vote of each chain counts.
    votes: BTreeMap<Number, BTreeMap<ChainId, HashBytes>>,
    bases: BTreeMap<Number, BTreeSet<Vec<(ChainId, u32)>>>,
}

/// All copies, and the contents that they speak of.
#[derive(Debug, Clone, Default)]
pub struct Agreement {
    copies: BTreeMap<ChainId, CopyView>,
    batches: BTreeMap<Number, (HashBytes, Batch)>,
    sent_votes: BTreeMap<(Number, ChainId), HashBytes>,
    replayed: BTreeMap<ChainId, Vec<Replayed>>,
}

impl Agreement {
    /// Starts with what a copy holds.
    pub(super) fn start(&mut self, copy: ChainId, storage: &DElectorStorage) {
        let view = self.copies.entry(copy).or_default();
        for entry in storage.registries.iter() {
            let (chain, registry) = entry.expect("a registry parses");
            view.heads.insert(chain, registry.seqno);
            if chain == copy {
                self.replayed.insert(chain, vec![Replayed::of(&registry)]);
            }
        }
    }
}

fn base_of(cell: &Cell) -> Vec<(ChainId, u32)> {
    let (mut base, Ok(mut slice)) = (Vec::new(), cell.as_slice()) else {
        return Vec::new();
    };
    while let (Ok(chain), Ok(seqno)) = (slice.load_u8(), slice.load_u32()) {
        base.push((chain as i8, seqno));
    }
    base
}

/// What a message between copies says.
enum Word {
    Content(Number, HashBytes, Box<Batch>, Cell),
    Yes(Number, HashBytes),
    Base(Number, Cell),
}

fn word(op: u32, body: tycho_types::cell::CellSlice<'_>, from: ChainId) -> Option<Word> {
    Some(match op {
        Propose::OP => {
            let m = words::parse::<Propose>(body)?;
            let batch = Box::new(m.batch.load().ok()?);
            Word::Content((from, m.seqno), *m.batch.inner().repr_hash(), batch, m.base)
        }
        Vote::OP => {
            let m = words::parse::<Vote>(body)?;
            Word::Yes((m.origin, m.seqno), m.batch_hash)
        }
        Rebase::OP => {
            let m = words::parse::<Rebase>(body)?;
            Word::Base((from, m.seqno), m.base)
        }
        Relay::OP => {
            let m = words::parse::<Relay>(body)?;
            Word::Base((m.origin, m.seqno), m.base)
        }
        _ => return None,
    })
}

impl Monitor {
    /// Follows proposals, votes and bases, those that arrive and those that leave.
    pub(super) fn see_copy(&mut self, transaction: &TransactionRecord) {
        let copy = transaction.account.workchain;
        if !transaction.succeeded() {
            return;
        }
        let from = transaction
            .in_message
            .source
            .as_ref()
            .and_then(|s| self.known.copy_at(s));
        if let Some(from) = from {
            let said = words::with_body(transaction, |op, body| word(op, body, from));
            self.hear(copy, from, said);
        }
        let (mut rebased, mut slashed) = (false, BTreeMap::new());
        for out in &transaction.out_messages {
            let OutDestination::Account(to) = &out.destination else {
                continue;
            };
            let said = words::body_of(&out.cell, |op, body| {
                rebased |= op == Rebase::OP;
                if op == Slash::OP {
                    *slashed.entry(to.clone()).or_insert(0) += 1;
                }
                word(op, body, copy)
            });
            if let Some(Word::Yes(number, hash)) = &said {
                let first = *self
                    .agreement
                    .sent_votes
                    .entry((*number, copy))
                    .or_insert(*hash);
                if first != *hash {
                    self.blame(6, format!("a copy votes for two contents of {number:?}"));
                }
            }
            self.hear(copy, copy, said);
        }
        self.reached.rebases += u32::from(rebased);
        if slashed.values().any(|count| *count > 1) {
            self.blame(10, "a copy slashes one Root twice");
        }
    }

    fn hear(&mut self, copy: ChainId, from: ChainId, said: Option<Word>) {
        let view = self.agreement.copies.entry(copy).or_default();
        match said {
            Some(Word::Content(number, hash, batch, base)) => {
                let vote = view.votes.entry(number).or_default();
                vote.entry(from).or_insert(hash);
                view.bases.entry(number).or_default().insert(base_of(&base));
                let known = self
                    .agreement
                    .batches
                    .entry(number)
                    .or_insert((hash, *batch))
                    .0;
                if known != hash {
                    self.blame(7, format!("two contents are proposed as {number:?}"));
                }
            }
            Some(Word::Yes(number, hash)) => {
                view.votes
                    .entry(number)
                    .or_default()
                    .entry(from)
                    .or_insert(hash);
            }
            Some(Word::Base(number, base)) => {
                view.bases.entry(number).or_default().insert(base_of(&base));
            }
            None => {}
        }
    }

    /// What the copy on `copy` applied in this block.
    pub(super) fn check_registries(&mut self, copy: ChainId, storage: &DElectorStorage) {
        let mut applied = Vec::new();
        for entry in storage.registries.iter() {
            let (origin, registry) = entry.expect("a registry parses");
            let view = self.agreement.copies.entry(copy).or_default();
            let last = view.heads.insert(origin, registry.seqno).unwrap_or(0);
            if registry.frozen || registry.seqno < last {
                self.blame(7, format!("chain {origin} is frozen, and did not fork"));
                continue;
            }
            for seqno in last + 1..=registry.seqno {
                applied.push((origin, seqno));
            }
            if registry.seqno > last {
                self.replay(origin, registry.seqno);
                self.check_replica(copy, origin, &registry);
            }
        }
        for number in applied {
            let Some((hash, _)) = self.agreement.batches.get(&number) else {
                self.blame(5, format!("{number:?} was applied, and nobody proposed it"));
                continue;
            };
            let hash = *hash;
            self.check_majority(copy, number, &hash);
            self.reached.batches += u32::from(copy == number.0);
        }
    }

    fn check_majority(&mut self, copy: ChainId, number: Number, hash: &HashBytes) {
        let view = &self.agreement.copies[&copy];
        let votes = view.votes.get(&number);
        let votes = votes.into_iter().flatten().filter(|vote| vote.1 == hash);
        let mut voters: BTreeSet<ChainId> = votes.map(|vote| *vote.0).collect();
        voters.insert(number.0);
        let weigh = |base: &Vec<(ChainId, u32)>| {
            let (mut yes, mut all) = (0, 0);
            for &(chain, seqno) in base {
                // the origin weighs what it had before the batch, whatever base it names
                let seqno = if chain == number.0 {
                    number.1 - 1
                } else {
                    seqno
                };
                if *view.heads.get(&chain)? < seqno {
                    return None;
                }
                let total = self.agreement.replayed[&chain].get(seqno as usize)?.total();
                all += total;
                yes += if voters.contains(&chain) { total } else { 0 };
            }
            Some(2 * yes > all)
        };
        let bases = view.bases.get(&number);
        if !bases
            .into_iter()
            .flatten()
            .any(|base| weigh(base) == Some(true))
        {
            self.blame(
                6,
                format!("{number:?} was applied with the yes of {voters:?} only"),
            );
        }
    }

    fn replay(&mut self, origin: ChainId, to: u32) {
        let done = self.agreement.replayed[&origin].len() as u32;
        for seqno in done..=to {
            let Some((_, batch)) = self.agreement.batches.get(&(origin, seqno)) else {
                return;
            };
            let models = &self.agreement.replayed[&origin];
            let (next, wrong) = models[seqno as usize - 1].after(batch, &self.known.limits);
            let removals = next.removed.len() - models[seqno as usize - 1].removed.len();
            for entry in batch.entries.values() {
                let entry = entry.expect("an entry parses");
                self.reached.purges += u32::from(matches!(entry, BatchEntry::ForgetKey { .. }));
            }
            self.reached.removals += u32::from(removals > 0);
            self.agreement
                .replayed
                .entry(origin)
                .or_default()
                .push(next);
            for (invariant, found) in wrong {
                self.blame(
                    invariant,
                    format!("batch {seqno} of chain {origin}: {found}"),
                );
            }
        }
    }

    fn check_replica(&mut self, copy: ChainId, origin: ChainId, registry: &ChainRegistry) {
        let number = (origin, registry.seqno);
        let known = self.agreement.batches.get(&number);
        if known.is_some_and(|(hash, _)| *hash != registry.last_hash) {
            // each batch names the one before, so this speaks for the earlier ones too
            self.blame(7, format!("a copy applied another content of {number:?}"));
        }
        let Some(model) = self.agreement.replayed[&origin].get(registry.seqno as usize) else {
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
