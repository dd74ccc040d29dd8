//! The blocks of cells that threads have of a registry, one each.
//!
//! A thread borrows a block with its first write and gives it back when it ends. A block keeps its values: whoever
//! borrows it next goes on with them, and a scrape adds up all blocks, so nothing is lost and nothing is counted twice.
//! Blocks are never freed, so a reference to one is good for ever; there are never more than threads that wrote at the
//! same time, and never more than a bound: threads beyond it write to the shared cells.

use std::ptr;
use std::sync::atomic::Ordering::Relaxed;

use crate::sync::{AtomicBool, AtomicU64, Mutex, MutexGuard, PoisonError, TryLockError};

/// The cells that a thread has to itself.
pub type Block = &'static [AtomicU64];

/// Blocks that are kept with the values of threads that ended; of further ones the values move to the shared cells, so
/// that a scrape need not read them.
const RESTED: usize = 32;

/// Cells in all blocks of a registry at most, 64 MiB.
const MOST_CELLS: usize = 1 << 23;

/// The blocks of one registry.
#[derive(Debug)]
pub(crate) struct Pool {
    blocks: Mutex<Blocks>,
    /// Whether there is no block to be had, so that threads without one need not ask for the lock.
    exhausted: AtomicBool,
}

/// The blocks, under the lock.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// Each written to by a thread.
    lent: Vec<Block>,
    /// With the values of threads that ended.
    rested: Vec<Block>,
    /// All zero.
    blank: Vec<Block>,
}

impl Blocks {
    /// None yet.
    pub(crate) const NONE: Self = Self { lent: Vec::new(), rested: Vec::new(), blank: Vec::new() };

    /// Those that may have values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Block> {
        self.lent.iter().chain(&self.rested).copied()
    }

    fn len(&self) -> usize {
        self.lent.len() + self.rested.len() + self.blank.len()
    }
}

impl Pool {
    /// A pool over these blocks.
    pub(crate) const fn new(blocks: Mutex<Blocks>, exhausted: AtomicBool) -> Self {
        Self { blocks, exhausted }
    }

    /// The blocks; none is taken back or lent meanwhile. Threads go on writing to theirs.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Blocks> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block of this many cells. `None` if there are too many, or if finding one would mean to wait for a scrape: then
    /// the thread writes to the shared cells, and asks again with its next write.
    pub(crate) fn lend(&self, cells: usize) -> Option<Block> {
        if self.exhausted.load(Relaxed) {
            return None;
        }
        let mut blocks = match self.blocks.try_lock() {
            Ok(blocks) => blocks,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        if let Some(block) = blocks.rested.pop().or_else(|| blocks.blank.pop()) {
            blocks.lent.push(block);
            return Some(block);
        }
        if (blocks.len() + 1).saturating_mul(cells) > MOST_CELLS {
            self.exhausted.store(true, Relaxed);
            return None;
        }
        let block: Block = Box::leak((0..cells).map(|_| AtomicU64::new(0)).collect());
        blocks.lent.push(block);
        Some(block)
    }

    /// Takes back the block of a thread that ends. `fold` moves a block's values to the shared cells.
    pub(crate) fn take_back(&self, block: Block, fold: impl FnOnce(Block)) {
        let mut blocks = self.lock();
        blocks.lent.retain(|lent| !ptr::eq(*lent, block));
        if blocks.rested.len() < RESTED {
            blocks.rested.push(block);
        } else {
            fold(block);
            blocks.blank.push(block);
        }
        self.exhausted.store(false, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_used_again_and_bounded() {
        let pool = Pool::new(Mutex::new(Blocks::NONE), AtomicBool::new(false));
        let quarter = MOST_CELLS / 4;
        let blocks: Vec<Block> = (0..4).map(|_| pool.lend(quarter).expect("is within the bound")).collect();
        assert!(pool.lend(quarter).is_none() && pool.lend(quarter).is_none());
        pool.take_back(blocks[2], |_| panic!("there is room for its values"));
        assert!(ptr::eq(pool.lend(quarter).expect("there is one again"), blocks[2]));
        assert!(pool.lend(quarter).is_none());
    }

    #[test]
    fn values_of_many_threads_move_together() {
        let pool = Pool::new(Mutex::new(Blocks::NONE), AtomicBool::new(false));
        let blocks: Vec<Block> =
            (0..RESTED + 2).map(|_| pool.lend(1).expect("is within the bound")).collect();
        let mut folded = 0;
        for block in blocks {
            pool.take_back(block, |_| folded += 1);
        }
        let blocks = pool.lock();
        assert_eq!((folded, blocks.iter().count(), blocks.len()), (2, RESTED, RESTED + 2));
    }

    #[test]
    fn nobody_waits_for_a_scrape() {
        let pool = Pool::new(Mutex::new(Blocks::NONE), AtomicBool::new(false));
        let scrape = pool.lock();
        assert!(pool.lend(1).is_none());
        drop(scrape);
        assert!(pool.lend(1).is_some());
    }
}
