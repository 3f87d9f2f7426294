//! Coins of whole chains: none may have sent more than ever went in.

use std::collections::BTreeMap;

use ddvs_types::ChainId;

use crate::{Cursor, ImportRefusal};

/// Checks the lanes of `chain` as its newest header shows them, against what the zerostate issued there, and what the others say
/// that they have sent to it. `own_sent_nano` is what the checking chain itself has sent to it.
///
/// A chain that forwards what a third one sent is believed once this chain has seen the third one's header.
///
/// Fails only when more came out of it than went in.
pub(crate) fn check(
    chain: ChainId,
    cursors: &BTreeMap<ChainId, Cursor>,
    issued_nano: &BTreeMap<ChainId, u128>,
    own_sent_nano: u128,
) -> Result<(), ImportRefusal> {
    let Some(cursor) = cursors.get(&chain) else {
        return Err(ImportRefusal::NoSuchChain(chain));
    };
    let sum = |values: &mut dyn Iterator<Item = u128>| {
        values.fold(0_u128, |sum, value| sum.saturating_add(value))
    };
    let sent_nano = sum(&mut cursor.header.lanes.values().map(|lane| lane.value_nano));
    let others = cursors.iter().filter(|(id, _)| **id != chain);
    let received = others.filter_map(|(_, cursor)| cursor.header.lanes.get(&chain));
    let received_nano = sum(&mut received.map(|lane| lane.value_nano));
    let issued_nano = issued_nano.get(&chain).copied().unwrap_or(0);
    let held_nano = sum(&mut [issued_nano, own_sent_nano, received_nano].into_iter());
    // an overflow must not pass as enough
    if sent_nano == u128::MAX || sent_nano > held_nano {
        return Err(ImportRefusal::Coins {
            chain,
            sent_nano,
            held_nano,
        });
    }
    Ok(())
}
