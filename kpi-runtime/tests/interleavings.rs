//! Every order in which threads may write, read, borrow and give back, by a model checker: the modules are those of the
//! crate, over the checker's atomics and locks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]
#![allow(dead_code, unreachable_pub, reason = "only a part of the modules is called here")]

mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, fence};
    pub(crate) use loom::sync::{Mutex, MutexGuard};
    pub(crate) use std::sync::{PoisonError, TryLockError};

    pub(crate) fn relax(_: u32) {
        loom::thread::yield_now();
    }

    /// The checker only looks at the last access to a cell for what it may reorder, and a load of the thread's own would
    /// hide the reader's before it. To the one writer of a cell this one is the same.
    pub(crate) fn own(cell: &AtomicU64) -> u64 {
        cell.fetch_add(0, std::sync::atomic::Ordering::Relaxed)
    }
}

#[path = "../src/cell.rs"]
mod cell;
#[path = "../src/pool.rs"]
mod pool;

use std::sync::atomic::Ordering::Relaxed;

use cell::{HISTOGRAM_HEAD, SUM};
use loom::sync::Arc;
use loom::thread;
use pool::{Block, Blocks, Pool};
use sync::{AtomicBool, AtomicU64, Mutex};

/// A series of one bucket.
const WIDTH: usize = HISTOGRAM_HEAD + 1;

/// All orders with at most this many times that a thread is interrupted.
fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

fn series() -> Arc<[AtomicU64; WIDTH]> {
    Arc::new(std::array::from_fn(|_| AtomicU64::new(0)))
}

/// Count and sum, which must belong together: every observation is 1.
fn read_whole(cells: &[AtomicU64]) -> u64 {
    let mut total = [0; WIDTH];
    cell::read(cells, &mut total, &mut Vec::new());
    let count = total[HISTOGRAM_HEAD];
    let sum = f64::from_bits(total[SUM]);
    assert!(
        (sum - f64::from(u32::try_from(count).unwrap())).abs() < 0.5,
        "{count} observations of 1 are {sum}"
    );
    count
}

#[test]
fn a_reader_sees_whole_observations_of_one_writer() {
    check(2, || {
        let cells = series();
        let writer = thread::spawn({
            let cells = Arc::clone(&cells);
            move || assert!(cell::observe(&*cells, 0, 1.0))
        });
        assert!(read_whole(&*cells) <= 1);
        writer.join().unwrap();
        assert_eq!(read_whole(&*cells), 1);
    });
}

#[test]
fn a_reader_sees_whole_observations_of_two_writers() {
    check(1, || {
        let cells = series();
        let writers = [(); 2].map(|()| {
            let cells = Arc::clone(&cells);
            thread::spawn(move || assert!(cell::observe_shared(&*cells, 0, 1.0)))
        });
        assert!(read_whole(&*cells) <= 2);
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(read_whole(&*cells), 2);
    });
}

/// One counter: the shared cell, and the pool.
struct Store {
    shared: AtomicU64,
    pool: Pool,
}

impl Store {
    /// With room for so many blocks of threads that ended.
    fn new(rested: usize) -> Arc<Self> {
        let pool = Pool::new(Mutex::new(Blocks::NONE), AtomicBool::new(false), rested);
        Arc::new(Self { shared: AtomicU64::new(0), pool })
    }

    /// A thread's whole life: it borrows, counts, and gives back.
    fn live(&self) {
        match self.pool.lend(1) {
            Some(block) => {
                cell::bump(&block[0], 1);
                cell::bump(&block[0], 1);
                self.pool.take_back(block, |block| self.fold(block));
            }
            None => {
                self.shared.fetch_add(2, Relaxed);
            }
        }
    }

    fn fold(&self, block: Block) {
        self.shared.fetch_add(block[0].load(Relaxed), Relaxed);
        block[0].store(0, Relaxed);
    }

    fn scrape(&self) -> u64 {
        let blocks = self.pool.lock();
        blocks.iter().fold(self.shared.load(Relaxed), |sum, block| sum + block[0].load(Relaxed))
    }
}

fn threads_come_and_go(rested: usize) {
    check(2, move || {
        let store = Store::new(rested);
        let threads = [(); 2].map(|()| {
            let store = Arc::clone(&store);
            thread::spawn(move || store.live())
        });
        let first = store.scrape();
        let second = store.scrape();
        assert!(first <= second && second <= 4, "{first}, then {second}");
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(store.scrape(), 4);
    });
}

#[test]
fn nothing_is_lost_where_blocks_keep_their_values() {
    threads_come_and_go(2);
}

#[test]
fn nothing_is_lost_where_values_move_to_the_shared_cells() {
    threads_come_and_go(0);
}
