//! Blocks that do not depend on each other, made on several threads.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ddvs_chain::Made;
use ddvs_types::{Block, ChainId};

use super::{Network, Site};
use crate::Fault;
use crate::import::Inbox;

/// Messages that must wait for blocks of at least two chains before threads are worth their start, which takes as long
/// as a few transactions.
const MIN_WAITING: usize = 16;

/// A block to be made.
type Job<'a> = (&'a mut Site, &'a mut Inbox);

impl Network {
    /// Sets the number of threads on which [`Self::step_together`] and [`Self::run_until`] make blocks, 1 at first.
    /// It has no influence on the blocks.
    pub fn set_workers(&mut self, workers: NonZeroUsize) {
        self.workers = workers;
    }

    /// Makes all blocks that are due at the time of the next one, in the order in which [`Self::step`] would, and
    /// returns them. None are returned if all chains are silenced.
    ///
    /// A message takes at least a millisecond to another chain unless the delays say otherwise, so these blocks cannot
    /// depend on each other.
    pub fn step_together(&mut self) -> Result<Vec<Arc<Block>>, Fault> {
        let Some((due_ms, _)) = self.next_due() else {
            return Ok(Vec::new());
        };
        let due: Vec<ChainId> = (self.chains.iter())
            .filter(|(_, site)| !site.schedule.silenced)
            .filter(|(_, site)| site.schedule.due_ms.max(self.now_ms) == due_ms)
            .map(|(&id, _)| id)
            .collect();
        if !self.is_worth_threads(&due) {
            return due.into_iter().map(|id| self.produce_block(id)).collect();
        }
        let workers = self.workers.get().min(due.len());
        let sites = self.chains.iter_mut().zip(self.queues.inboxes());
        let jobs = sites.filter(|((id, _), _)| due.contains(id));
        let jobs = jobs.map(|((id, site), (to, inbox))| {
            assert_eq!(*id, to, "every chain has an inbox");
            (site, inbox)
        });
        let jobs: Vec<Job<'_>> = jobs.collect();
        let mut blocks = Vec::with_capacity(due.len());
        for made in make(jobs, due_ms, workers)? {
            blocks.push(self.take_over(made)?);
        }
        if let Some(last) = blocks.last() {
            self.check_supply(last)?;
        }
        Ok(blocks)
    }

    /// Whether blocks of these chains at one time are independent, and together enough work.
    fn is_worth_threads(&mut self, due: &[ChainId]) -> bool {
        if self.workers.get() == 1 || self.delays.min_message_ms() == 0 {
            return false;
        }
        let sites = self.chains.iter().zip(self.queues.inboxes());
        let waiting = sites.filter(|((id, _), _)| due.contains(id));
        let waiting = waiting.map(|((_, site), (_, inbox))| site.waiting() + inbox.len());
        waiting.filter(|&waiting| waiting >= MIN_WAITING).count() >= 2
    }
}

/// Makes blocks on several threads, and returns them in the order of the jobs.
fn make(jobs: Vec<Job<'_>>, time_ms: u64, workers: usize) -> Result<Vec<Made>, Fault> {
    let count = jobs.len();
    let jobs = Mutex::new(jobs.into_iter().enumerate());
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut made = Vec::new();
        while let Some((place, (site, inbox))) = next() {
            made.push((place, site.make(inbox, time_ms, &mut |_| true)));
        }
        made
    };
    let mut made: Vec<_> = (0..count).map(|_| None).collect();
    thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(of_other) => all.extend(of_other),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        for (place, block) in all {
            made[place] = Some(block);
        }
    });
    made.into_iter().flatten().collect()
}
