//! What is done to cells.
//!
//! A cell of a thread's own block has one writer, so a plain load and store of a relaxed atomic lose nothing and compile
//! to one addition to memory. Cells that threads share are changed by read-modify-write operations.
//!
//! A histogram's series is a sequence number, two sums and its buckets. The sequence number is odd while an observation
//! is entered, so whoever reads the same even number before and after has buckets and sum of the same observations
//! (H.-J. Boehm, "Can seqlocks get along with programming language memory models?", 2012). Observations alternate
//! between the two sums, because adding to one sum has to wait for the addition before.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::sync::{AtomicU64, fence, own, relax};

/// Cells of a histogram's series before its buckets.
pub(crate) const HISTOGRAM_HEAD: usize = 3;
/// Where a series that was read has its sum.
pub(crate) const SUM: usize = 1;

/// How often a reader tries to see a series between two observations. A writer is within one for a few nanoseconds; if it
/// is stopped there, its time comes again long before this number of yields.
const READS: u32 = 100_000;

/// Adds to a cell of the thread's own.
#[inline]
pub(crate) fn bump(cell: &AtomicU64, number: u64) {
    cell.store(own(cell).wrapping_add(number), Relaxed);
}

/// Adds to a cell of the thread's own that holds a real number; false if the sum would not be finite, which leaves the
/// cell as it was.
#[inline]
pub(crate) fn bump_f64(cell: &AtomicU64, amount: f64) -> bool {
    let sum = f64::from_bits(own(cell)) + amount;
    let fits = sum.is_finite();
    if fits {
        cell.store(sum.to_bits(), Relaxed);
    }
    fits
}

/// As [`bump_f64`], to a cell that others write too.
pub(crate) fn add_f64(cell: &AtomicU64, amount: f64) -> bool {
    let sum = |bits| Some(f64::from_bits(bits) + amount).filter(|sum| sum.is_finite()).map(f64::to_bits);
    cell.fetch_update(Relaxed, Relaxed, sum).is_ok()
}

/// Enters an observation into a series of the thread's own; false if it is not in the sum, because it or the sum would
/// not be a finite number.
#[inline]
pub(crate) fn observe(series: &[AtomicU64], bucket: usize, value: f64) -> bool {
    let [sequence, even, odd, buckets @ ..] = series else { return true };
    let Some(bucket) = buckets.get(bucket) else { return true };
    let number = own(sequence);
    let sum = if number & 2 == 0 { even } else { odd };
    sequence.store(number.wrapping_add(1), Relaxed);
    fence(Release);
    bump(bucket, 1);
    let fits = bump_f64(sum, value);
    sequence.store(number.wrapping_add(2), Release);
    fits
}

/// As [`observe`], to a series that others observe too: one at a time.
pub(crate) fn observe_shared(series: &[AtomicU64], bucket: usize, value: f64) -> bool {
    let mut fits = true;
    exclusively(series, |sum, buckets| {
        if let Some(bucket) = buckets.get(bucket) {
            bump(bucket, 1);
            fits = bump_f64(sum, value);
        }
    });
    fits
}

/// Adds a series that was read to one that others observe too.
pub(crate) fn merge(series: &[AtomicU64], read: &[u64]) {
    exclusively(series, |sum, buckets| {
        let (head, counts) = read.split_at(HISTOGRAM_HEAD.min(read.len()));
        buckets.iter().zip(counts).for_each(|(bucket, count)| bump(bucket, *count));
        let amount = f64::from_bits(head.get(SUM).copied().unwrap_or_default());
        sum.store(finite(f64::from_bits(sum.load(Relaxed)) + amount).to_bits(), Relaxed);
    });
}

/// Lets one writer at a time change a series, and readers know.
fn exclusively(series: &[AtomicU64], change: impl FnOnce(&AtomicU64, &[AtomicU64])) {
    let [sequence, sum, _, buckets @ ..] = series else { return };
    let mut tries = 0;
    let number = loop {
        let number = sequence.load(Relaxed);
        let taken = number & 1 == 0
            && sequence.compare_exchange_weak(number, number.wrapping_add(1), Acquire, Relaxed).is_ok();
        if taken {
            break number;
        }
        relax(tries);
        tries = tries.saturating_add(1);
    };
    fence(Release);
    change(sum, buckets);
    sequence.store(number.wrapping_add(2), Release);
}

/// Adds a series to `total`, which has the same form: the sum of both sums at [`SUM`], and the buckets. `copy` is room to
/// work in. Buckets and sum are of the same observations; only if a writer is stopped within an observation for many
/// turns of the scheduler, the sum may be without that one.
pub(crate) fn read(series: &[AtomicU64], total: &mut [u64], copy: &mut Vec<u64>) {
    let Some(sequence) = series.first() else { return };
    for tries in 0..READS {
        let before = sequence.load(Acquire);
        copy.clear();
        copy.extend(series.iter().map(|cell| cell.load(Relaxed)));
        fence(Acquire);
        if before & 1 == 0 && sequence.load(Relaxed) == before {
            break;
        }
        relax(tries);
    }
    let [_, even, odd, counts @ ..] = copy.as_slice() else { return };
    let [_, sum, _, buckets @ ..] = total else { return };
    buckets.iter_mut().zip(counts).for_each(|(bucket, count)| *bucket = bucket.wrapping_add(*count));
    let parts = [*sum, *even, *odd].map(f64::from_bits);
    *sum = finite(parts.iter().sum()).to_bits();
}

/// A sum of finite parts that left the finite numbers, at their end.
pub(crate) fn finite(sum: f64) -> f64 {
    sum.clamp(f64::MIN, f64::MAX)
}
