use std::collections::{HashMap, HashSet};

use redb::backends::InMemoryBackend;
use redb::{Builder, Database, ReadableDatabase, ReadableTableMetadata};

use super::*;

fn store() -> Database {
    let db = Builder::new()
        .create_with_backend(InMemoryBackend::new())
        .expect("memory");
    let txn = db.begin_write().expect("begins");
    txn.open_table(CELLS).expect("opens");
    txn.commit().expect("commits");
    db
}

fn change(db: &Database, add: &[&Cell], remove: &[&Cell]) -> Result<usize, RowError> {
    let txn = db.begin_write()?;
    let written = {
        let mut table = txn.open_table(CELLS)?;
        let mut changes = Changes::new(&mut table);
        add.iter().try_for_each(|cell| changes.add(cell))?;
        remove
            .iter()
            .try_for_each(|cell| changes.remove(cell.repr_hash()))?;
        changes.write()?
    };
    txn.commit()?;
    Ok(written)
}

fn rows(db: &Database) -> u64 {
    let txn = db.begin_read().expect("begins");
    txn.open_table(CELLS).expect("opens").len().expect("counts")
}

fn load(db: &Database, root: &Cell) -> Result<Cell, RowError> {
    let txn = db.begin_read()?;
    Loader::default().load(&txn.open_table(CELLS)?, root.repr_hash())
}

fn cell(number: u32, bits: u16, children: &[&Cell]) -> Cell {
    let mut builder = CellBuilder::new();
    builder.store_uint(u64::from(number), bits).expect("fits");
    for child in children {
        builder.store_reference((*child).clone()).expect("fits");
    }
    builder.build().expect("builds")
}

#[test]
fn tree_of_cells_is_stored_loaded_and_deleted() {
    let (db, leaf) = (store(), cell(5, 7, &[]));
    let both = cell(6, 9, &[&leaf, &leaf]);
    let root = cell(7, 0, &[&both, &leaf]);
    assert_eq!(change(&db, &[&root], &[]).expect("changes"), 3);
    assert_eq!(load(&db, &root).expect("loads"), root);
    assert_eq!(change(&db, &[], &[&root]).expect("changes"), 3);
    assert_eq!(rows(&db), 0);
    assert!(matches!(load(&db, &root), Err(RowError::Damaged(_))));
    assert!(matches!(
        change(&db, &[], &[&root]),
        Err(RowError::Damaged(_))
    ));
}

#[test]
fn new_root_writes_only_the_cells_that_differ() {
    let (db, leaf) = (store(), cell(5, 32, &[]));
    let shared = cell(6, 32, &[&leaf]);
    let old = cell(1, 32, &[&shared]);
    let new = cell(2, 32, &[&shared]);
    change(&db, &[&old], &[]).expect("changes");
    // two roots; the shared cell is counted up and down again
    assert_eq!(change(&db, &[&new], &[&old]).expect("changes"), 2);
    assert_eq!(rows(&db), 3);
    assert_eq!(load(&db, &new).expect("loads"), new);
    // the same root in and out is no change
    assert_eq!(change(&db, &[&new], &[&new]).expect("changes"), 0);
    // adding and removing at the same time leaves nothing
    change(&db, &[&old], &[&old]).expect("changes");
    assert_eq!(rows(&db), 3);
}

/// Random trees over few distinct leaves, added and removed, against a count of the expected rows.
#[test]
fn only_referenced_cells_are_stored() {
    let db = store();
    let mut random = 1u64;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let mut pool: Vec<Cell> = (0..6).map(|number| cell(number, 8, &[])).collect();
    let mut held: Vec<Cell> = Vec::new();
    for round in 0..300 {
        let children: Vec<_> = (0..next(4))
            .map(|_| pool[next(pool.len())].clone())
            .collect();
        let made = cell(round % 40, 16, &children.iter().collect::<Vec<_>>());
        pool.push(made.clone());
        let gone = (!held.is_empty() && next(2) == 0).then(|| held.swap_remove(next(held.len())));
        change(&db, &[&made], &gone.iter().collect::<Vec<_>>()).expect("changes");
        held.push(made);

        let mut seen = HashSet::new();
        let mut left: Vec<Cell> = held.clone();
        let mut counts: HashMap<HashBytes, u32> = HashMap::new();
        while let Some(cell) = left.pop() {
            *counts.entry(*cell.repr_hash()).or_default() += 1;
            if seen.insert(*cell.repr_hash()) {
                left.extend(cell.references().cloned());
            }
        }
        assert_eq!(rows(&db), seen.len() as u64, "round {round}");
        let txn = db.begin_read().expect("begins");
        let table = txn.open_table(CELLS).expect("opens");
        for (hash, count) in counts {
            assert_eq!(
                row(&table, &hash).expect("reads").expect("is there").count,
                count
            );
        }
    }
}
