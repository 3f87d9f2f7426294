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
mod tests;
