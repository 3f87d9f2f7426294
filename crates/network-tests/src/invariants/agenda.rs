//! A copy looks again at everything that is due, and at nothing else: invariants 7 and 13.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::ChainId;
use ddvs_contracts::messages::{BatchNumber, ContentId};
use ddvs_contracts::storage::{Appointment, DElectorStorage};
use tycho_types::cell::HashBytes;

use super::Monitor;

impl Monitor {
    /// Every wait of a content is in the agenda, and every entry there is awaited or due. The copy knows under which
    /// next numbers something is known.
    pub(super) fn check_agenda(&mut self, storage: &DElectorStorage) {
        for entry in storage.pending.unvouched() {
            let (number, _) = entry.expect("it parses");
            if storage.unvouched & bit(number.origin) == 0 {
                self.blame(
                    13,
                    format!("what does not count under {number:?} is forgotten"),
                );
            }
        }
        let local = storage.local.load().expect("the local part parses");
        let rare = local.rare().expect("what is rare parses");
        let awaited = awaited(storage);
        let mut kept = BTreeSet::new();
        for appointment in rare.agenda.keys() {
            let appointment = appointment.expect("an appointment parses");
            if appointment.after.seqno == 0 {
                if !is_named(storage, &appointment.content) {
                    self.blame(
                        13,
                        format!("nothing is known of what is due: {appointment:?}"),
                    );
                }
            } else {
                kept.insert(appointment);
            }
        }
        let open = open(storage);
        if storage.open != open {
            self.blame(
                7,
                format!(
                    "it looks at next numbers of {:b}, not {open:b}",
                    storage.open
                ),
            );
        }
        let (at, enough) = (storage.wake_at.0, wakes_at(storage));
        if at > enough {
            self.blame(
                7,
                format!("it sleeps until {at} have moved, and {enough} are enough"),
            );
        }
        for appointment in kept.difference(&awaited) {
            self.blame(13, format!("nothing waits any more: {appointment:?}"));
        }
        for appointment in awaited.difference(&kept) {
            self.blame(7, format!("nobody will look again: {appointment:?}"));
        }
        let own = 1 << (i32::from(storage.chain) + 1);
        let voted = voted(storage);
        for entry in rare.voted.iter() {
            let (number, chains) = entry.expect("it parses");
            let found = voted.get(&number).copied().unwrap_or_default();
            if (chains | own) != (found | own) {
                let what = format!("{chains:b} voted under {number:?}, and not {found:b}");
                self.blame(6, what);
            }
        }
    }
}

impl Monitor {
    /// All stake that the copy keeps is that of its registries.
    pub(super) fn check_total(&mut self, storage: &DElectorStorage) {
        let totals = storage.registries.values();
        let totals = totals.map(|registry| registry.expect("it parses").total.into_inner());
        let (kept, all) = (storage.total.0, totals.sum::<u128>());
        if kept != all {
            self.blame(7, format!("it keeps {kept} nano as all stake, not {all}"));
        }
    }
}

/// Who voted under each number for a content that counts, bit chain + 1.
fn voted(storage: &DElectorStorage) -> BTreeMap<BatchNumber, u32> {
    let known = storage.known_contents().expect("contents parse");
    let mut voted = BTreeMap::new();
    for known in known.into_iter().filter(|known| known.counts) {
        *voted.entry(known.number).or_default() |= known.content.votes;
    }
    voted
}

/// The origins under whose next number something is known, a bit each.
fn open(storage: &DElectorStorage) -> u32 {
    let mut open = 0;
    for entry in storage.registries.iter() {
        let (origin, registry) = entry.expect("a registry parses");
        let seqno = registry.seqno + 1;
        let next = key(BatchNumber { origin, seqno }, &ContentId([0; 27]));
        if is_named(storage, &next) {
            open |= bit(origin);
        }
    }
    open
}

/// How much must have moved before a batch under a next number is worth a look, if the next change is no reason for
/// one: nothing, if it was never weighed.
fn wakes_at(storage: &DElectorStorage) -> u128 {
    let mut at = u128::MAX;
    for entry in storage.pending.counted() {
        let (key, content) = entry.expect("a content parses");
        let origin = key.0[0].cast_signed();
        let registry = storage.registries.get(origin).expect("registries parse");
        let next = registry.expect("the chain is known").seqno + 1;
        let is_asleep = storage.awake & bit(origin) == 0;
        let is_decided = content.batch.is_some()
            && !content.refused
            && (content.told || content.votes != 0 && origin != storage.chain);
        if is_asleep && key.0[1..5] == next.to_be_bytes() && is_decided {
            at = at.min(content.rests_until.0);
        }
    }
    at
}

/// The bit of an origin.
fn bit(origin: ChainId) -> u32 {
    1 << (origin.cast_unsigned() & 31)
}

/// Waits of all contents, including applied ones.
fn awaited(storage: &DElectorStorage) -> BTreeSet<Appointment> {
    let known = storage
        .known_contents()
        .expect("contents parse")
        .into_iter();
    let awaited = known.filter_map(|known| {
        Some(Appointment {
            after: known.content.awaits?,
            content: key(known.number, &known.id),
        })
    });
    awaited.collect()
}

/// The key of a content: origin, number, the first 216 bits of its hash.
fn key(number: BatchNumber, id: &ContentId) -> HashBytes {
    let mut key = [0; 32];
    key[0] = number.origin.cast_unsigned();
    key[1..5].copy_from_slice(&number.seqno.to_be_bytes());
    key[5..].copy_from_slice(&id.0);
    HashBytes(key)
}

/// Whether some content that is not applied counts under the number at the beginning of a content's key.
fn is_named(storage: &DElectorStorage, at: &HashBytes) -> bool {
    let mut keys = storage
        .pending
        .counted()
        .map(|entry| entry.expect("a content parses").0);
    keys.any(|key| key.0[..5] == at.0[..5])
}
