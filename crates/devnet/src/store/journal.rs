//! External messages that were taken in and are in no block that is kept.
//!
//! A sender is told that a message was taken in before any block has it. Files that are only appended to hold such
//! messages until a block is kept, which has them or has them waiting. What is appended has reached the system before
//! the sender hears of it, so a process that is killed loses none; the disk is not waited for, so a machine that loses
//! power may lose the last ones that were in no block.
//!
//! There is one file for each turn: it is closed when its messages go into the network's queues, and deleted when a state
//! of after that is kept. The state names the last turn that it has, so no message comes twice.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};

/// Length and checksum.
const HEAD_BYTES: usize = 4 + 32;
/// Bytes that are read of one file; more do not come between two blocks.
const MAX_FILE_BYTES: u64 = 1 << 30;
const PREFIX: &str = "externals-";

/// The journal.
#[derive(Debug)]
pub(crate) struct Journal {
    dir: PathBuf,
    turn: Mutex<Turn>,
}

#[derive(Debug)]
struct Turn {
    number: u64,
    /// Made with the first message.
    file: Option<File>,
}

impl Journal {
    /// Opens the journal of a directory, deletes what a state has that includes turn `kept`, and reads the rest: it goes
    /// into the network's queues first.
    ///
    /// Fails when the directory cannot be read or written.
    pub fn open(dir: &Path, kept: u64) -> Result<(Self, Vec<Cell>)> {
        let mut waiting = Vec::new();
        let mut last = kept;
        for (number, path) in files(dir)? {
            if number <= kept {
                std::fs::remove_file(path)?;
                continue;
            }
            let mut bytes = Vec::new();
            File::open(path)?
                .take(MAX_FILE_BYTES)
                .read_to_end(&mut bytes)?;
            waiting.extend(messages(&bytes));
            last = last.max(number);
        }
        let journal = Self {
            dir: dir.to_owned(),
            turn: Mutex::new(Turn {
                number: last + 1,
                file: None,
            }),
        };
        Ok((journal, waiting))
    }

    /// Number of the last turn that has ended.
    pub fn turned(&self) -> u64 {
        self.lock().number - 1
    }

    /// Deletes the files of all turns up to one: a state is kept that has it.
    ///
    /// Fails when a file cannot be deleted.
    pub fn forget(&self, kept: u64) -> Result<()> {
        // the number grows by one, so few are looked for in vain
        for number in (0..=kept).rev() {
            match std::fs::remove_file(self.path(number)) {
                Ok(()) => {}
                Err(cause) if cause.kind() == ErrorKind::NotFound => break,
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{PREFIX}{number:020}"))
    }

    fn lock(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ddvs_api::Journal for Journal {
    fn append(&self, message: &Cell) -> Result<()> {
        let boc = Boc::encode(message);
        let mut bytes = Vec::with_capacity(HEAD_BYTES + boc.len());
        bytes.extend(u32::try_from(boc.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(Boc::file_hash(&boc).as_slice());
        bytes.extend(boc);
        let mut turn = self.lock();
        let path = self.path(turn.number);
        let file = match &mut turn.file {
            Some(file) => file,
            none => none.insert(OpenOptions::new().create(true).append(true).open(path)?),
        };
        // at once, so that a kill leaves all of it, or a part that is seen to be one
        file.write_all(&bytes)
    }

    fn turn(&self) {
        let mut turn = self.lock();
        if turn.file.take().is_some() {
            turn.number += 1;
        }
    }
}

/// All files with their numbers, ascending.
fn files(dir: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        found.extend(number.map(|number| (number, entry.path())));
    }
    found.sort_unstable();
    Ok(found)
}

/// All messages up to the first that is not whole: nobody was told of what follows.
fn messages(mut bytes: &[u8]) -> Vec<Cell> {
    let mut found = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<HEAD_BYTES>() {
        let [a, b, c, d, hash @ ..] = *head;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let Some((boc, rest)) = rest.split_at_checked(length) else {
            break;
        };
        if Boc::file_hash(boc) != HashBytes(hash) {
            break;
        }
        let Ok(message) = Boc::decode(boc) else {
            break;
        };
        found.push(message);
        bytes = rest;
    }
    found
}

#[cfg(test)]
mod tests {
    use ddvs_api::Journal as _;
    use tycho_types::cell::CellBuilder;

    use super::*;

    fn turn(journal: &Journal) -> u64 {
        journal.turn();
        journal.turned()
    }

    fn message(number: u64) -> Cell {
        CellBuilder::build_from(number).expect("fits")
    }

    fn read(dir: &Path, kept: u64) -> Vec<Cell> {
        Journal::open(dir, kept).expect("opens").1
    }

    #[test]
    fn messages_are_there_until_a_state_has_them() {
        let dir = tempfile::tempdir().expect("a directory");
        let (journal, waiting) = Journal::open(dir.path(), 0).expect("opens");
        assert!(waiting.is_empty());
        assert_eq!(turn(&journal), 0, "no message, no turn");
        journal.append(&message(1)).expect("writes");
        journal.append(&message(2)).expect("writes");
        let last = turn(&journal);
        assert_eq!((last, turn(&journal)), (1, 1));
        // came while the block of turn 1 was made
        journal.append(&message(3)).expect("writes");
        assert_eq!(read(dir.path(), 0), [message(1), message(2), message(3)]);
        journal.forget(last).expect("deletes");
        assert_eq!(read(dir.path(), last), [message(3)]);
        // killed after the state was kept, before the file was deleted: nothing comes twice
        let last = turn(&journal);
        assert!(read(dir.path(), last).is_empty());
        assert!(read(dir.path(), last).is_empty());
    }

    #[test]
    fn numbers_go_on_after_a_restart() {
        let dir = tempfile::tempdir().expect("a directory");
        let (journal, _) = Journal::open(dir.path(), 4).expect("opens");
        journal.append(&message(1)).expect("writes");
        drop(journal);
        let (journal, waiting) = Journal::open(dir.path(), 4).expect("opens");
        assert_eq!(waiting, [message(1)]);
        journal.append(&message(2)).expect("writes");
        let last = turn(&journal);
        assert!(last > 5, "the turn of before is part of it");
        journal.forget(last).expect("deletes");
        assert!(read(dir.path(), last).is_empty());
        assert!(files(dir.path()).expect("lists").is_empty());
    }

    #[test]
    fn a_part_of_a_message_is_none() {
        let dir = tempfile::tempdir().expect("a directory");
        let (journal, _) = Journal::open(dir.path(), 0).expect("opens");
        journal.append(&message(1)).expect("writes");
        let path = journal.path(1);
        let first = std::fs::metadata(&path).expect("is there").len();
        journal.append(&message(2)).expect("writes");
        let all = std::fs::read(&path).expect("is there");
        for length in first..all.len() as u64 {
            std::fs::write(&path, &all[..length as usize]).expect("writes");
            assert_eq!(read(dir.path(), 0), [message(1)], "{length} bytes");
        }
        let mut changed = all.clone();
        *changed.last_mut().expect("has bytes") ^= 1;
        std::fs::write(&path, changed).expect("writes");
        assert_eq!(read(dir.path(), 0), [message(1)]);
    }
}
