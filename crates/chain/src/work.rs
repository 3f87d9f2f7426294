//! The amount of work in a block, and the callback that limits it.
//!
//! Gas limits a block, but says little about the time that it takes. A caller with a clock may end a block sooner;
//! remaining messages wait for the next one, in order. This crate has no clock: it calls a function before each step.
//! The block records its number of steps, so that the same block can be made again without a clock.

use ddvs_types::Block;

/// Work done by a block so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Number of processed messages: each caused a transaction, was dropped or returned.
    pub steps: usize,
    /// Gas used by the transactions.
    pub gas_used: u64,
}

impl Work {
    /// Returns the work in a block.
    pub fn of(block: &Block) -> Self {
        Self {
            steps: block.transactions.len() + block.dropped.len() + block.returned.len(),
            gas_used: block.gas_used,
        }
    }
}

/// Decides before each step except the first whether a block continues. Once it has returned false, it is not called
/// again.
pub type GoesOn<'a> = dyn FnMut(Work) -> bool + 'a;
