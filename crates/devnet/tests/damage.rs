//! Files of a kept network that are damaged, empty or unfinished: each is told by its name with what to do, or goes on.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic like the tests.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ddvs_client::Backend;
use ddvs_devnet::{KeptNetwork, Running, Wanted};
use tempfile::TempDir;

const NOW_S: u32 = 1_750_000_000;
const STATE: &str = "state.redb";
const INDEX: &str = "index.redb";
/// Names the directory to the process that is to be killed.
const CHILD_DIR: &str = "DDVS_FIRST_START_TEST_DIR";
/// First starts that are killed.
const STARTS: u32 = 24;

fn wanted() -> Wanted {
    Wanted {
        workchains: Some(1),
        validators: Some(2),
        block_time_ms: Some(50),
        seed: Some(7),
        ..Wanted::default()
    }
}

fn open(dir: &Path, rebuild_index: bool) -> Result<KeptNetwork, String> {
    let opened = KeptNetwork::open(dir, &wanted(), NOW_S, rebuild_index);
    opened.map_err(|error| format!("{error:#}"))
}

/// A network that made some blocks.
fn made() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut running = Running::start_kept(open(dir.path(), false).unwrap()).unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while running.live.read().cursor().unwrap() < 12 {
        assert!(Instant::now() < end, "waited in vain for blocks");
        std::thread::sleep(Duration::from_millis(10));
    }
    running.stop();
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

#[test]
fn a_damaged_state_is_told_by_its_name() {
    let whole = made();
    let bytes = fs::read(whole.path().join(STATE)).unwrap();
    let mut told = 0;
    for (damage, bytes) in damages(&bytes) {
        let dir = copy_of(&whole);
        let path = dir.path().join(STATE);
        fs::write(&path, bytes).unwrap();
        if let Err(said) = open(dir.path(), false) {
            told += 1;
            assert!(
                said.contains(&path.display().to_string()),
                "{damage}: {said}"
            );
            let advice = ["copy", "another directory", "go on with the version"];
            assert!(
                advice.iter().any(|word| said.contains(word)),
                "{damage}: {said}"
            );
            assert!(path.exists(), "{damage}: it is still there");
        }
    }
    assert!(told > 20, "{told} damages were told");
}

#[test]
fn a_damaged_index_is_told_by_its_name_and_made_anew() {
    let whole = made();
    let bytes = fs::read(whole.path().join(INDEX)).unwrap();
    let mut told = 0;
    for (damage, bytes) in damages(&bytes).into_iter().step_by(3) {
        let dir = copy_of(&whole);
        let path = dir.path().join(INDEX);
        fs::write(&path, bytes).unwrap();
        if let Err(said) = open(dir.path(), false) {
            told += 1;
            assert!(
                said.contains(&path.display().to_string()),
                "{damage}: {said}"
            );
            assert!(said.contains("--rebuild-index"), "{damage}: {said}");
            let kept = open(dir.path(), true).unwrap();
            assert_eq!(kept.index().read().unwrap().cursor().unwrap(), None);
        }
    }
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
            assert!(said.contains("put a copy of it back"), "{said}");
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

/// Not a test of its own: it is killed somewhere on its way.
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
