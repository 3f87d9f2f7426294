//! Batches that a copy applied and reverted between two states of its registries.

use std::collections::BTreeMap;

use tycho_types::cell::HashBytes;

use super::agreement::of_batch;
use super::applied::is_applied;
use super::{Writer, get, put};
use crate::IndexError;
use crate::rows::{
    AppliedRow, At, BatchRow, CopyRow, EntryRow, EventKind, RemovedRow, TakenBackRow,
};

/// Maximum number of batches compared between two states of a registry, the newest ones.
const MAX_BETWEEN: u32 = 1_000;

/// Maximum number of reversions of one batch that are kept.
const MAX_TAKEN_BACK: usize = 32;

impl Writer<'_> {
    /// Records what a copy reverted between two states of one registry; returns what it applied, by number. Unknown
    /// batches are handled later, in `caught_up`.
    pub(super) fn changed(
        &mut self,
        at: At,
        before: &CopyRow,
        after: &CopyRow,
    ) -> Result<Vec<BatchRow>, IndexError> {
        let last = before.seqno;
        // if the last one is still applied, so are those before it; a chain's own are never reverted
        let still_stands = match after.hash_of(last) {
            Some(hash) => *hash == before.last_hash,
            None => before.undoable() == 0,
        };
        let is_whole = after.seqno >= last && still_stands;
        let first = match is_whole {
            true => last,
            false => last.saturating_sub(before.undoable()).min(after.seqno),
        };
        let end = after.seqno.max(last);
        let first = first.max(end.saturating_sub(MAX_BETWEEN)).saturating_add(1);
        let stands = self.chain_of(after, first)?;
        let mut open = Vec::new();
        for seqno in first..=end {
            let hash = stands.get(&seqno);
            let mut rows = self.under(after.origin, seqno)?;
            for row in &mut rows {
                let is_other = seqno > after.seqno || hash.is_some_and(|hash| *hash != row.hash);
                if is_other && is_applied(row, at.chain) {
                    self.take_back(at, row)?;
                }
            }
            if seqno > after.seqno || rows.iter().any(|row| is_applied(row, at.chain)) {
                continue;
            }
            open.extend(match hash {
                Some(hash) => rows.into_iter().find(|row| row.hash == *hash),
                None if seqno > last => rows.into_iter().max_by_key(|row| row.votes.len()),
                None => None,
            });
        }
        Ok(open)
    }

    /// Returns the applied contents of a registry, from number `first` on: from the registry itself, and before that
    /// by each batch's predecessor.
    fn chain_of(&self, copy: &CopyRow, first: u32) -> Result<BTreeMap<u32, HashBytes>, IndexError> {
        let mut found = BTreeMap::new();
        for seqno in (first..=copy.seqno).rev() {
            let told = copy.hash_of(seqno).copied();
            let hash = match (told, found.first_key_value()) {
                (Some(hash), _) => hash,
                (None, Some((&next, hash))) => match self.known(copy.origin, next, hash)? {
                    // without its content, the previous batch is unknown
                    Some(row) if !row.entries.is_empty() => row.previous,
                    _ => break,
                },
                (None, None) => break,
            };
            found.insert(seqno, hash);
        }
        Ok(found)
    }

    fn take_back(&mut self, at: At, batch: &mut BatchRow) -> Result<(), IndexError> {
        let is_own = |copy: &AppliedRow| copy.at.chain == at.chain;
        let Some(place) = batch.applied.iter().position(is_own) else {
            return Ok(());
        };
        let applied = batch.applied.remove(place).at;
        if batch.taken_back.len() >= MAX_TAKEN_BACK {
            batch.taken_back.remove(0);
        }
        batch.taken_back.push(TakenBackRow { at, applied });
        self.put_batch(batch)?;
        self.event(of_batch(EventKind::TAKEN_BACK, at, batch))?;
        if batch.applied.is_empty() {
            self.restored(batch)?;
        }
        Ok(())
    }

    /// Records the keys that a batch removes if the copy is the first to apply it.
    pub(super) fn removed(&mut self, at: At, batch: &BatchRow) -> Result<(), IndexError> {
        for entry in &batch.entries {
            let EntryRow::RemoveKey { root, key } = entry else {
                continue;
            };
            let row = RemovedRow {
                key: *key,
                root: root.clone(),
                seqno: batch.seqno,
                at,
            };
            put(&mut self.removed, key.as_slice(), &row)?;
            let mut event = of_batch(EventKind::REMOVED, at, batch);
            event.key = Some(*key);
            event.root = Some(root.clone());
            self.event(event)?;
        }
        Ok(())
    }

    /// Deletes the removals of a batch that no copy has applied any more, unless another one under its number removes
    /// the same key.
    fn restored(&mut self, batch: &BatchRow) -> Result<(), IndexError> {
        let others = self.under(batch.origin, batch.seqno)?;
        for entry in &batch.entries {
            let EntryRow::RemoveKey { key, .. } = entry else {
                continue;
            };
            let row: Option<RemovedRow> = get(&self.removed, key.as_slice())?;
            let Some(mut row) =
                row.filter(|row| (row.root.workchain, row.seqno) == (batch.origin, batch.seqno))
            else {
                continue;
            };
            let other = others.iter().find(|other| other.entries.contains(entry));
            match other.and_then(|other| other.applied.first()) {
                Some(applied) => {
                    row.at = applied.at;
                    put(&mut self.removed, key.as_slice(), &row)?;
                }
                None => {
                    self.removed.remove(key.as_slice())?;
                }
            }
        }
        Ok(())
    }
}
