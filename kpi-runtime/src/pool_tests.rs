//! Tests of the pool, apart from it because other tests put a model checker's types under it.

use std::ptr;

use crate::pool::{Block, Blocks, MOST_CELLS, Pool, RESTED};
use crate::sync::{AtomicBool, Mutex};

fn pool() -> Pool {
    Pool::new(Mutex::new(Blocks::NONE), AtomicBool::new(false), RESTED)
}

#[test]
fn blocks_are_used_again_and_bounded() {
    let pool = pool();
    let quarter = MOST_CELLS / 4;
    let blocks: Vec<Block> = (0..4).map(|_| pool.lend(quarter).expect("is within the bound")).collect();
    assert!(pool.lend(quarter).is_none() && pool.lend(quarter).is_none());
    pool.take_back(blocks[2], |_| panic!("there is room for its values"));
    assert!(ptr::eq(pool.lend(quarter).expect("there is one again"), blocks[2]));
    assert!(pool.lend(quarter).is_none());
}

#[test]
fn values_of_many_threads_move_together() {
    let pool = pool();
    let blocks: Vec<Block> = (0..RESTED + 2).map(|_| pool.lend(1).expect("is within the bound")).collect();
    let mut folded = 0;
    for block in blocks {
        pool.take_back(block, |_| folded += 1);
    }
    let blocks = pool.lock();
    assert_eq!((folded, blocks.iter().count(), blocks.len()), (2, RESTED, RESTED + 2));
}

#[test]
fn nobody_waits_for_a_scrape() {
    let pool = pool();
    let scrape = pool.lock();
    assert!(pool.lend(1).is_none());
    drop(scrape);
    assert!(pool.lend(1).is_some());
}
