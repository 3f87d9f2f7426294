//! Waiting: blocks, time, and chains that stop.

use ddvs_client::{Backend, ChainId, Operator};

use super::{MAX_BLOCKS, World};

impl World {
    /// Makes the next block.
    #[track_caller]
    pub fn step(&mut self) {
        self.watched()
            .next_block()
            .expect("the network answers")
            .expect("some chain makes blocks");
    }

    /// Makes blocks until no message waits anywhere.
    #[track_caller]
    pub fn settle(&mut self) {
        for _ in 0..10 * MAX_BLOCKS {
            if self.net.is_idle() {
                return;
            }
            self.step();
        }
        panic!("the network does not come to rest");
    }

    /// Makes blocks until `done`. Returns whether it was within `max_blocks`.
    #[track_caller]
    pub fn wait_for(&mut self, max_blocks: usize, mut done: impl FnMut(&Self) -> bool) -> bool {
        for _ in 0..max_blocks {
            if done(self) {
                return true;
            }
            self.step();
        }
        done(self)
    }

    /// The network's time, in Unix seconds.
    pub fn now(&self) -> u32 {
        (self.net.network().now_ms() / 1_000) as u32
    }

    /// Lets `seconds` pass on all live chains.
    #[track_caller]
    pub fn pass(&mut self, seconds: u32) {
        let until = self.net.network().now_ms() + u64::from(seconds) * 1_000;
        while self.net.network().now_ms() < until {
            self.step();
        }
    }

    /// Stops a chain.
    #[track_caller]
    pub fn silence(&mut self, chain: ChainId) {
        Operator::silence(&mut self.net, chain).expect("the chain exists");
    }

    /// Brings a chain back.
    #[track_caller]
    pub fn resume(&mut self, chain: ChainId) {
        Operator::resume(&mut self.net, chain).expect("the chain exists");
    }
}
