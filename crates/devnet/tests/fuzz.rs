//! A stored network with a damaged row or journal: it is refused or resumes, and never panics.
//!
//! `ddvs-fuzz` documents how long it runs and how to repeat an input.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::path::Path;

use common::{NOW_S, STATE, ran, wanted};
use ddvs_client::{MessageStatus, Outgoing, OwnerWallet};
use ddvs_devnet::{GLOBAL_ID, KeptNetwork, Keys};
use ddvs_fuzz::{Shape, fuzz};
use ddvs_ledger::Network;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use tempfile::TempDir;
use tycho_types::boc::Boc;

type ByHash = TableDefinition<'static, &'static [u8; 32], &'static [u8]>;
const META: TableDefinition<'static, &'static str, &'static [u8]> = TableDefinition::new("meta");
const OUTBOX: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("outbox");
const CELLS: ByHash = TableDefinition::new("cells");
const SETS: ByHash = TableDefinition::new("sets");

/// Rows of each table that are samples.
const OF_EACH_TABLE: usize = 12;
/// Blocks that a damaged network makes, if it can.
const BLOCKS: usize = 6;

/// A directory in memory where possible: the disk is not under test.
fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory)
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// A network that made some blocks, the last ones of which its index may not have.
fn made() -> TempDir {
    let dir = directory();
    drop(ran(dir.path(), 24));
    dir
}

fn payment(network: &Network) -> tycho_types::cell::Cell {
    let faucet = OwnerWallet::new(Keys::of(&wanted().options()).faucet, 0, GLOBAL_ID).unwrap();
    let account = network.account(faucet.address()).unwrap();
    let (seqno, with_state) = faucet.next_seqno(&account).unwrap();
    let to = OwnerWallet::new([9; 32], -1, GLOBAL_ID).unwrap();
    let transfer = Outgoing::transfer(to.address().clone(), 5_000_000_000);
    faucet
        .build_external(seqno, u32::MAX, with_state, &[transfer])
        .unwrap()
}

/// A row as one input: the table's number, the key's length, key, value.
fn encode(table: u8, key: &[u8], value: &[u8]) -> Vec<u8> {
    [&[table, key.len() as u8], key, value].concat()
}

fn samples(db: &Database) -> Vec<Vec<u8>> {
    let txn = db.begin_read().unwrap();
    let mut samples = Vec::new();
    for row in txn.open_table(META).unwrap().iter().unwrap() {
        let (key, value) = row.unwrap();
        samples.push(encode(0, key.value().as_bytes(), value.value()));
    }
    let outbox = txn.open_table(OUTBOX).unwrap();
    for row in outbox.iter().unwrap().take(OF_EACH_TABLE) {
        let (key, value) = row.unwrap();
        samples.push(encode(1, &key.value().to_be_bytes(), value.value()));
    }
    for (number, table) in [(2, CELLS), (3, SETS)] {
        for row in txn
            .open_table(table)
            .unwrap()
            .iter()
            .unwrap()
            .take(OF_EACH_TABLE)
        {
            let (key, value) = row.unwrap();
            samples.push(encode(number, key.value(), value.value()));
        }
    }
    samples
}

/// Writes a row; false if it is none of the table.
fn damage(path: &Path, input: &[u8]) -> bool {
    let [table, length, rest @ ..] = input else {
        return false;
    };
    let Some((key, value)) = rest.split_at_checked(usize::from(*length)) else {
        return false;
    };
    let db = Database::open(path).unwrap();
    let txn = db.begin_write().unwrap();
    match table {
        0 => {
            let Ok(key) = std::str::from_utf8(key) else {
                return false;
            };
            drop(txn.open_table(META).unwrap().insert(key, value).unwrap());
        }
        1 => {
            let Ok(key) = key.try_into().map(u64::from_be_bytes) else {
                return false;
            };
            drop(txn.open_table(OUTBOX).unwrap().insert(key, value).unwrap());
        }
        2 | 3 => {
            let Ok(key) = <&[u8; 32]>::try_from(key) else {
                return false;
            };
            let table = if *table == 2 { CELLS } else { SETS };
            drop(txn.open_table(table).unwrap().insert(key, value).unwrap());
        }
        _ => return false,
    }
    txn.commit().unwrap();
    true
}

#[test]
fn no_damaged_row_breaks_a_kept_network() {
    let whole = made();
    let samples = {
        let db = Database::open(whole.path().join(STATE)).unwrap();
        samples(&db)
    };
    let mut told = 0;
    fuzz("devnet-store", 6, Shape::Bytes, &samples, |input| {
        let dir = directory();
        for entry in std::fs::read_dir(whole.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
        if !damage(&dir.path().join(STATE), input) {
            return false;
        }
        let Ok(kept) = KeptNetwork::open(dir.path(), &wanted(), NOW_S, false) else {
            told += 1;
            return true;
        };
        let mut network = kept.network().clone();
        drop(network.send_external(0, payment(&network)));
        for _ in 0..BLOCKS {
            if network.step().is_err() {
                told += 1;
                break;
            }
        }
        true
    });
    println!("devnet-store: {told} inputs were told to be damage");
}

/// A message as the journal has it: length, checksum, bag of cells.
fn journalled(boc: &[u8]) -> Vec<u8> {
    let length = (boc.len() as u32).to_be_bytes();
    [&length[..], Boc::file_hash(boc).as_slice(), boc].concat()
}

#[test]
fn no_journal_breaks_a_kept_network() {
    let dir = directory();
    let message = {
        let kept = KeptNetwork::open(dir.path(), &wanted(), NOW_S, false).unwrap();
        payment(&kept.network())
    };
    let file = dir.path().join(format!("externals-{:020}", 1));
    // whether the message waits again
    let opened = |journal: &[u8]| {
        std::fs::write(&file, journal).unwrap();
        let kept = KeptNetwork::open(dir.path(), &wanted(), NOW_S, false).unwrap();
        let status = kept.network().message_status(message.repr_hash());
        matches!(status, MessageStatus::InMempool { .. })
    };
    let boc = Boc::encode(&message);
    let one = journalled(&boc);
    let two = [one.as_slice(), &one].concat();
    fuzz("devnet-journal", 2, Shape::Bytes, &[one, two], opened);
    // changed messages with the right checksum
    fuzz("devnet-waiting", 3, Shape::Boc, &[boc], |input| {
        opened(&journalled(input))
    });
}
