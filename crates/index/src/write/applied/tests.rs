//! Batches as seen by a gateway: states that are newer than the blocks with the votes.

use std::collections::BTreeMap;

use ddvs_client::MASTERCHAIN;
use ddvs_contracts::messages::ContentId;
use ddvs_contracts::{Codes, Network};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::*;
use crate::agreement::Teller;
use crate::rows::{ClaimRow, EntryRow, RemovedRow, TakenBackRow};
use crate::write::agreement::MAX_TOLD;
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

fn vote(voter: ChainId, seqno: u32) -> AgreementFact {
    AgreementFact::Vote {
        origin: 0,
        seqno: 1,
        hash: HASH,
        voter,
        known: at(seqno),
    }
}

/// The copy's registries of three chains, after `applied` batches of chain 0.
fn registries(applied: u32, totals_nano: [u128; 3]) -> Vec<CopyRow> {
    [MASTERCHAIN, 0, 1]
        .into_iter()
        .zip(totals_nano)
        .map(|(origin, total_nano)| CopyRow {
            copy: COPY,
            origin,
            seqno: if origin == 0 { applied } else { 0 },
            last_hash: if origin == 0 { HASH } else { HashBytes::ZERO },
            hashes_before: Vec::new(),
            total_nano,
            roots: 1,
            eligible: 1,
            lt: 0,
        })
        .collect()
}

/// Writes blocks of the copy's chain, each with its facts and the state that was read with it; returns how the copy
/// applied the batch.
fn applied(blocks: Vec<(Vec<AgreementFact>, Vec<CopyRow>)>) -> AppliedRow {
    let index = index();
    let txn = index.db.begin_write().unwrap();
    let mut writer = Writer::new(&txn, &index).unwrap();
    writer
        .first_registries(&registries(0, [500, 200_000, 200_000]))
        .unwrap();
    let proposal = AgreementFact::Content {
        hash: HASH,
        origin: 0,
        seqno: 1,
        previous: HashBytes::ZERO,
        base: Vec::new(),
        entries: Vec::new(),
        by: Teller::Proposal,
    };
    writer.agreement(at(0), &[proposal]).unwrap();
    for (place, (facts, rows)) in (1..).zip(blocks) {
        writer.agreement(at(place), &facts).unwrap();
        writer.registries(at(place), &rows).unwrap();
        writer.caught_up(at(place), &facts).unwrap();
    }
    let row = writer.known(0, 1, &HASH).unwrap().unwrap();
    assert_eq!(row.applied.len(), 1);
    row.applied.into_iter().next().unwrap()
}

#[test]
fn a_vote_that_comes_after_the_state_is_weighed() {
    let early = registries(1, [500, 300_000, 200_000]);
    let row = applied(vec![
        (vec![vote(0, 1)], early.clone()),
        (vec![vote(1, 2)], early.clone()),
        // an explained decision stays as it is
        (vec![vote(MASTERCHAIN, 3)], early),
    ]);
    assert_eq!(row.at, at(1));
    assert_eq!(row.voters, [0, 1]);
    // as just before the batch, which increased chain 0's stake
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

/// A copy on chain 0 that receives messages of chain 1, whose batches are distinguished by their numbers.
struct Listener {
    index: Index,
    block: u32,
}

const ORIGIN: ChainId = 1;
const KEY: HashBytes = HashBytes([9; 32]);

fn hash(name: u8) -> HashBytes {
    HashBytes([name; 32])
}

fn told(seqno: u32, name: u8, after: u8, by: Teller) -> AgreementFact {
    AgreementFact::Content {
        hash: hash(name),
        origin: ORIGIN,
        seqno,
        previous: hash(after),
        base: vec![(0, 0), (ORIGIN, seqno - 1)],
        entries: vec![EntryRow::RemoveKey {
            root: StdAddr::new(ORIGIN, HashBytes::ZERO),
            key: KEY,
        }],
        by,
    }
}

fn proposed(seqno: u32, name: u8, after: u8) -> AgreementFact {
    told(seqno, name, after, Teller::Proposal)
}

fn voted(voter: ChainId, seqno: u32, name: u8) -> AgreementFact {
    AgreementFact::Vote {
        origin: ORIGIN,
        seqno,
        hash: hash(name),
        voter,
        known: at(1),
    }
}

impl Listener {
    fn new() -> Self {
        let listener = Self {
            index: index(),
            block: 0,
        };
        let mut first = Self::state(&[]);
        first[1].hashes_before.clear();
        let txn = listener.index.db.begin_write().unwrap();
        Writer::new(&txn, &listener.index)
            .unwrap()
            .first_registries(&first)
            .unwrap();
        txn.commit().unwrap();
        listener
    }

    /// Its registries after it has applied these batches of chain 1, 8 of which it can revert.
    fn state(names: &[u8]) -> Vec<CopyRow> {
        let mut rows = registries(0, [0, 200_000, 300_000])[1..].to_vec();
        let mut hashes = names.iter().rev().map(|&name| hash(name));
        rows[1].seqno = u32::try_from(names.len()).unwrap();
        rows[1].last_hash = hashes.next().unwrap_or(HashBytes::ZERO);
        rows[1].hashes_before = hashes.chain([HashBytes::ZERO]).take(8).collect();
        rows
    }

    /// Writes a block with these facts, after which it has applied these batches.
    fn block(&mut self, facts: &[AgreementFact], names: &[u8]) {
        self.block += 1;
        self.block_at(u64::from(self.block), facts, names);
    }

    fn block_at(&self, lt: u64, facts: &[AgreementFact], names: &[u8]) {
        let mut rows = Self::state(names);
        for row in &mut rows {
            row.lt = lt;
        }
        let txn = self.index.db.begin_write().unwrap();
        let mut writer = Writer::new(&txn, &self.index).unwrap();
        writer.agreement(at(self.block), facts).unwrap();
        writer.registries(at(self.block), &rows).unwrap();
        writer.caught_up(at(self.block), facts).unwrap();
        drop(writer);
        txn.commit().unwrap();
    }

    fn batch(&self, seqno: u32, name: u8) -> BatchRow {
        let rows = self.index.read().unwrap().batch(ORIGIN, seqno).unwrap();
        rows.into_iter()
            .find(|row| row.hash == hash(name))
            .unwrap_or_else(|| panic!("batch {seqno} {name}"))
    }

    fn is_applied(&self, seqno: u32, name: u8) -> bool {
        is_applied(&self.batch(seqno, name), COPY)
    }

    /// Kinds and numbers of applied, removed and reverted batches, in order.
    fn events(&self) -> Vec<(&'static str, u32)> {
        let events = self.index.read().unwrap().events_after(0, 1_000).unwrap();
        events
            .iter()
            .filter(|event| event.kind != EventKind::VOTED)
            .map(|event| (event.kind.name(), event.batch.unwrap()))
            .collect()
    }

    fn removed(&self) -> Vec<RemovedRow> {
        self.index.read().unwrap().removed(None, 10).unwrap()
    }
}

#[test]
fn a_batch_that_is_taken_back_is_applied_no_more() {
    let mut copy = Listener::new();
    copy.block(&[proposed(1, 1, 0), voted(0, 1, 1)], &[1]);
    assert!(copy.is_applied(1, 1));
    assert_eq!(copy.removed().len(), 1);
    copy.block(&[], &[]);
    let row = copy.batch(1, 1);
    assert!(row.applied.is_empty());
    let expected = TakenBackRow {
        at: at(2),
        applied: at(1),
    };
    assert_eq!(row.taken_back, [expected]);
    assert_eq!(copy.removed(), []);
    // more votes may come, and then it counts again
    copy.block(&[voted(2, 1, 1)], &[1]);
    let row = copy.batch(1, 1);
    assert_eq!((row.applied.len(), row.taken_back.len()), (1, 1));
    assert_eq!(row.applied[0].at, at(3));
    assert_eq!(copy.removed()[0].at, at(3));
    let told = [
        ("applied", 1),
        ("removed", 1),
        ("taken_back", 1),
        ("applied", 1),
        ("removed", 1),
    ];
    assert_eq!(copy.events(), told);
}

#[test]
fn a_copy_may_replace_batches_within_a_block() {
    let mut copy = Listener::new();
    copy.block(
        &[proposed(1, 1, 0), proposed(2, 2, 1), proposed(3, 3, 2)],
        &[1, 2, 3],
    );
    let other = [
        voted(2, 2, 12),
        told(2, 12, 1, Teller::Anyone),
        proposed(3, 13, 12),
        proposed(4, 14, 13),
    ];
    copy.block(&other, &[1, 12, 13, 14]);
    assert!(copy.is_applied(1, 1));
    for (seqno, old, new) in [(2, 2, 12), (3, 3, 13)] {
        assert!(!copy.is_applied(seqno, old), "{seqno}");
        assert!(copy.is_applied(seqno, new), "{seqno}");
        assert_eq!(copy.batch(seqno, old).taken_back.len(), 1);
    }
    assert!(copy.is_applied(4, 14));
    assert!(copy.batch(1, 1).taken_back.is_empty());
    // number 1 was the last to apply a removal of the key that is still in force
    assert_eq!(copy.removed().len(), 1);
    // late votes for reverted batches change nothing
    copy.block(&[voted(2, 3, 3)], &[1, 12, 13, 14]);
    assert!(!copy.is_applied(3, 3));
}

/// A gateway sees states that are many batches apart.
#[test]
fn batches_replaced_between_two_states_are_found_by_previous_hashes() {
    let mut copy = Listener::new();
    copy.block(&[proposed(1, 1, 0), proposed(2, 2, 1)], &[1, 2]);
    let mut facts = vec![proposed(2, 20, 1)];
    // the origin had proposed another one first, so this comes from others
    facts.extend((3..=20).map(|seqno| proposed(seqno, 18 + seqno as u8, 17 + seqno as u8)));
    let names: Vec<u8> = [1, 20].into_iter().chain(21..=38).collect();
    copy.block(&facts, &names);
    assert!(!copy.is_applied(2, 2));
    assert!(copy.is_applied(2, 20));
    assert!(copy.is_applied(20, 38));
    assert_eq!(copy.batch(2, 2).taken_back.len(), 1);
}

#[test]
fn an_older_state_takes_nothing_back() {
    let mut copy = Listener::new();
    copy.block(&[], &[]);
    copy.block(&[proposed(1, 1, 0)], &[1]);
    copy.block_at(1, &[], &[]);
    assert!(copy.is_applied(1, 1));
    assert_eq!(copy.events().last(), Some(&("removed", 1)));
}

#[test]
fn a_removal_that_another_copy_still_has_stays() {
    let mut copy = Listener::new();
    copy.block(&[proposed(1, 1, 0)], &[1]);
    let txn = copy.index.db.begin_write().unwrap();
    let mut writer = Writer::new(&txn, &copy.index).unwrap();
    let elsewhere = At { chain: 2, ..at(1) };
    let batch = writer.known(ORIGIN, 1, &hash(1)).unwrap().unwrap();
    writer.applied(elsewhere, batch, &[]).unwrap();
    drop(writer);
    txn.commit().unwrap();
    copy.block(&[], &[]);
    assert_eq!(copy.batch(1, 1).applied.len(), 1);
    assert_eq!(copy.removed().len(), 1);
}

#[test]
fn a_claim_is_kept_with_the_content_that_it_names() {
    let mut copy = Listener::new();
    let claim = |name: u8, number: u32| AgreementFact::Claim {
        origin: ORIGIN,
        seqno: 1,
        content: ContentId::of(&hash(name)),
        claimant: 2,
        base: vec![(0, number)],
    };
    let facts = [
        proposed(1, 1, 0),
        voted(2, 1, 5),
        claim(5, 1),
        claim(5, 2),
        // of a content that no vote names
        claim(6, 1),
    ];
    copy.block(&facts, &[]);
    let expected = ClaimRow {
        copy: 2,
        base: vec![(0, 2)],
    };
    assert_eq!(copy.batch(1, 5).claims, [expected]);
    assert!(copy.batch(1, 1).claims.is_empty());
    assert_eq!(copy.batch(1, 1).base, [(0, 0), (ORIGIN, 0)]);
    assert_eq!(
        copy.index.read().unwrap().batch(ORIGIN, 1).unwrap().len(),
        2
    );
}

#[test]
fn rows_from_a_captured_chain_are_bounded() {
    let mut copy = Listener::new();
    let mut facts: Vec<_> = (1..=200).map(|name| proposed(1, name, 0)).collect();
    facts.extend((1..=200).map(|name| voted(2, 1, name)));
    facts.push(told(2, 1, 0, Teller::Anyone));
    facts.push(voted(2, 1_000, 1));
    facts.push(proposed(u32::MAX, 1, 0));
    facts.push(voted(2, 0, 1));
    copy.block(&facts, &[]);
    let reader = copy.index.read().unwrap();
    let rows = reader.batches(ORIGIN, None, 1_000).unwrap();
    assert_eq!(rows.len(), MAX_TOLD);
    assert!(rows.iter().all(|row| row.seqno == 1));
    let votes = rows.iter().flat_map(|row| &row.votes);
    assert_eq!(votes.filter(|vote| vote.voter == 2).count(), 1);
    // contents that others vote for are still kept
    drop(reader);
    copy.block(&[voted(3, 1, 250)], &[]);
    assert_eq!(copy.batch(1, 250).votes.len(), 1);
}
