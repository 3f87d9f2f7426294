//! Files of a stored network that are damaged, empty or unfinished: each is reported with its name and advice, or the
//! network resumes.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use common::{NOW_S, STATE, ran, wanted};
use ddvs_devnet::KeptNetwork;
use tempfile::TempDir;

const INDEX: &str = "index.redb";
/// Names the directory to the process that is to be killed.
const CHILD_DIR: &str = "DDVS_FIRST_START_TEST_DIR";
/// First starts that are killed.
const STARTS: u32 = 24;

fn open(dir: &Path, rebuild_index: bool) -> Result<KeptNetwork, String> {
    let opened = KeptNetwork::open(dir, &wanted(), NOW_S, rebuild_index);
    opened.map_err(|error| format!("{error:#}"))
}

/// A network that made some blocks.
fn made() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    drop(ran(dir.path(), 12));
    dir
}

fn copy_of(whole: &TempDir) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(whole.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
    }
    dir
}

/// Damages of a file, one after the other: pages that are zero, changed or of another place, ends that are missing.
fn damages(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut damages = Vec::new();
    let page = 4_096;
    for part in 0..16 {
        let at = (whole.len() / 16 * part) / page * page;
        for kind in ["zero", "changed", "moved", "cut"] {
            let mut bytes = whole.to_vec();
            let end = (at + page).min(bytes.len());
            match kind {
                "zero" => bytes[at..end].fill(0),
                "changed" => bytes[at + 100] ^= 0x55,
                "moved" => bytes.copy_within(..end - at, at),
                _ => bytes.truncate(at + 10),
            }
            damages.push((format!("{kind} at {at}"), bytes));
        }
    }
    for at in 0..64 {
        let mut bytes = whole.to_vec();
        bytes[at * 3] ^= 0xff;
        damages.push((format!("byte {}", at * 3), bytes));
    }
    damages
}

/// Damages a file in each way, or in every n-th one, and passes the refused directories with their errors to `look`.
/// The file is named each time. Returns how many were refused.
fn refused(file: &str, every: usize, mut look: impl FnMut(&Path, &str)) -> usize {
    let whole = made();
    let bytes = fs::read(whole.path().join(file)).unwrap();
    let mut told = 0;
    for (damage, bytes) in damages(&bytes).into_iter().step_by(every) {
        let dir = copy_of(&whole);
        let path = dir.path().join(file);
        fs::write(&path, bytes).unwrap();
        if let Err(said) = open(dir.path(), false) {
            told += 1;
            let said = format!("{damage}: {said}");
            assert!(said.contains(&path.display().to_string()), "{said}");
            look(dir.path(), &said);
        }
    }
    told
}

#[test]
fn a_damaged_state_is_told_by_its_name() {
    let told = refused(STATE, 1, |dir, said| {
        let advice = ["copy", "another directory", "use the version"];
        assert!(advice.iter().any(|word| said.contains(word)), "{said}");
        assert!(dir.join(STATE).exists(), "{said}");
    });
    assert!(told > 20, "{told} damages were told");
}

#[test]
fn a_damaged_index_is_told_by_its_name_and_made_anew() {
    let told = refused(INDEX, 3, |dir, said| {
        assert!(said.contains("--rebuild-index"), "{said}");
        let kept = open(dir, true).unwrap();
        assert_eq!(kept.index().read().unwrap().cursor().unwrap(), None);
    });
    assert!(told > 2, "{told} damages were told");
}

#[test]
fn a_state_that_is_gone_is_not_made_anew_beside_its_history() {
    let whole = made();
    for is_empty in [true, false] {
        let dir = copy_of(&whole);
        let path = dir.path().join(STATE);
        match is_empty {
            true => fs::write(&path, "").unwrap(),
            false => fs::remove_file(&path).unwrap(),
        }
        for rebuild_index in [false, true] {
            let said = open(dir.path(), rebuild_index).unwrap_err();
            assert!(said.contains(&path.display().to_string()), "{said}");
            assert!(said.contains("restore it from a copy"), "{said}");
            assert!(
                !said.contains("rebuild") && !said.contains("delete"),
                "{said}"
            );
            assert!(dir.path().join(INDEX).exists());
        }
    }
}

#[test]
fn an_empty_state_alone_is_a_first_start() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(STATE), "").unwrap();
    fs::write(dir.path().join(format!("{STATE}.new-1")), "a part").unwrap();
    let kept = open(dir.path(), false).unwrap();
    assert!(!kept.is_old);
    assert!(!dir.path().join(format!("{STATE}.new-1")).exists());
}

/// Not a separate test: it is killed at some point.
#[test]
fn first_start_child() {
    if let Some(dir) = std::env::var_os(CHILD_DIR) {
        drop(open(Path::new(&dir), false).unwrap());
    }
}

fn start(dir: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "first_start_child"])
        .env(CHILD_DIR, dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_first_start_may_be_killed_at_any_moment() {
    if std::env::var_os(CHILD_DIR).is_some() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let begin = Instant::now();
    assert!(start(dir.path()).wait().unwrap().success());
    let whole = begin.elapsed();
    let mut killed = 0;
    for round in 0..STARTS {
        let dir = tempfile::tempdir().unwrap();
        let mut child = start(dir.path());
        std::thread::sleep(whole * (round + 1) / STARTS);
        child.kill().unwrap(); // SIGKILL
        killed += u32::from(!child.wait().unwrap().success());
        let names = || -> Vec<_> {
            let entries = fs::read_dir(dir.path()).unwrap();
            entries.map(|entry| entry.unwrap().file_name()).collect()
        };
        let left = names();
        open(dir.path(), false).unwrap_or_else(|said| panic!("round {round}, {left:?}: {said}"));
        assert!(
            names().iter().all(|name| name == STATE || name == INDEX),
            "{:?}",
            names()
        );
    }
    assert!(killed > STARTS / 3, "{killed} were killed on their way");
}
