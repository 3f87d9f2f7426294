//! Atomic creation of a file.
//!
//! A store under construction is not usable: a process that is killed meanwhile would leave a file that cannot be opened and
//! that nobody dares to delete. So it is created under another name, and renamed when it is complete and on disk.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// Suffix of unfinished files, before the number of the process.
const UNFINISHED: &str = ".new-";

/// Creates a file at `path` unless there is one. `make` gets another path in the same directory, and must have closed the file
/// when it returns. If another process creates the same file meanwhile, that one counts.
///
/// Fails when `make` does, or the directory cannot be written.
pub fn make_whole<E: From<Error>>(
    path: &Path,
    make: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    if !path.exists() {
        let unfinished = unfinished_of(path, std::process::id());
        remove(&unfinished)?;
        let made = make(&unfinished).and_then(|()| Ok(name(&unfinished, path)?));
        // also when it failed: a partial file is of no use
        remove(&unfinished)?;
        made?;
    }
    forget_unfinished(path)?;
    Ok(())
}

/// Whether a file in the directory of `path` is an unfinished version of it.
pub fn is_unfinished(path: &Path, name: &std::ffi::OsStr) -> bool {
    let begin = path.file_name().map(|own| {
        let mut begin = own.to_owned();
        begin.push(UNFINISHED);
        begin
    });
    let bytes = |name: &std::ffi::OsStr| name.as_encoded_bytes().to_owned();
    begin.is_some_and(|begin| bytes(name).starts_with(&bytes(&begin)))
}

fn unfinished_of(path: &Path, process: u32) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(format!("{UNFINISHED}{process}"));
    name.into()
}

/// Gives a complete file its name. Unlike renaming, a link never replaces another file.
fn name(unfinished: &Path, path: &Path) -> Result<(), Error> {
    File::open(unfinished)?.sync_all()?;
    match fs::hard_link(unfinished, path) {
        Ok(()) => {}
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => return Ok(()),
        Err(_) if path.exists() => return Ok(()),
        // file systems without links
        Err(_) => fs::rename(unfinished, path)?,
    }
    match path.parent().filter(|dir| *dir != Path::new("")) {
        Some(dir) => File::open(dir)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

/// Deletes unfinished files of processes that were killed.
///
/// Fails when the directory cannot be read or written.
pub fn forget_unfinished(path: &Path) -> Result<(), Error> {
    let dir = path.parent().filter(|dir| *dir != Path::new(""));
    for entry in fs::read_dir(dir.unwrap_or(Path::new(".")))? {
        let entry = entry?;
        if is_unfinished(path, &entry.file_name()) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).expect("lists");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("text");
        let mut names: Vec<_> = entries.map(|entry| name(entry.expect("lists"))).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store");
        // a partial file of a killed process
        fs::write(dir.path().join("store.new-1"), "pa").expect("writes");
        let failed = make_whole(&path, |part| {
            fs::write(part, "par")?;
            assert!(!path.exists());
            Err(Error::other("no more"))
        });
        assert_eq!(failed.expect_err("fails").to_string(), "no more");
        assert_eq!(names(dir.path()), ["store.new-1"]);
        make_whole(&path, |part| fs::write(part, "whole")).expect("makes");
        assert_eq!(names(dir.path()), ["store"]);
        make_whole(&path, |_| -> Result<(), Error> { panic!("it is there") }).expect("is there");
        assert_eq!(fs::read_to_string(&path).expect("reads"), "whole");
    }

    #[test]
    fn file_of_a_faster_process_is_not_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store");
        make_whole(&path, |part| {
            fs::write(&path, "of another process")?;
            fs::write(part, "mine")
        })
        .expect("makes");
        let text = fs::read_to_string(&path).expect("reads");
        assert_eq!(text, "of another process");
        assert_eq!(names(dir.path()), ["store"]);
    }
}
