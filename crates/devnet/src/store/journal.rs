//! A journal of accepted external messages that are in no stored block.
//!
//! A sender learns that a message was accepted before any block contains it. Append-only files hold such messages until a
//! block is stored that contains them or queues them. An appended message has reached the system before the sender is
//! notified, so a killed process loses none; the disk is not synced, so a machine that loses power may lose the last messages
//! that were in no block.
//!
//! A message that could not be written completely, as on a full disk, leaves nothing, and messages after a partial one are
//! still found.
//!
//! There is one file for each turn, or several if one could not be written any more: it is closed when its messages are
//! queued, and deleted when a later state is stored. The state names the last turn that it includes, so no message is queued
//! twice.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};

/// Length and checksum.
const HEAD_BYTES: usize = 4 + 32;
/// Maximum number of bytes read of one file; no more arrive between two blocks.
const MAX_FILE_BYTES: u64 = 1 << 30;
/// Magic number of a bag of cells.
const BOC_MAGIC: [u8; 4] = [0xb5, 0xee, 0x9c, 0x72];
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
    /// The last turn whose messages, and those of all earlier turns, were queued.
    ended: u64,
    /// Created with the first message.
    file: Option<File>,
}

impl Journal {
    /// Opens the journal of a directory, deletes the files included in a state with turn `kept`, and reads the rest, which must
    /// be queued first.
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
                // messages that wait are not queued before the caller says so
                ended: kept,
                file: None,
            }),
        };
        Ok((journal, waiting))
    }

    /// Returns the number of the last turn that has ended: its messages, and those of all earlier turns, were queued.
    pub fn turned(&self) -> u64 {
        self.lock().ended
    }

    /// Deletes the files of all turns up to one that a stored state includes.
    ///
    /// Fails when a file cannot be deleted.
    pub fn forget(&self, kept: u64) -> Result<()> {
        // the number grows by one, so few missing files are tried
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

impl ddvs_embedded::Journal for Journal {
    fn append(&self, message: &Cell) -> Result<()> {
        let boc = Boc::encode(message);
        let mut bytes = Vec::with_capacity(HEAD_BYTES + boc.len());
        bytes.extend(u32::try_from(boc.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(Boc::file_hash(&boc).as_slice());
        bytes.extend(boc);
        let mut turn = self.lock();
        let path = self.path(turn.number);
        let mut file = match turn.file.take() {
            Some(file) => file,
            None => OpenOptions::new().create(true).append(true).open(path)?,
        };
        let length = file.metadata().map(|file| file.len());
        // in one call, so that a kill leaves all of it, or a part that can be recognised
        let written = file.write_all(&bytes);
        if written.is_err() && length.and_then(|length| file.set_len(length)).is_err() {
            // its end is unreliable: the next message goes into another file
            turn.number += 1;
        } else {
            turn.file = Some(file);
        }
        written
    }

    fn turn(&self) {
        let mut turn = self.lock();
        if turn.file.take().is_some() {
            turn.number += 1;
        }
        turn.ended = turn.number - 1;
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

/// Returns all complete messages. An incomplete one was not reported as accepted.
fn messages(mut bytes: &[u8]) -> Vec<Cell> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        match first(bytes) {
            Some((message, rest)) => {
                found.push(message);
                bytes = rest;
            }
            None => bytes = next(bytes),
        }
    }
    found
}

/// Returns the message at the beginning, and the rest.
fn first(bytes: &[u8]) -> Option<(Cell, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
    let [a, b, c, d, hash @ ..] = *head;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    let (boc, rest) = rest.split_at_checked(length)?;
    if Boc::file_hash(boc) != HashBytes(hash) {
        return None;
    }
    Some((Boc::decode(boc).ok()?, rest))
}

/// Returns the rest from the next position, after the first byte, where a bag of cells may begin behind a head.
fn next(bytes: &[u8]) -> &[u8] {
    let places = bytes.windows(HEAD_BYTES + BOC_MAGIC.len()).skip(1);
    let place = { places }.position(|window| window.ends_with(&BOC_MAGIC));
    place.map_or(&[], |place| &bytes[place + 1..])
}

#[cfg(test)]
mod tests {
    use ddvs_embedded::Journal as _;
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
        // killed after the state was stored, before the file was deleted: nothing is queued twice
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

    /// Two messages with a partial one between them, as an earlier version left after a full disk.
    #[test]
    fn what_follows_a_part_of_a_message_is_found() {
        let dir = tempfile::tempdir().expect("a directory");
        let (journal, _) = Journal::open(dir.path(), 0).expect("opens");
        journal.append(&message(1)).expect("writes");
        let path = journal.path(1);
        let one = std::fs::read(&path).expect("is there");
        for length in 1..one.len() {
            let all = [&one, &one[..length], &one].concat();
            std::fs::write(&path, all).expect("writes");
            let read = read(dir.path(), 0);
            assert_eq!(read, [message(1), message(1)], "{length} bytes between");
        }
    }

    #[test]
    fn a_file_that_cannot_be_written_any_more_is_left_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let (journal, _) = Journal::open(dir.path(), 0).expect("opens");
        journal.append(&message(1)).expect("writes");
        // neither written nor truncated
        journal.lock().file = Some(File::open(journal.path(1)).expect("opens"));
        journal.append(&message(2)).expect_err("is not taken in");
        journal.append(&message(3)).expect("goes elsewhere");
        assert_eq!(read(dir.path(), 0), [message(1), message(3)]);
        // a block that is stored meanwhile contains none of them, although there is another file by now
        journal.forget(journal.turned()).expect("deletes");
        assert_eq!(read(dir.path(), journal.turned()), [message(1), message(3)]);
        let last = turn(&journal);
        journal.forget(last).expect("deletes");
        assert!(files(dir.path()).expect("lists").is_empty());
    }

    /// Passes the directory to the process that may write only files of this size.
    const CHILD_DIR: &str = "DDVS_FULL_DISK_TEST_DIR";

    /// A message of about this many bytes.
    fn long(bytes: u16) -> Cell {
        let mut builder = CellBuilder::new();
        builder.store_raw(&[7; 127], 1_016).expect("fits");
        if bytes > 127 {
            builder.store_reference(long(bytes - 127)).expect("fits");
            builder
                .store_reference(message(bytes.into()))
                .expect("fits");
        }
        builder.build().expect("builds")
    }

    #[test]
    fn full_disk_child() {
        let Some(dir) = std::env::var_os(CHILD_DIR) else {
            return;
        };
        let (journal, _) = Journal::open(Path::new(&dir), 0).expect("opens");
        journal.append(&message(1)).expect("there is room");
        journal.append(&long(4_000)).expect_err("there is none");
        journal.append(&message(2)).expect("there is room for this");
    }

    /// A limit on the file size acts like a full disk: a part is written, then the system fails.
    #[test]
    fn what_is_taken_in_after_a_full_disk_is_not_lost() {
        let dir = tempfile::tempdir().expect("a directory");
        let test = std::env::current_exe().expect("has a path");
        let done = std::process::Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" --exact store::journal::tests::full_disk_child"])
            .arg(test)
            .env(CHILD_DIR, dir.path())
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
        assert_eq!(read(dir.path(), 0), [message(1), message(2)]);
    }
}
