//! A journal of signed requests whose answer was not reported yet. A repeated command finds its request here and
//! continues with it, so that nothing is done twice; and the next request of the same account finds those that it
//! must wait for.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use ddvs_people::{Kind, NetworkContext, Signed};
use serde::{Deserialize, Serialize};
use tycho_types::boc::Boc;
use tycho_types::models::StdAddr;

use super::home::{Home, make_dir, read_json, remove, write_json};
use ddvs_terminal::Stop;

/// Maximum number of requests of one network that are read. Each belongs to a command whose answer nobody has seen.
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

/// A request whose answer was not reported.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its purpose.
    pub about: String,
    /// The signed request.
    pub signed: Signed,
    /// Whether its command waited for the answer; otherwise it was given with `--no-wait`.
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

    /// Deletes it.
    pub fn clear(&self) -> Result<()> {
        remove(&self.path)
    }
}

fn requests(home: &Home, context: &NetworkContext) -> PathBuf {
    home.network(&context.network.genesis).join("requests")
}

/// One command's entry in the journal.
#[derive(Debug, Clone)]
pub struct Place {
    path: PathBuf,
}

impl Place {
    /// Returns the entry of a command: the same words of the same key give the same one.
    pub fn new(home: &Home, context: &NetworkContext, owner: &StdAddr, words: &str) -> Self {
        let name = Boc::file_hash(format!("{owner} {words}").as_bytes()).to_string();
        let file = format!("{}.json", &name[..24]);
        Self {
            path: requests(home, context).join(file),
        }
    }

    /// Returns the request of an earlier run whose answer was not reported yet.
    ///
    /// Fails when the file exists but cannot be read.
    pub fn find(&self) -> Result<Option<Entry>> {
        Entry::read(&self.path)
    }

    /// Records a request before it is sent.
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

    /// Deletes it, once its answer was reported.
    pub fn clear(&self) -> Result<()> {
        remove(&self.path)
    }
}

/// Returns all requests of an account, by their numbers.
///
/// Fails when the directory exists but cannot be read.
pub fn of_account(home: &Home, context: &NetworkContext, owner: &StdAddr) -> Result<Vec<Entry>> {
    let dir = requests(home, context);
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
        // an unreadable entry fails only its own command
        if let Ok(Some(entry)) = Entry::read(&path)
            && entry.signed.owner == *owner
        {
            found.push(entry);
        }
    }
    found.sort_by_key(|entry: &Entry| entry.signed.seqno());
    Ok(found)
}

/// A lock: one process at a time numbers an account's requests. Dropping it releases the lock.
#[derive(Debug)]
pub struct Turn {
    _file: File,
}

impl Turn {
    /// Waits for the account's lock until `deadline`.
    ///
    /// Fails when another process holds it for longer.
    pub fn take(
        home: &Home,
        context: &NetworkContext,
        owner: &StdAddr,
        deadline: Instant,
    ) -> Result<Self> {
        let dir = home.network(&context.network.genesis).join("accounts");
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
