//! What the benchmarks have in common: how they measure, and whom.
//!
//! Libraries are measured in turns, round by round, so that whatever else the machine does meets all of them alike. The
//! figure of a row is the median over the rounds. Frameworks that run one function to its end before the next begins
//! can't compare so.

pub mod table;

use std::sync::Barrier;
use std::time::Instant;

/// One thing that is measured: a number of operations, done in one go.
pub type Work = Box<dyn Fn(usize) + Sync>;

/// The nanoseconds for each operation of each work, the median over rounds in which all take turns, on as many threads.
pub fn in_turns(works: &[&Work], operations: usize, threads: usize, rounds: usize) -> Vec<f64> {
    let mut times = vec![Vec::new(); works.len()];
    for _ in 0..rounds {
        for (work, times) in works.iter().zip(&mut times) {
            times.push(on_threads(work, operations, threads));
        }
    }
    times.into_iter().map(median).collect()
}

/// The nanoseconds that an operation took a thread, the mean over threads that began at the same time.
fn on_threads(work: &Work, operations: usize, threads: usize) -> f64 {
    let begin = Barrier::new(threads);
    let time = || {
        // Whatever a thread's first write costs is no part of it.
        work(64);
        begin.wait();
        let start = Instant::now();
        work(operations);
        start.elapsed().as_nanos() as f64 / operations as f64
    };
    let times: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(time)).collect();
        threads.into_iter().map(|thread| thread.join().expect("works")).collect()
    });
    times.iter().sum::<f64>() / threads as f64
}

/// The middle one.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The number after `--name`, for a run that is longer or shorter than usual.
pub fn option(name: &str, default: usize) -> usize {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).map_or(default, |number| number.parse().expect("is a number"))
}

/// Numbers that are no pattern to a processor: xorshift, 64 bits.
pub fn random(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |x| {
        let x = x ^ (x << 13);
        let x = x ^ (x >> 7);
        Some(x ^ (x << 17))
    })
}

/// As many seconds, spread over the buckets as logarithms are.
pub fn seconds(count: usize) -> Vec<f64> {
    random(7).take(count).map(|x| 10f64.powf((x % 4096) as f64 / 4096.0 * 4.0 - 3.0)).collect()
}

/// Bounds of buckets, in seconds.
pub const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
