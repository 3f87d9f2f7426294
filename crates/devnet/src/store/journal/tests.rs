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
fn partial_message_is_ignored() {
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
fn messages_after_a_partial_one_are_found() {
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
fn message_accepted_after_a_full_disk_is_not_lost() {
    let dir = tempfile::tempdir().expect("a directory");
    let test = std::env::current_exe().expect("has a path");
    let done = std::process::Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 2; exec \"$0\" --exact store::journal::tests::full_disk_child",
        ])
        .arg(test)
        .env(CHILD_DIR, dir.path())
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(read(dir.path(), 0), [message(1), message(2)]);
}
