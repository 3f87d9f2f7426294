//! Simulated people. They come later.

use std::sync::atomic::{AtomicBool, Ordering};

use ddvs_api::EmbeddedLive;

/// Simulated people.
#[derive(Debug)]
pub struct Activity {}

impl Activity {
    /// Acts until it shall stop.
    pub(super) fn run(self, _live: &EmbeddedLive, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}
