//! Requests that were signed and whose answer was not told yet. A command that is repeated finds its request here and goes on
//! with it, so that nothing is done twice; and the next request of the same account finds those that it must wait for.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use ddvs_people::{Kind, Signed, Site};
use serde::{Deserialize, Serialize};
use tycho_types::boc::Boc;
use tycho_types::models::StdAddr;

use super::home::{Home, make_dir, read_json, remove, write_json};
use super::stop::Stop;

/// Requests of one network that are looked at. Each is a command whose answer nobody has seen.
const MAX_ENTRIES: usize = 4_096;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    about: String,
    message: String,
    valid_until: u32,
    #[serde(default)]
    after_lt: u64,
    owner: StdAddr,
    target: StdAddr,
    count: usize,
    kind: Kind,
    /// Whether the command waited for the answer.
    #[serde(default = "yes")]
    waited: bool,
}

fn yes() -> bool {
    true
}

/// A request without an answer that was told.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is for.
    pub about: String,
    /// Itself.
    pub signed: Signed,
    /// Whether its command waited for the answer; else it was given with `--no-wait`.
    pub waited: bool,
    path: PathBuf,
}

impl Entry {
    fn read(path: &Path) -> Result<Option<Self>> {
        let Some(stored) = read_json::<Stored>(path)? else {
            return Ok(None);
        };
        let message = Boc::decode_base64(&stored.message)
            .with_context(|| format!("{} is damaged: remove it", path.display()))?;
        Ok(Some(Self {
            about: stored.about,
            signed: Signed {
                message,
                valid_until: stored.valid_until,
                after_lt: stored.after_lt,
                owner: stored.owner,
                target: stored.target,
                count: stored.count,
                kind: stored.kind,
            },
            waited: stored.waited,
            path: path.to_owned(),
        }))
    }

    /// Forgets it.
    pub fn clear(&self) -> Result<()> {
        remove(&self.path)
    }
}

fn requests(home: &Home, site: &Site) -> PathBuf {
    home.network(&site.network.genesis).join("requests")
}

/// One command's place in the journal.
#[derive(Debug, Clone)]
pub struct Place {
    path: PathBuf,
}

impl Place {
    /// The place of a command: the same words of the same key give the same one.
    pub fn new(home: &Home, site: &Site, owner: &StdAddr, words: &str) -> Self {
        let name = Boc::file_hash(format!("{owner} {words}").as_bytes()).to_string();
        let file = format!("{}.json", &name[..24]);
        Self {
            path: requests(home, site).join(file),
        }
    }

    /// The request of an earlier run whose answer was not told yet.
    ///
    /// Fails when the file is there but cannot be understood.
    pub fn find(&self) -> Result<Option<Entry>> {
        Entry::read(&self.path)
    }

    /// Notes a request before it is sent.
    pub fn put(&self, about: &str, signed: &Signed, waited: bool) -> Result<()> {
        let stored = Stored {
            about: about.to_owned(),
            message: Boc::encode_base64(&signed.message),
            valid_until: signed.valid_until,
            after_lt: signed.after_lt,
            owner: signed.owner.clone(),
            target: signed.target.clone(),
            count: signed.count,
            kind: signed.kind,
            waited,
        };
        write_json(&self.path, &stored)
    }

    /// Forgets it, once its answer was told.
    pub fn clear(&self) -> Result<()> {
        remove(&self.path)
    }
}

/// All requests of an account, by their numbers in it.
///
/// Fails when the directory is there but cannot be read.
pub fn of_account(home: &Home, site: &Site, owner: &StdAddr) -> Result<Vec<Entry>> {
    let dir = requests(home, site);
    let files = match fs::read_dir(&dir) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", dir.display())),
    };
    let mut found = Vec::new();
    for file in files.take(MAX_ENTRIES) {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        // what cannot be understood fails the command whose place it is, and no other one
        if let Ok(Some(entry)) = Entry::read(&path)
            && entry.signed.owner == *owner
        {
            found.push(entry);
        }
    }
    found.sort_by_key(|entry: &Entry| entry.signed.seqno());
    Ok(found)
}

/// One process at a time gives an account's requests their numbers. It ends with this value.
#[derive(Debug)]
pub struct Turn {
    _file: File,
}

impl Turn {
    /// Waits for the account's turn until `deadline`.
    ///
    /// Fails when another process has it for longer.
    pub fn take(home: &Home, site: &Site, owner: &StdAddr, deadline: Instant) -> Result<Self> {
        let dir = home.network(&site.network.genesis).join("accounts");
        make_dir(&dir)?;
        let path = dir.join(format!("{}.{}.lock", owner.address, owner.workchain));
        let context = || format!("locking {}", path.display());
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(context)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Stop::TimedOut(format!(
                        "another command sends from the account {owner}, and did not come to an end in time; give this one again"
                    ))
                    .into());
                }
                Err(TryLockError::Error(error)) => return Err(error).with_context(context),
            }
        }
    }
}
