//! Batches as a gateway sees them: states that are newer than the blocks that tell of the votes.

use std::collections::BTreeMap;

use ddvs_client::MASTERCHAIN;
use ddvs_contracts::{Codes, Network};

use super::*;
use crate::{Identity, Index};

const COPY: ChainId = 0;
const HASH: HashBytes = HashBytes([7; 32]);

fn index() -> Index {
    let codes = Codes::default();
    Index::in_memory(Identity {
        global_id: 0,
        network: Network::with_codes(HashBytes::ZERO, &codes),
        delectors: BTreeMap::new(),
        root_code: *codes.depool_root.repr_hash(),
        wallet_code: *codes.depool_wallet.repr_hash(),
    })
    .unwrap()
}

fn at(seqno: u32) -> At {
    At {
        chain: COPY,
        seqno,
        time_ms: 0,
    }
}

fn vote(voter: ChainId, seqno: u32) -> Said {
    Said::Vote {
        origin: 0,
        seqno: 1,
        hash: HASH,
        voter,
        known: at(seqno),
    }
}

/// The copy's registries of three chains, after so many batches of chain 0.
fn registries(applied: u32, totals_nano: [u128; 3]) -> Vec<CopyRow> {
    [MASTERCHAIN, 0, 1]
        .into_iter()
        .zip(totals_nano)
        .map(|(origin, total_nano)| CopyRow {
            copy: COPY,
            origin,
            seqno: if origin == 0 { applied } else { 0 },
            last_hash: if origin == 0 { HASH } else { HashBytes::ZERO },
            total_nano,
            is_frozen: false,
            roots: 1,
            eligible: 1,
        })
        .collect()
}

/// Takes in blocks of the copy's chain, each with what it says and the state that was read with it; returns how the copy
/// applied the batch.
fn applied(blocks: Vec<(Vec<Said>, Vec<CopyRow>)>) -> AppliedRow {
    let index = index();
    let txn = index.db.begin_write().unwrap();
    let mut writer = Writer::new(&txn, &index).unwrap();
    writer
        .first_registries(&registries(0, [500, 200_000, 200_000]))
        .unwrap();
    for (place, (said, rows)) in (1..).zip(blocks) {
        writer.said(&said).unwrap();
        writer.registries(at(place), &rows).unwrap();
        writer.caught_up(at(place), &said).unwrap();
    }
    let row = writer.batch(0, 1, &HASH).unwrap();
    assert_eq!(row.applied.len(), 1);
    row.applied.into_iter().next().unwrap()
}

#[test]
fn a_vote_that_comes_after_the_state_is_weighed() {
    let early = registries(1, [500, 300_000, 200_000]);
    let row = applied(vec![
        (vec![vote(0, 1)], early.clone()),
        (vec![vote(1, 2)], early.clone()),
        // what decided already stays as it is
        (vec![vote(MASTERCHAIN, 3)], early),
    ]);
    assert_eq!(row.at, at(1));
    assert_eq!(row.voters, [0, 1]);
    // as just before the batch, which made chain 0's stake larger
    assert_eq!((row.yes_nano, row.all_nano), (400_000, 400_500));
}

#[test]
fn a_late_stake_is_never_more_than_all() {
    let row = applied(vec![
        (vec![vote(0, 1)], registries(1, [500, 200_000, 200_000])),
        (vec![vote(1, 2)], registries(1, [500, 200_000, 900_000])),
    ]);
    assert_eq!((row.yes_nano, row.all_nano), (400_500, 400_500));
}

#[test]
fn a_vote_that_was_not_needed_is_not_weighed() {
    let row = applied(vec![
        (
            vec![vote(0, 1), vote(1, 1)],
            registries(1, [500, 200_000, 200_000]),
        ),
        (
            vec![vote(MASTERCHAIN, 2)],
            registries(1, [500, 200_000, 200_000]),
        ),
    ]);
    assert_eq!(row.voters, [0, 1]);
    assert_eq!((row.yes_nano, row.all_nano), (400_000, 400_500));
}
