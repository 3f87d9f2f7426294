//! Storing and repeating an input that failed.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::prelude::*;

/// Size above which inputs are printed only as the path of a file.
const MAX_PRINTED: usize = 1 << 12;

const VARIABLE: &str = "DDVS_FUZZ_REPLAY";

/// Returns the input that the environment selects for this target.
///
/// # Panics
///
/// When the variable names this target but contains no input.
pub(crate) fn wanted(target: &str) -> Option<Vec<u8>> {
    let variable = std::env::var(VARIABLE).ok()?;
    let place = variable.strip_prefix(target)?.strip_prefix(':')?;
    let found = match place.split_once(':') {
        Some(("file", path)) => std::fs::read(path).map_err(|error| error.to_string()),
        Some(("base64", text)) => BASE64_STANDARD
            .decode(text)
            .map_err(|error| error.to_string()),
        _ => Err("it is <target>:file:<path> or <target>:base64:<text>".to_owned()),
    };
    Some(found.unwrap_or_else(|error| panic!("{VARIABLE}: {error}")))
}

pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Returns 1, or the seed in the environment.
pub(crate) fn seed() -> u64 {
    match std::env::var("DDVS_FUZZ_SEED").as_deref() {
        Ok("clock") => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |now| now.as_nanos() as u64),
        Ok(seed) => seed.parse().unwrap_or(1),
        Err(_) => 1,
    }
}

/// Prints how to repeat the input.
pub(crate) fn tell(target: &str, seed: u64, input: &[u8]) {
    let place = if input.len() <= MAX_PRINTED {
        format!("base64:{}", BASE64_STANDARD.encode(input))
    } else {
        format!("file:{}", path(target).display())
    };
    eprintln!(
        "DDVS_FUZZ_SEED={seed}, the input of {} bytes runs again with\n{VARIABLE}={target}:{place}",
        input.len()
    );
}

fn path(target: &str) -> PathBuf {
    std::env::temp_dir().join(format!("ddvs-fuzz-{target}"))
}

/// The current input, in a file.
pub(crate) struct Kept {
    path: PathBuf,
    /// `None` if no file can be created: then only inputs that do not end the process are reported.
    file: Option<File>,
}

impl Kept {
    pub fn new(target: &str) -> Self {
        let path = path(target);
        Self {
            file: File::create(&path).ok(),
            path,
        }
    }

    pub fn keep(&mut self, input: &[u8]) {
        let Some(file) = &mut self.file else { return };
        let kept = file
            .rewind()
            .and_then(|()| file.write_all(input))
            .and_then(|()| file.set_len(input.len() as u64));
        if kept.is_err() {
            self.file = None;
        }
    }

    /// Deletes the file, since nothing failed.
    pub fn forget(self) {
        if self.file.is_some() {
            let _ = std::fs::remove_file(self.path);
        }
    }
}
