//! How much a block does, and who decides that it is enough.
//!
//! Gas bounds a block, and says little about the time that it takes. Whoever has a clock may end a block sooner; what is left
//! waits for the next one, in order. This crate has no clock: it asks a function before each step. Where a block ended is in
//! the block, as the number of its steps, so that the same block can be made again without a clock.

use crate::Block;

/// What a block has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Messages that were worked on: each came to a transaction, was dropped or went back.
    pub steps: usize,
    /// Gas of the transactions.
    pub gas_used: u64,
}

impl Work {
    /// What is in a block.
    pub fn of(block: &Block) -> Self {
        Self {
            steps: block.transactions.len() + block.dropped.len() + block.returned.len(),
            gas_used: block.gas_used,
        }
    }
}

/// Decides before each step but the first whether a block goes on. Once it said no, it is not asked again.
pub type GoesOn<'a> = dyn FnMut(Work) -> bool + 'a;
