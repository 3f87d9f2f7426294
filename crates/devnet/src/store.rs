//! Storage of a network's state: a redb file beside the index.
//!
//! Each block, or each few that are due at the same time, is one transaction that is synced to disk before its content becomes
//! visible. The file holds the network's state as cells by hash, the blocks that the index may not have yet, and the number of
//! the last turn of the journal of external messages that the state includes.

mod cells;
mod error;
pub(crate) mod journal;
mod outbox;
mod rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ddvs_client::ValidatorSetRecord;
use ddvs_index::{Observed, guarded, make_whole};
use ddvs_ledger::{Network, NetworkState};
use redb::{Builder, Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use tycho_types::boc::Boc;
use tycho_types::cell::{CellBuilder, HashBytes, Load};
use tycho_types::models::ValidatorSet;

use cells::{CELLS, Changes, Loader};
use error::RowError;
use outbox::ObservedRow;
use rows::StateRow;

pub(crate) use error::ANEW;
pub use error::StoreError;

/// Version of the layout of tables and rows. A change of either increments it.
pub const SCHEMA: u32 = 3;

/// Size of the store's read cache, in bytes. The state itself is in memory, so little is read.
const CACHE_BYTES: usize = 64 << 20;

/// Schema, origin, state, journal.
const META: TableDefinition<'static, &'static str, &'static [u8]> = TableDefinition::new("meta");
/// Position after a block to [`ObservedRow`].
const OUTBOX: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("outbox");
/// Hash to the set's bag of cells.
const SETS: TableDefinition<'static, &'static [u8; 32], &'static [u8]> =
    TableDefinition::new("sets");

const META_SCHEMA: &str = "schema";
const META_ORIGIN: &str = "origin";
const META_STATE: &str = "state";
const META_JOURNAL: &str = "journal";

/// Origin of a stored network. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Workchains besides the masterchain.
    pub workchains: u8,
    /// Genesis validators of each workchain.
    pub validators: u16,
    /// Time between blocks of each chain.
    pub block_time_ms: u64,
    /// Seconds from Lock until a stake may leave.
    pub lock_s: u32,
    /// Seconds from unstake until coins are free.
    pub unlock_s: u32,
    /// How long a key that left can be held accountable, in seconds.
    pub evidence_s: u32,
    /// The seed.
    pub seed: u64,
    /// Unix time of its zerostate.
    pub start_time: u32,
    /// Hash of its genesis description: of options, contracts and start time.
    pub genesis: HashBytes,
}

/// A stored network after its last block.
#[derive(Debug)]
pub struct Kept {
    /// Its state.
    pub state: NetworkState,
    /// Blocks that the index may not have, in order.
    pub outbox: Vec<Observed>,
    /// The last turn of the journal that the state includes.
    pub journal: u64,
}

/// A store. Only one process may use it at a time.
#[derive(Debug)]
pub struct Store {
    db: Database,
    path: PathBuf,
    /// All cells to which the last state refers, sorted.
    roots: Vec<HashBytes>,
    /// Positions of stored blocks, with their validator sets.
    blocks: BTreeMap<u64, HashBytes>,
}

impl Store {
    /// Opens the store in a file, or creates one there. The whole file is checked.
    ///
    /// Fails when another process uses it, another version wrote it, it is damaged, or it cannot be written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let open = || -> Result<Result<Self, StoreError>, RowError> {
            let mut builder = Builder::new();
            builder.set_cache_size(CACHE_BYTES);
            // damage that is not refused here may cause a panic while the network runs
            builder.set_check_integrity_on_open(true);
            let db = builder.create(path)?;
            let txn = db.begin_write()?;
            {
                let mut meta = txn.open_table(META)?;
                let found = meta.get(META_SCHEMA)?.map(|row| row.value().to_vec());
                match found {
                    Some(found) if found != SCHEMA.to_be_bytes() => {
                        let found = found.try_into().map_or(0, u32::from_be_bytes);
                        let path = path.to_owned();
                        return Ok(Err(StoreError::Schema { path, found }));
                    }
                    Some(_) => {}
                    None => drop(meta.insert(META_SCHEMA, SCHEMA.to_be_bytes().as_slice())?),
                }
                txn.open_table(CELLS)?;
                txn.open_table(OUTBOX)?;
                txn.open_table(SETS)?;
            }
            txn.commit()?;
            Ok(Ok(Self {
                db,
                path: path.to_owned(),
                roots: Vec::new(),
                blocks: BTreeMap::new(),
            }))
        };
        guarded(open).map_err(RowError::at(path))?
    }

    /// Creates a store with a network before its first block, unless the file exists already. A process that is killed meanwhile
    /// leaves none.
    ///
    /// Fails when it cannot be written.
    pub fn make(path: &Path, origin: &Origin, network: &Network) -> Result<(), StoreError> {
        let make = |part: &Path| -> Result<(), RowError> {
            let mut store = Self::open(part)?;
            store.write(network, &[], 0, 0, Some(origin))
        };
        make_whole(path, make).map_err(RowError::at(path))
    }

    /// Returns the origin of the stored network; `None` if none was stored yet.
    ///
    /// Fails only when the store does, or is damaged.
    pub fn origin(&self) -> Result<Option<Origin>, StoreError> {
        let read = || -> Result<_, RowError> {
            let meta = self.db.begin_read()?.open_table(META)?;
            match meta.get(META_ORIGIN)? {
                Some(row) => Ok(Some(postcard::from_bytes(row.value())?)),
                None => Ok(None),
            }
        };
        guarded(read).map_err(RowError::at(&self.path))
    }

    /// Stores a network after `made`, all blocks since the last call. Data that the index has durably, up to `indexed`, are
    /// deleted. The state includes all messages of the journal up to turn `journal`.
    ///
    /// Fails only when the store does.
    pub fn keep(
        &mut self,
        network: &Network,
        made: &[Observed],
        indexed: u64,
        journal: u64,
    ) -> Result<(), StoreError> {
        self.write(network, made, indexed, journal, None)
            .map_err(RowError::at(&self.path))
    }

    fn write(
        &mut self,
        network: &Network,
        made: &[Observed],
        indexed: u64,
        journal: u64,
        origin: Option<&Origin>,
    ) -> Result<(), RowError> {
        let state = network.export()?;
        let row = StateRow::of(&state);
        let mut roots = row.hashes();
        roots.sort_unstable();
        let mut blocks = self.blocks.clone();
        let txn = self.db.begin_write()?;
        {
            let mut table = txn.open_table(CELLS)?;
            let mut outbox = txn.open_table(OUTBOX)?;
            let mut sets = txn.open_table(SETS)?;
            let mut cells = Changes::new(&mut table);
            let (mut added, gone) = (
                rows::difference(&roots, &self.roots),
                rows::difference(&self.roots, &roots),
            );
            for cell in rows::roots(&state) {
                if let Ok(place) = added.binary_search(cell.repr_hash()) {
                    added.remove(place);
                    cells.add(cell)?;
                }
            }
            for observed in made {
                let (row, accounts) = ObservedRow::of(observed, network)?;
                accounts.iter().try_for_each(|cell| cells.add(cell))?;
                outbox.insert(observed.cursor, postcard::to_stdvec(&row)?.as_slice())?;
                let set = &observed.block.validator_set;
                if !blocks.values().any(|hash| *hash == set.hash) {
                    let boc = Boc::encode(CellBuilder::build_from(&set.set)?);
                    sets.insert(&set.hash.0, boc.as_slice())?;
                }
                blocks.insert(observed.cursor, set.hash);
            }
            gone.iter().try_for_each(|hash| cells.remove(hash))?;
            let rest = blocks.split_off(&indexed.saturating_add(1));
            for (cursor, set) in std::mem::replace(&mut blocks, rest) {
                if let Some(row) = outbox.remove(cursor)? {
                    let row: ObservedRow = postcard::from_bytes(row.value())?;
                    row.hashes().try_for_each(|hash| cells.remove(&hash))?;
                }
                if !blocks.values().any(|hash| *hash == set) {
                    sets.remove(&set.0)?;
                }
            }
            cells.write()?;
            let mut meta = txn.open_table(META)?;
            meta.insert(META_STATE, postcard::to_stdvec(&row)?.as_slice())?;
            meta.insert(META_JOURNAL, journal.to_be_bytes().as_slice())?;
            if let Some(origin) = origin {
                meta.insert(META_ORIGIN, postcard::to_stdvec(origin)?.as_slice())?;
            }
        }
        txn.commit()?;
        (self.roots, self.blocks) = (roots, blocks);
        Ok(())
    }

    /// Reads the network. Must be called before anything is stored.
    ///
    /// Fails when the store does, or is damaged.
    pub fn load(&mut self) -> Result<Kept, StoreError> {
        let path = self.path.clone();
        guarded(|| self.read()).map_err(RowError::at(&path))
    }

    fn read(&mut self) -> Result<Kept, RowError> {
        let txn = self.db.begin_read()?;
        let (meta, cells) = (txn.open_table(META)?, txn.open_table(CELLS)?);
        let row = meta.get(META_STATE)?;
        let row = row.ok_or_else(|| RowError::damaged("there is none"))?;
        let row: StateRow = postcard::from_bytes(row.value())?;
        let journal = meta.get(META_JOURNAL)?.map(|row| row.value().try_into());
        let journal = journal.and_then(Result::ok).map_or(0, u64::from_be_bytes);
        let mut loader = Loader::default();
        let mut roots = row.hashes();
        roots.sort_unstable();
        let state = row.load(|hash| loader.load(&cells, hash))?;
        let mut sets = BTreeMap::new();
        for entry in txn.open_table(SETS)?.iter()? {
            let (hash, boc) = entry?;
            let hash = HashBytes(*hash.value());
            let cell = Boc::decode(boc.value()).map_err(RowError::damaged)?;
            let set = ValidatorSet::load_from(&mut cell.as_slice()?)?;
            sets.insert(hash, Arc::new(ValidatorSetRecord { hash, set }));
        }
        let (mut outbox, mut blocks) = (Vec::new(), BTreeMap::new());
        for entry in txn.open_table(OUTBOX)?.iter()? {
            let (cursor, row) = entry?;
            let row: ObservedRow = postcard::from_bytes(row.value())?;
            let set = sets.get(&row.set_hash);
            let set = set.ok_or_else(|| RowError::damaged("a validator set is missing"))?;
            blocks.insert(cursor.value(), set.hash);
            outbox.push(row.load(set.clone(), |hash| loader.load(&cells, hash))?);
        }
        (self.roots, self.blocks) = (roots, blocks);
        Ok(Kept {
            state,
            outbox,
            journal,
        })
    }
}
