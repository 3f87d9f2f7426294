//! A network that keeps a limited number of blocks: its files stop growing, and it resumes from what is kept.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ddvs_client::Live;
use ddvs_devnet::{Activity, KeptNetwork, Running, Wanted};
use ddvs_index::Keep;

const CHAINS: [i8; 3] = [-1, 0, 1];
const KEPT: u32 = 100;
const EARLY: u32 = 4 * KEPT;
const LATE: u32 = 13 * KEPT;

fn start(dir: &Path) -> Running {
    let wanted = Wanted {
        workchains: Some(2),
        validators: Some(3),
        block_time_ms: Some(20),
        unlock_s: Some(3),
        seed: Some(5),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let kept = KeptNetwork::open(dir, &wanted, now.as_secs() as u32, false).unwrap();
    let options = kept.options.clone();
    let mut running = Running::start_kept(kept).unwrap();
    running.keep(Keep::Blocks(KEPT)).unwrap();
    running.act(Activity::new(options)).unwrap();
    running
}

/// Waits until the index has this many blocks of each chain, and older ones were removed.
fn until(running: &Running, seqno: u32) {
    let begin = Instant::now();
    loop {
        let reader = running.index.read().unwrap();
        let pruned = reader.pruned().unwrap();
        let is_there = CHAINS.iter().all(|chain| {
            let head = reader.head(*chain).unwrap().map_or(0, |head| head.at.seqno);
            let first = pruned.chains.get(chain).map_or(0, |first| first.seqno);
            head >= seqno && first + 2 * KEPT > head
        });
        if is_there {
            return;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(120),
            "block {seqno}: {pruned:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn bytes(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

#[test]
fn files_stop_growing_and_a_restart_continues() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = start(dir.path());
    // files grow in steps, and the last thousand batches stay however old they are
    until(&running, EARLY);
    let early = bytes(dir.path());
    until(&running, LATE);
    let late = bytes(dir.path());
    eprintln!("{early} bytes after {EARLY} blocks, {late} after {LATE}");
    // without removal there would be three times as much; on a busy machine it happens later
    assert!(late <= 2 * early, "{early} bytes became {late}");
    running.stop();
    let before = {
        let reader = running.index.read().unwrap();
        CHAINS.map(|chain| reader.head(chain).unwrap().unwrap().at)
    };
    let pruned = running.index.read().unwrap().pruned().unwrap();
    drop(running);

    let running = start(dir.path());
    let reader = running.index.read().unwrap();
    for at in before {
        // the last block is there, and so is the first kept one
        let block = reader.block(at.chain, at.seqno).unwrap().unwrap();
        assert_eq!(block.at, at);
        let live = running.live.head(at.chain).unwrap();
        assert!(live.seqno >= at.seqno);
        let first = reader.pruned().unwrap().chains[&at.chain];
        assert!(first.seqno >= pruned.chains[&at.chain].seqno);
        assert!(reader.block(at.chain, first.seqno).unwrap().is_some());
    }
    drop(reader);
    until(&running, before[0].seqno + KEPT);
}
