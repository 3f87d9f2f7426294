//! Stake behind a batch when a copy decides.

use ddvs_client::ChainId;

use crate::rows::{AppliedRow, BatchRow, CopyRow};

/// Returns the chains whose votes a copy has; the origin's is implicit in its proposal.
pub(super) fn voters(batch: &BatchRow, copy: ChainId) -> Vec<ChainId> {
    let mut voters: Vec<_> = batch
        .votes
        .iter()
        .filter(|vote| vote.voter == batch.origin || vote.known_by.contains(&copy))
        .map(|vote| vote.voter)
        .collect();
    if !voters.contains(&batch.origin) {
        voters.push(batch.origin);
    }
    voters.sort_unstable();
    voters
}

/// Returns the stake of some chains, and of all, as a copy counts.
pub(super) fn weigh(voters: &[ChainId], copies: &[CopyRow]) -> (u128, u128) {
    let total = |chain: &ChainId| {
        let copy = copies.iter().find(|copy| copy.origin == *chain);
        copy.map_or(0, |copy| copy.total_nano)
    };
    (
        voters.iter().map(total).sum(),
        copies.iter().map(|copy| copy.total_nano).sum(),
    )
}

/// Adds the votes that a batch lacked when a copy was found to have applied it, since it must have had them; `copies`
/// are the copy's registries now. Weights keep their values from just before, and an explained decision stays as it
/// is. Returns whether anything changed.
pub(super) fn weigh_late(applied: &mut AppliedRow, voters: &[ChainId], copies: &[CopyRow]) -> bool {
    if is_majority(applied.yes_nano, applied.all_nano) {
        return false;
    }
    let late: Vec<_> = voters
        .iter()
        .copied()
        .filter(|voter| !applied.voters.contains(voter))
        .collect();
    if late.is_empty() {
        return false;
    }
    let (late_nano, _) = weigh(&late, copies);
    // a stake that has grown since may not make the part exceed the whole
    let yes_nano = applied.yes_nano.saturating_add(late_nano);
    applied.yes_nano = yes_nano.min(applied.all_nano);
    applied.voters.extend(late);
    applied.voters.sort_unstable();
    true
}

/// Whether this stake is a majority.
fn is_majority(yes_nano: u128, all_nano: u128) -> bool {
    yes_nano > all_nano / 2
}

/// Whether a copy decides for a batch.
pub(super) fn has_majority(batch: &BatchRow, copy: ChainId, copies: &[CopyRow]) -> bool {
    let (yes, all) = weigh(&voters(batch, copy), copies);
    is_majority(yes, all)
}

/// Returns batches that a copy applied in one block, in the order in which it did so, each with the stakes that it
/// found: a stake that one batch removes may be missing for another. Those of one chain are `open` by their numbers;
/// `after` are the registries at the block's end.
pub(super) fn in_order(
    mut open: Vec<BatchRow>,
    mut stakes: Vec<CopyRow>,
    after: &[CopyRow],
    copy: ChainId,
) -> Vec<(BatchRow, Vec<CopyRow>)> {
    let mut found = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let is_next = |(at, batch): &(usize, &BatchRow)| {
            let is_first = open
                .iter()
                .take(*at)
                .all(|other| other.origin != batch.origin);
            is_first && has_majority(batch, copy, &stakes)
        };
        let next = open
            .iter()
            .enumerate()
            .find(is_next)
            .map_or(0, |(at, _)| at);
        let batch = open.remove(next);
        let origin = batch.origin;
        found.push((batch, stakes.clone()));
        // between two batches of one chain its stake is unknown: the one before both is used
        let is_last = open.iter().all(|other| other.origin != origin);
        let known = stakes.iter_mut().find(|row| row.origin == origin);
        let end = after.iter().find(|row| row.origin == origin);
        if let (true, Some(known), Some(end)) = (is_last, known, end) {
            known.total_nano = end.total_nano;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use tycho_types::cell::HashBytes;

    use super::*;
    use crate::rows::{At, VoteRow};

    const COPY: ChainId = 0;

    fn batch(origin: ChainId, seqno: u32, voters: &[ChainId]) -> BatchRow {
        let mut row = BatchRow::new(origin, seqno, HashBytes::ZERO);
        let at = At {
            chain: COPY,
            seqno: 1,
            time_ms: 0,
        };
        row.votes = voters
            .iter()
            .map(|&voter| VoteRow {
                voter,
                at,
                known_by: vec![COPY],
            })
            .collect();
        row
    }

    fn stake(origin: ChainId, total_nano: u128) -> CopyRow {
        CopyRow {
            copy: COPY,
            origin,
            seqno: 0,
            last_hash: HashBytes::ZERO,
            total_nano,
            hashes_before: Vec::new(),
            lt: 0,
            roots: 1,
            eligible: 1,
        }
    }

    #[test]
    fn a_batch_is_weighed_with_what_the_one_before_it_left() {
        let stakes = vec![stake(0, 387), stake(1, 489)];
        let after = [stake(0, 390), stake(1, 384)];
        // alone, the first has 44% of all stake; the second removes a validator
        let open = vec![batch(0, 48, &[0]), batch(1, 38, &[0, 1])];
        let found = in_order(open, stakes, &after, COPY);
        let told: Vec<_> = found
            .iter()
            .map(|(batch, stakes)| (batch.origin, weigh(&voters(batch, COPY), stakes)))
            .collect();
        assert_eq!(told, [(1, (876, 876)), (0, (387, 771))]);
    }

    #[test]
    fn batches_of_one_chain_keep_their_order() {
        let stakes = vec![stake(0, 10), stake(1, 20)];
        let after = [stake(0, 30), stake(1, 20)];
        let open = vec![batch(0, 1, &[0]), batch(0, 2, &[0, 1])];
        let found = in_order(open, stakes, &after, COPY);
        let numbers: Vec<_> = found.iter().map(|(batch, _)| batch.seqno).collect();
        assert_eq!(numbers, [1, 2]);
    }
}
