//! A small network in a directory, which the tests of files share.

use std::path::Path;
use std::time::{Duration, Instant};

use ddvs_client::Backend;
use ddvs_devnet::{KeptNetwork, Running, Wanted};

pub const NOW_S: u32 = 1_750_000_000;
pub const STATE: &str = "state.redb";

pub fn wanted() -> Wanted {
    Wanted {
        workchains: Some(1),
        validators: Some(2),
        block_time_ms: Some(50),
        seed: Some(7),
        ..Wanted::default()
    }
}

pub fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A network that has made this many more blocks, and has stopped.
pub fn ran(dir: &Path, blocks: u64) -> Running {
    let kept = KeptNetwork::open(dir, &wanted(), NOW_S, false).unwrap();
    let mut running = Running::start_kept(kept).unwrap();
    let cursor = |running: &Running| running.live.read().cursor().unwrap();
    let from = cursor(&running);
    wait("blocks", || cursor(&running) >= from + blocks);
    running.stop();
    running
}
