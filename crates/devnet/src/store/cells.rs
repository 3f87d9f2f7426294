//! Reference-counted cells by hash: shared cells are written once.
//!
//! A row contains a cell, and how many rows and roots refer to it. A new root costs the cells that do not exist yet, and
//! removing a root frees the cells to which nothing else refers. So a block costs only what it changed, however large the
//! state is.

use std::collections::HashMap;

use redb::{ReadableTable, Table, TableDefinition};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};

use super::RowError;

/// Hash to row.
pub(super) const CELLS: TableDefinition<'static, &'static [u8; 32], &'static [u8]> =
    TableDefinition::new("cells");

/// Count, bits, exotic, references.
const HEAD_BYTES: usize = 4 + 2 + 1 + 1;
const HASH_BYTES: usize = 32;

/// A cell as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    count: u32,
    bits: u16,
    is_exotic: bool,
    children: Vec<HashBytes>,
    data: Vec<u8>,
}

impl Row {
    fn of(cell: &Cell) -> Self {
        let bits = cell.bit_len();
        Self {
            count: 0,
            bits,
            is_exotic: cell.is_exotic(),
            children: cell.references().map(|child| *child.repr_hash()).collect(),
            data: cell.data()[..usize::from(bits.div_ceil(8))].to_vec(),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let length = HEAD_BYTES + self.children.len() * HASH_BYTES + self.data.len();
        let mut bytes = Vec::with_capacity(length);
        bytes.extend(self.count.to_be_bytes());
        bytes.extend(self.bits.to_be_bytes());
        bytes.push(u8::from(self.is_exotic));
        bytes.push(self.children.len() as u8); // at most 4
        for child in &self.children {
            bytes.extend(child.as_slice());
        }
        bytes.extend(&self.data);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
        let [a, b, c, d, e, f, exotic, children] = *head;
        let split = usize::from(children) * HASH_BYTES;
        let (children, data) = rest.split_at_checked(split)?;
        Some(Self {
            count: u32::from_be_bytes([a, b, c, d]),
            bits: u16::from_be_bytes([e, f]),
            is_exotic: exotic != 0,
            children: children
                .chunks_exact(HASH_BYTES)
                .map(HashBytes::from_slice)
                .collect(),
            data: data.to_vec(),
        })
    }

    fn build(&self, hash: &HashBytes, built: &HashMap<HashBytes, Cell>) -> Option<Cell> {
        let mut builder = CellBuilder::from_raw_data(&self.data, self.bits).ok()?;
        builder.set_exotic(self.is_exotic);
        for child in &self.children {
            builder.store_reference(built.get(child)?.clone()).ok()?;
        }
        let cell = builder.build().ok()?;
        (cell.repr_hash() == hash).then_some(cell)
    }
}

fn row(
    table: &impl ReadableTable<&'static [u8; 32], &'static [u8]>,
    hash: &HashBytes,
) -> Result<Option<Row>, RowError> {
    match table.get(&hash.0)? {
        Some(bytes) => match Row::decode(bytes.value()) {
            Some(row) => Ok(Some(row)),
            None => Err(damaged(hash)),
        },
        None => Ok(None),
    }
}

fn damaged(hash: &HashBytes) -> RowError {
    RowError::Damaged(format!("cell {hash} is missing or changed"))
}

/// Changes of counts that are not written yet.
pub(super) struct Changes<'a, 't> {
    table: &'a mut Table<'t, &'static [u8; 32], &'static [u8]>,
    /// Rows that were read, with their new counts; those with 0 are removed.
    rows: HashMap<HashBytes, Change>,
}

struct Change {
    row: Row,
    /// Count in the table, 0 for a missing row.
    stored_count: u32,
}

impl<'a, 't> Changes<'a, 't> {
    pub fn new(table: &'a mut Table<'t, &'static [u8; 32], &'static [u8]>) -> Self {
        Self {
            table,
            rows: HashMap::new(),
        }
    }

    /// Adds a reference to a root.
    pub fn add(&mut self, root: &Cell) -> Result<(), RowError> {
        let mut left = vec![root.clone()];
        while let Some(cell) = left.pop() {
            let hash = *cell.repr_hash();
            let is_there = self.look(&hash)?.is_some_and(|change| change.row.count > 0);
            if !is_there {
                left.extend(cell.references().cloned());
            }
            let change = self.rows.entry(hash).or_insert_with(|| Change {
                row: Row::of(&cell),
                stored_count: 0,
            });
            let row = &mut change.row;
            row.count = row.count.checked_add(1).ok_or_else(|| damaged(&hash))?;
        }
        Ok(())
    }

    /// Removes a reference to a root. Adding everything else before avoids work.
    pub fn remove(&mut self, root: &HashBytes) -> Result<(), RowError> {
        let mut left = vec![*root];
        while let Some(hash) = left.pop() {
            let change = self.look(&hash)?.ok_or_else(|| damaged(&hash))?;
            let row = &mut change.row;
            row.count = row.count.checked_sub(1).ok_or_else(|| damaged(&hash))?;
            if row.count == 0 {
                left.extend(row.children.iter().copied());
            }
        }
        Ok(())
    }

    /// Writes all changes; returns the number of rows.
    pub fn write(self) -> Result<usize, RowError> {
        let mut written = 0;
        // in the order of the keys, which is that of the pages
        let mut rows: Vec<_> = self.rows.into_iter().collect();
        rows.sort_unstable_by_key(|(hash, _)| *hash);
        for (hash, change) in rows {
            if change.row.count == change.stored_count {
                continue;
            }
            written += 1;
            if change.row.count == 0 {
                self.table.remove(&hash.0)?;
            } else {
                self.table.insert(&hash.0, change.row.encode().as_slice())?;
            }
        }
        Ok(written)
    }

    fn look(&mut self, hash: &HashBytes) -> Result<Option<&mut Change>, RowError> {
        if !self.rows.contains_key(hash) {
            let Some(row) = row(self.table, hash)? else {
                return Ok(None);
            };
            let change = Change {
                stored_count: row.count,
                row,
            };
            self.rows.insert(*hash, change);
        }
        Ok(self.rows.get_mut(hash))
    }
}

/// Reads trees of cells, sharing common cells in memory too.
#[derive(Default)]
pub(super) struct Loader {
    built: HashMap<HashBytes, Cell>,
}

impl Loader {
    /// Fails when a cell is missing, or does not match its hash.
    pub fn load(
        &mut self,
        table: &impl ReadableTable<&'static [u8; 32], &'static [u8]>,
        root: &HashBytes,
    ) -> Result<Cell, RowError> {
        // a cell is built when it is visited for the second time, after its children
        let mut left = vec![(*root, None::<Row>)];
        while let Some((hash, read)) = left.pop() {
            if self.built.contains_key(&hash) {
                continue;
            }
            match read {
                None => {
                    let row = row(table, &hash)?.ok_or_else(|| damaged(&hash))?;
                    let children: Vec<_> = row
                        .children
                        .iter()
                        .filter(|child| !self.built.contains_key(*child))
                        .map(|child| (*child, None))
                        .collect();
                    left.push((hash, Some(row)));
                    left.extend(children);
                }
                Some(row) => {
                    let cell = row
                        .build(&hash, &self.built)
                        .ok_or_else(|| damaged(&hash))?;
                    self.built.insert(hash, cell);
                }
            }
        }
        self.built.get(root).cloned().ok_or_else(|| damaged(root))
    }
}

#[cfg(test)]
mod tests;
