//! Invariant 6: the weight of the votes for a content, at a base that the copy may count at (`docs/protocol.md`,
//! section 5).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ddvs_client::ChainId;
use ddvs_contracts::messages::{Batch, ContentId};
use tycho_types::cell::HashBytes;

use super::{Base, History, Monitor, Number};

/// State of a copy while a block was made.
pub(super) type Stood = BTreeMap<ChainId, RangeInclusive<u32>>;

/// All that a copy may have had applied at one moment of the block; there are few, or this is no small network.
fn moments(stood: &Stood) -> Vec<Base> {
    let mut all = vec![Vec::new()];
    for (&chain, heights) in stood {
        let with = |base: &Base, height| {
            let mut base = base.clone();
            base.push((chain, height));
            base
        };
        all = (all.iter())
            .flat_map(|base| heights.clone().map(|height| with(base, height)))
            .collect();
    }
    all
}

/// Whether votes with `yes` of `all` stake make a content applicable; the origin has `of_origin` of it.
fn is_applicable(yes: u128, all: u128, of_origin: u128, told: bool) -> bool {
    let vouched = if 3 * of_origin < all {
        3 * yes >= all
    } else {
        2 * yes > all
    };
    (told || vouched) && 2 * (yes + of_origin) > all || vouched && 2 * yes > all - of_origin
}

impl Monitor {
    /// A batch that a copy has applied in this block had the votes for it: at its base, at one that was claimed, where the copy says that
    /// it has `counted`, or at what it has applied in this block. Of a captured chain batches may have come and gone within the
    /// block, if more has changed than is seen at its end.
    pub(super) fn check_majority(
        &mut self,
        copy: ChainId,
        number: Number,
        (hash, batch): (&HashBytes, &Batch),
        counted: Option<Base>,
        (stood, has_hidden): (&Stood, bool),
    ) {
        let view = &self.agreement.copies[&copy];
        let content = (number, *hash);
        let voters = view.votes.get(&(number, ContentId::of(hash)));
        let mut voters: BTreeSet<ChainId> = voters.cloned().unwrap_or_default();
        voters.remove(&number.0);
        let told = view.told.get(&number) == Some(hash) || copy == number.0;
        let mut bases = vec![super::word::base_of(&batch.base)];
        bases.extend(view.claims.get(&content).into_iter().flatten().cloned());
        bases.extend(counted);
        bases.extend(moments(stood));
        let is_enough = |base: &Base| {
            let of_origin = self.total_at(&view.history, number.0, number.1 - 1)?;
            let (mut yes, mut all) = (0, 0);
            for &chain in self.known.delectors.keys() {
                let named = base.iter().find(|(named, _)| *named == chain);
                let total = match named {
                    _ if chain == number.0 => of_origin,
                    named => {
                        let seqno = named.map_or(0, |at| at.1);
                        let total = self.total_at(&view.history, chain, seqno);
                        // a batch that was reverted before the block ended is not known any more: there may have been
                        // none
                        let is_gone = total.is_none()
                            && (has_hidden && self.is_captured(chain)
                                || stood
                                    .get(&chain)
                                    .is_some_and(|heights| heights.contains(&seqno)));
                        total.or(is_gone.then_some(0))?
                    }
                };
                all += total;
                yes += if voters.contains(&chain) { total } else { 0 };
            }
            Some(is_applicable(yes, all, of_origin, told))
        };
        if !bases.iter().any(|base| is_enough(base) == Some(true)) {
            let found = format!("{number:?} was applied with the yes of {voters:?} only");
            self.blame(6, found);
        }
    }

    /// Stake of a chain after `seqno` batches, as a copy has them.
    fn total_at(
        &self,
        history: &BTreeMap<ChainId, History>,
        chain: ChainId,
        seqno: u32,
    ) -> Option<u128> {
        let hash = history.get(&chain)?.get(seqno as usize)?;
        Some(self.agreement.replayed.get(&(chain, *hash))?.total())
    }
}
