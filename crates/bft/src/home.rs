//! The directory of an engine.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a write-ahead log may stay locked. The engine's thread that writes it ends a little after the engine.
const LOCKED: Duration = Duration::from_secs(10);

/// How often a locked log is looked at.
const POLL: Duration = Duration::from_millis(10);

/// Returns the write-ahead log in a directory, which is made if there is none.
///
/// Fails only when the directory cannot be used, or another engine uses it.
pub(crate) async fn log(home: &Path) -> io::Result<PathBuf> {
    std::fs::create_dir_all(home)?;
    let path = home.join("consensus.wal");
    let began = Instant::now();
    while is_locked(&path)? {
        if began.elapsed() > LOCKED {
            let error = "its write-ahead log is in use by another engine";
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, error));
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(path)
}

/// Whether a log is there that an engine has locked.
fn is_locked(path: &Path) -> io::Result<bool> {
    let file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match File::try_lock(&file) {
        // closing it unlocks it
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_log_in_use_is_waited_for() {
        let home = tempfile::tempdir().unwrap();
        let path = log(&home.path().join("engine")).await.unwrap();
        let file = File::create(&path).unwrap();
        file.lock().unwrap();
        assert!(is_locked(&path).unwrap());
        let end = std::thread::spawn(move || {
            std::thread::sleep(5 * POLL);
            drop(file);
        });
        log(path.parent().unwrap()).await.unwrap();
        end.join().unwrap();
        assert!(!is_locked(&path).unwrap());
    }
}
