//! The node's store: blocks, certificates, messages that others have not imported, proposals, and now and then a state.
//!
//! One synced write a block. A restart loads the last state and executes the blocks after it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ddvs_replica::CertifiedHeader;
use ddvs_types::ChainId;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};

/// Chain and height.
type At = (i8, u64);
/// Sender, receiver and number in the lane.
type Place = (i8, i8, u64);

/// Encoded blocks.
const BLOCKS: TableDefinition<'_, At, &[u8]> = TableDefinition::new("blocks");
/// Their headers with certificates.
const HEADERS: TableDefinition<'_, At, &[u8]> = TableDefinition::new("headers");
/// Heights whose blocks change the set.
const TURNS: TableDefinition<'_, At, ()> = TableDefinition::new("turns");
/// Messages that their receivers have not imported.
const SENT: TableDefinition<'_, Place, &[u8]> = TableDefinition::new("sent");
/// Proposals that are not decided, by chain, height, round and id.
const PROPOSALS: TableDefinition<'_, (i8, u64, u32, [u8; 32]), &[u8]> =
    TableDefinition::new("proposals");
/// The last stored state of each chain.
const STATES: TableDefinition<'_, i8, &[u8]> = TableDefinition::new("states");
/// Facts about the store itself.
const FACTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("facts");

/// Version of the tables. Another one cannot be read.
const SCHEMA: u8 = 1;

/// Reason why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process uses it.
    #[error("{} is used by another process: stop that one first", .0.display())]
    InUse(PathBuf),
    /// It is of another network.
    #[error(
        "{} is of the network {found}, not of {expected}: take another directory, or the network file of that network",
        path.display()
    )]
    OtherNetwork {
        /// The store.
        path: PathBuf,
        /// Genesis hash of the network that it is of.
        found: HashBytes,
        /// Genesis hash of the network file.
        expected: HashBytes,
    },
    /// It was written by another version.
    #[error("{} was written by another version of this program", .0.display())]
    OtherVersion(PathBuf),
    /// It cannot be read or written.
    #[error("{}: {cause}", path.display())]
    Disk {
        /// The store.
        path: PathBuf,
        /// Description of the problem.
        cause: Box<redb::Error>,
    },
    /// It contains what cannot be decoded.
    #[error("{} is damaged: {what}; move it away, and the node fetches everything again", path.display())]
    Damaged {
        /// The store.
        path: PathBuf,
        /// The part that cannot be decoded.
        what: String,
    },
}

/// What is written with a block.
#[derive(Debug)]
pub struct Commit<'a> {
    /// The chain.
    pub chain: ChainId,
    /// Height of the block.
    pub height: u64,
    /// The encoded block.
    pub block: &'a [u8],
    /// Its header with the certificate.
    pub certified: &'a CertifiedHeader,
    /// Whether it changes the set.
    pub is_turn: bool,
    /// Messages that it sent: receiver, number in the lane, message.
    pub sent: Vec<(ChainId, u64, &'a Cell)>,
    /// How many messages of each other chain were ever imported.
    pub imported: BTreeMap<ChainId, u64>,
    /// The encoded state after it, if it is to be stored.
    pub state: Option<Vec<u8>>,
}

/// The store of a node.
#[derive(Debug)]
pub struct Store {
    database: Database,
    path: PathBuf,
}

impl Store {
    /// Opens the store in a file, or creates it.
    ///
    /// Fails when it is in use, of another network, damaged or not readable.
    pub fn open(path: &Path, genesis: &HashBytes) -> Result<Self, StoreError> {
        let database = Database::create(path).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse(path.to_owned()),
            other => StoreError::Disk {
                path: path.to_owned(),
                cause: Box::new(other.into()),
            },
        })?;
        let store = Self {
            database,
            path: path.to_owned(),
        };
        store.check_identity(genesis)?;
        Ok(store)
    }

    fn check_identity(&self, genesis: &HashBytes) -> Result<(), StoreError> {
        let found = self.run(|| {
            let write = self.database.begin_write()?;
            let found = {
                write.open_table(BLOCKS)?;
                write.open_table(HEADERS)?;
                write.open_table(TURNS)?;
                write.open_table(SENT)?;
                write.open_table(PROPOSALS)?;
                write.open_table(STATES)?;
                let mut facts = write.open_table(FACTS)?;
                let read = |facts: &redb::Table<'_, &str, &[u8]>, name| {
                    let value = facts.get(name)?;
                    Ok::<_, redb::Error>(value.map(|value| value.value().to_vec()))
                };
                let found = read(&facts, "genesis")?.zip(read(&facts, "schema")?);
                if found.is_none() {
                    facts.insert("genesis", &genesis.0[..])?;
                    facts.insert("schema", &[SCHEMA][..])?;
                }
                found
            };
            write.commit()?;
            Ok(found)
        })?;
        let Some((found, schema)) = found else {
            return Ok(());
        };
        if schema != [SCHEMA] {
            return Err(StoreError::OtherVersion(self.path.clone()));
        }
        let found: [u8; 32] = (found.try_into()).map_err(|_| self.damaged("its identity"))?;
        if found != genesis.0 {
            return Err(StoreError::OtherNetwork {
                path: self.path.clone(),
                found: HashBytes(found),
                expected: *genesis,
            });
        }
        Ok(())
    }

    fn run<T>(&self, run: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, StoreError> {
        run().map_err(|cause| StoreError::Disk {
            path: self.path.clone(),
            cause: Box::new(cause),
        })
    }

    fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            what: what.into(),
        }
    }

    /// Writes a block and all that goes with it. It is on disk when this returns.
    ///
    /// Fails when the disk is full or broken; then nothing of it is written.
    pub fn commit(&self, commit: &Commit<'_>) -> Result<(), StoreError> {
        let certified =
            (commit.certified.encode()).map_err(|refusal| self.damaged(refusal.to_string()))?;
        self.run(|| {
            let at = (commit.chain, commit.height);
            let write = self.database.begin_write()?;
            write.open_table(BLOCKS)?.insert(at, commit.block)?;
            write.open_table(HEADERS)?.insert(at, &certified[..])?;
            if commit.is_turn {
                write.open_table(TURNS)?.insert(at, ())?;
            }
            let mut sent = write.open_table(SENT)?;
            for (to, number, message) in &commit.sent {
                let place = (commit.chain, *to, *number);
                sent.insert(place, &Boc::encode(*message)[..])?;
            }
            for (from, count) in &commit.imported {
                let done = (*from, commit.chain, 0)..(*from, commit.chain, *count);
                sent.retain_in(done, |_, _| false)?;
            }
            drop(sent);
            let decided =
                (commit.chain, 0, 0, [0; 32])..(commit.chain, commit.height + 1, 0, [0; 32]);
            (write.open_table(PROPOSALS)?).retain_in(decided, |_, _| false)?;
            if let Some(state) = &commit.state {
                write.open_table(STATES)?.insert(commit.chain, &state[..])?;
            }
            write.commit()?;
            Ok(())
        })
    }

    /// Replaces the certificate of a block by a better one.
    ///
    /// Fails when the disk is full or broken.
    pub fn certify(
        &self,
        chain: ChainId,
        height: u64,
        certified: &CertifiedHeader,
    ) -> Result<(), StoreError> {
        let encoded = (certified.encode()).map_err(|refusal| self.damaged(refusal.to_string()))?;
        self.run(|| {
            let mut write = self.database.begin_write()?;
            // the block itself is safe already
            write.set_durability(redb::Durability::None)?;
            write
                .open_table(HEADERS)?
                .insert((chain, height), &encoded[..])?;
            write.commit()?;
            Ok(())
        })
    }

    /// Writes an encoded proposal. It is on disk when this returns.
    ///
    /// Fails when the disk is full or broken.
    pub fn keep_proposal(
        &self,
        chain: ChainId,
        height: u64,
        round: u32,
        id: &HashBytes,
        encoded: &[u8],
    ) -> Result<(), StoreError> {
        self.run(|| {
            let write = self.database.begin_write()?;
            write
                .open_table(PROPOSALS)?
                .insert((chain, height, round, id.0), encoded)?;
            write.commit()?;
            Ok(())
        })
    }

    /// Returns all proposals of a height.
    ///
    /// Fails when the disk is broken.
    pub fn proposals(&self, chain: ChainId, height: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        self.run(|| {
            let read = self.database.begin_read()?;
            let all = (chain, height, 0, [0; 32])..(chain, height + 1, 0, [0; 32]);
            let mut found = Vec::new();
            for entry in read.open_table(PROPOSALS)?.range(all)? {
                found.push(entry?.1.value().to_vec());
            }
            Ok(found)
        })
    }

    /// Stores the state of a chain. It is on disk when this returns.
    ///
    /// Fails when the disk is full or broken.
    pub fn keep_state(&self, chain: ChainId, state: &[u8]) -> Result<(), StoreError> {
        self.run(|| {
            let write = self.database.begin_write()?;
            write.open_table(STATES)?.insert(chain, state)?;
            write.commit()?;
            Ok(())
        })
    }

    /// Returns the stored state of a chain.
    ///
    /// Fails when the disk is broken.
    pub fn state(&self, chain: ChainId) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|| {
            let read = self.database.begin_read()?;
            let found = read.open_table(STATES)?.get(chain)?;
            Ok(found.map(|state| state.value().to_vec()))
        })
    }

    /// Returns an encoded block with its certificate.
    ///
    /// Fails when the disk is broken or the store damaged.
    pub fn block(
        &self,
        chain: ChainId,
        height: u64,
    ) -> Result<Option<(Vec<u8>, CertifiedHeader)>, StoreError> {
        let found = self.run(|| {
            let read = self.database.begin_read()?;
            let block = read.open_table(BLOCKS)?.get((chain, height))?;
            let header = read.open_table(HEADERS)?.get((chain, height))?;
            let bytes = |guard: redb::AccessGuard<'_, &[u8]>| guard.value().to_vec();
            Ok(block.map(bytes).zip(header.map(bytes)))
        })?;
        let Some((block, header)) = found else {
            return Ok(None);
        };
        Ok(Some((block, self.read_header(chain, height, &header)?)))
    }

    /// Returns the header of a block with its certificate.
    ///
    /// Fails when the disk is broken or the store damaged.
    pub fn header(
        &self,
        chain: ChainId,
        height: u64,
    ) -> Result<Option<CertifiedHeader>, StoreError> {
        let found = self.run(|| {
            let read = self.database.begin_read()?;
            let header = read.open_table(HEADERS)?.get((chain, height))?;
            Ok(header.map(|header| header.value().to_vec()))
        })?;
        let read = found.map(|header| self.read_header(chain, height, &header));
        read.transpose()
    }

    fn read_header(
        &self,
        chain: ChainId,
        height: u64,
        bytes: &[u8],
    ) -> Result<CertifiedHeader, StoreError> {
        CertifiedHeader::decode(bytes)
            .map_err(|_| self.damaged(format!("header {height} of chain {chain}")))
    }

    /// Returns the heights after `after` whose blocks change the set of a chain.
    ///
    /// Fails when the disk is broken.
    pub fn turns(&self, chain: ChainId, after: u64) -> Result<Vec<u64>, StoreError> {
        self.run(|| {
            let read = self.database.begin_read()?;
            let later = (chain, after.saturating_add(1))..=(chain, u64::MAX);
            let mut found = Vec::new();
            for entry in read.open_table(TURNS)?.range(later)? {
                found.push(entry?.0.value().1);
            }
            Ok(found)
        })
    }

    /// Returns all messages from one chain to another that were not imported: number of the first one, and the messages.
    ///
    /// Fails when the disk is broken or the store damaged.
    pub fn sent(&self, from: ChainId, to: ChainId) -> Result<(u64, Vec<Cell>), StoreError> {
        let found = self.run(|| {
            let read = self.database.begin_read()?;
            let mut found = Vec::new();
            let all = (from, to, 0)..=(from, to, u64::MAX);
            for entry in read.open_table(SENT)?.range(all)? {
                let (place, bytes) = entry?;
                found.push((place.value().2, bytes.value().to_vec()));
            }
            Ok(found)
        })?;
        let first = found.first().map_or(0, |(number, _)| *number);
        let mut messages = Vec::with_capacity(found.len());
        for (expected, (number, bytes)) in (first..).zip(found) {
            let message = Boc::decode(&bytes).ok().filter(|_| number == expected);
            let what = || self.damaged(format!("message {number} from chain {from} to chain {to}"));
            messages.push(message.ok_or_else(what)?);
        }
        Ok((first, messages))
    }
}
