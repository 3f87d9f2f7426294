//! An index with a damaged row: every read and write succeeds or fails, and none panics.
//!
//! `ddvs-fuzz` documents how long it runs and how to repeat an input.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::path::Path;

use common::{seed, story};
use ddvs_fuzz::{Shape, fuzz};
use ddvs_index::rows::TxKey;
use ddvs_index::{Identity, Index, IndexError, Reader};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

type Rows = TableDefinition<'static, &'static [u8], &'static [u8]>;
const META: TableDefinition<'static, &'static str, &'static [u8]> = TableDefinition::new("meta");
const EVENTS: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("events");

/// Rows of each table that are samples.
const OF_EACH_TABLE: usize = 2;
/// Blocks that the damaged index has yet to take in.
const TO_COME: usize = 6;
const LIMIT: usize = 100;

/// A row as one input.
fn encode(table: usize, key: &[u8], value: &[u8]) -> Vec<u8> {
    [&[table as u8, key.len() as u8], key, value].concat()
}

/// A row that is to be written.
struct Row<'a> {
    table: usize,
    key: &'a [u8],
    value: &'a [u8],
}

fn decode(input: &[u8]) -> Option<Row<'_>> {
    let [table, length, rest @ ..] = input else {
        return None;
    };
    let (key, value) = rest.split_at_checked(usize::from(*length))?;
    Some(Row {
        table: usize::from(*table),
        key,
        value,
    })
}

/// The tables whose keys are bytes.
fn tables(db: &Database) -> Vec<Rows> {
    let txn = db.begin_read().unwrap();
    let mut names: Vec<_> = txn
        .list_tables()
        .unwrap()
        .map(|table| table.name().to_owned())
        .collect();
    names.retain(|name| !["meta", "counts", "events"].contains(&name.as_str()));
    names.sort();
    let leak = |name: String| Rows::new(Box::leak(name.into_boxed_str()));
    names.into_iter().map(leak).collect()
}

fn samples(db: &Database, tables: &[Rows]) -> Vec<Vec<u8>> {
    let txn = db.begin_read().unwrap();
    let mut samples = Vec::new();
    for (number, table) in tables.iter().enumerate() {
        let rows = txn.open_table(*table).unwrap();
        for row in rows.iter().unwrap().take(OF_EACH_TABLE) {
            let (key, value) = row.unwrap();
            samples.push(encode(number, key.value(), value.value()));
        }
    }
    for row in txn.open_table(META).unwrap().iter().unwrap() {
        let (key, value) = row.unwrap();
        samples.push(encode(tables.len(), key.value().as_bytes(), value.value()));
    }
    for row in txn
        .open_table(EVENTS)
        .unwrap()
        .iter()
        .unwrap()
        .take(OF_EACH_TABLE)
    {
        let (key, value) = row.unwrap();
        let key = key.value().to_be_bytes();
        samples.push(encode(tables.len() + 1, &key, value.value()));
    }
    samples
}

/// Writes a row; false if it is none of the table.
fn damage(path: &Path, tables: &[Rows], input: &[u8]) -> bool {
    let Some(Row { table, key, value }) = decode(input) else {
        return false;
    };
    let db = Database::open(path).unwrap();
    let txn = db.begin_write().unwrap();
    if let Some(table) = tables.get(table) {
        drop(txn.open_table(*table).unwrap().insert(key, value).unwrap());
    } else if table == tables.len() {
        let Ok(key) = std::str::from_utf8(key) else {
            return false;
        };
        drop(txn.open_table(META).unwrap().insert(key, value).unwrap());
    } else if table == tables.len() + 1 {
        let Ok(key) = key.try_into().map(u64::from_be_bytes) else {
            return false;
        };
        drop(txn.open_table(EVENTS).unwrap().insert(key, value).unwrap());
    } else {
        return false;
    }
    txn.commit().unwrap();
    true
}

/// Reads everything by which a row with this key may be found; returns the first failure.
fn ask(reader: &Reader, key: &[u8]) -> Result<(), IndexError> {
    let mut first = Ok(());
    let mut note = |asked: Result<(), IndexError>| {
        if first.is_ok() {
            first = asked;
        }
    };
    macro_rules! ask {
        ($($asked:expr;)*) => { $(note($asked.map(drop));)* };
    }
    for chain in [-1, 0, 1] {
        ask! {
            reader.head(chain);
            reader.blocks(chain, None, LIMIT);
            reader.block_by_lt(chain, u64::MAX);
            reader.block_by_time(chain, u64::MAX);
            reader.set_at(chain, u32::MAX);
            reader.sets(chain, None, LIMIT);
            reader.batches(chain, None, LIMIT);
            reader.batch(chain, 1);
            reader.evidence(chain, None, LIMIT);
        }
        for seqno in 0..4 {
            ask! { reader.block_transactions(chain, seqno, None, LIMIT); }
        }
    }
    ask! {
        reader.cursor();
        reader.copies();
        reader.removed(None, LIMIT);
        reader.events_after(0, LIMIT);
        reader.events_before(u64::MAX, LIMIT);
        reader.last_event();
        reader.accounts(None, LIMIT);
        reader.pools(None, LIMIT);
        reader.wallets(None, LIMIT);
        reader.count("transactions");
    }
    let mut padded = [0; 100];
    for (place, byte) in padded.iter_mut().zip(key) {
        *place = *byte;
    }
    let hash = |from: usize| HashBytes(std::array::from_fn(|at| padded[from + at]));
    let address = |from: usize| {
        let chain = (padded[from] ^ 0x80).cast_signed();
        StdAddr::new(chain, hash(from + 1))
    };
    let lt = u64::from_be_bytes(std::array::from_fn(|at| padded[33 + at]));
    let tx = TxKey {
        account: address(0),
        lt,
    };
    ask! {
        reader.transaction(&tx);
        reader.transaction_boc(&tx);
        reader.message_by_lt(&tx.account, lt);
        reader.block_by_hash(&hash(0));
        reader.transaction_by_hash(&hash(0));
        reader.message(&hash(0));
        reader.locate(&hash(0));
        reader.pool_by_key(&hash(0));
        reader.accounts_by_code(&hash(0), None, LIMIT);
    }
    for address in [address(0), address(33), address(16)] {
        ask! {
            reader.account(&address);
            reader.transactions(&address, None, LIMIT);
            reader.pool(&address);
            reader.pools_by_owner(&address, None, LIMIT);
            reader.wallet(&address);
            reader.wallets_by_owner(&address, None, LIMIT);
            reader.positions(&address, None, LIMIT);
        }
    }
    first
}

#[test]
fn no_damaged_row_breaks_the_index() {
    let story = story();
    // in memory where possible: the disk is not under test
    let memory = Path::new("/dev/shm");
    let dir = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
    let dir = dir.unwrap();
    let (whole, damaged) = (dir.path().join("whole"), dir.path().join("damaged"));
    let identity = Identity::read(&story.network).unwrap();
    let (known, to_come) = story.seen.split_at(story.seen.len() - TO_COME);
    let index = Index::open(&whole, identity.clone()).unwrap();
    seed(&story.network, &index);
    index.take(known, true).unwrap();
    ask(&index.read().unwrap(), &[]).unwrap();
    drop(index);
    let (tables, samples) = {
        let db = Database::open(&whole).unwrap();
        let tables = tables(&db);
        let samples = samples(&db, &tables);
        (tables, samples)
    };
    assert!(tables.len() > 20, "{} tables", tables.len());
    let mut failed = 0;
    fuzz("index", 6, Shape::Bytes, &samples, |input| {
        std::fs::copy(&whole, &damaged).unwrap();
        if !damage(&damaged, &tables, input) {
            return false;
        }
        let Ok(index) = Index::open(&damaged, identity.clone()) else {
            return true;
        };
        let key = decode(input).map_or(&[][..], |row| row.key);
        let asked = ask(&index.read().unwrap(), key);
        failed += u32::from(asked.is_err());
        let _ = index.take(to_come, false);
        true
    });
    println!("index: {failed} inputs were told to be damage");
}

/// Found by the target above: pages took such keys apart without checking their length.
#[test]
fn a_key_of_another_length_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let identity = Identity::read(&story().network).unwrap();
    drop(Index::open(&path, identity.clone()).unwrap());
    let db = Database::open(&path).unwrap();
    let txn = db.begin_write().unwrap();
    for table in [
        "pools_by_stake",
        "pools_by_owner",
        "wallets_by_owner",
        "positions",
        "accounts_by_code",
    ] {
        // long enough for the query, too short for the address after it
        let key = vec![0x80; if table == "pools_by_stake" { 15 } else { 34 }];
        let mut rows = txn.open_table(Rows::new(table)).unwrap();
        rows.insert(key.as_slice(), [].as_slice()).unwrap();
    }
    txn.commit().unwrap();
    drop(db);
    let index = Index::open(&path, identity).unwrap();
    let reader = index.read().unwrap();
    let address = StdAddr::new(0, HashBytes([0x80; 32]));
    let told = [
        reader.pools(None, LIMIT).map(drop),
        reader.pools_by_owner(&address, None, LIMIT).map(drop),
        reader.wallets_by_owner(&address, None, LIMIT).map(drop),
        reader.positions(&address, None, LIMIT).map(drop),
        reader
            .accounts_by_code(&address.address, None, LIMIT)
            .map(drop),
    ];
    for told in told {
        assert!(matches!(told, Err(IndexError::Key)), "{told:?}");
    }
}
