//! Observations outside of the window: rare, so one map for a whole store will do, behind a lock.

use super::Bucket;
use crate::sorted::Sorted;

/// The spilled observations of all series of a store, each series named by the number of its first cell. It holds at most
/// 9,216 buckets of each sign for a series, however many values there are.
#[derive(Debug, Default)]
pub(crate) struct Spill {
    series: Sorted<usize, Spilled>,
}

/// The spilled observations of one series.
#[derive(Debug, Default)]
struct Spilled {
    buckets: Sorted<Bucket, u64>,
    sum: f64,
}

impl Spill {
    /// Nothing.
    pub(crate) const fn new() -> Self {
        Self { series: Sorted::new() }
    }

    /// Counts an observation; false if it is not in the sum, because the sum would not be a finite number.
    pub(crate) fn observe(&mut self, series: usize, bucket: Bucket, value: f64) -> bool {
        let spilled = self.series.entry(series);
        let count = spilled.buckets.entry(bucket);
        *count = count.wrapping_add(1);
        let sum = spilled.sum + value;
        if sum.is_finite() {
            spilled.sum = sum;
        }
        sum.is_finite()
    }

    /// The buckets of a series and their counts.
    pub(crate) fn buckets(&self, series: usize) -> impl Iterator<Item = (Bucket, u64)> {
        self.series.get(&series).map_or(&[][..], |spilled| spilled.buckets.entries()).iter().copied()
    }

    /// The sum of a series' observations that are counted here.
    pub(crate) fn sum(&self, series: usize) -> f64 {
        self.series.get(&series).map_or(0.0, |spilled| spilled.sum)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.series.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_kept_apart() {
        let mut spill = Spill::new();
        assert!(spill.observe(1, Bucket::Positive(400), 1e15));
        assert!(spill.observe(1, Bucket::Positive(400), 1e15));
        assert!(spill.observe(1, Bucket::Negative(-400), -1.0));
        assert!(spill.observe(2, Bucket::Positive(400), 3.0));
        let buckets: Vec<_> = spill.buckets(1).collect();
        assert_eq!(buckets, [(Bucket::Positive(400), 2), (Bucket::Negative(-400), 1)]);
        assert_eq!((spill.sum(1), spill.sum(2), spill.sum(3)), (2e15 - 1.0, 3.0, 0.0));
        spill.clear();
        assert_eq!(spill.buckets(1).count(), 0);
    }

    #[test]
    fn what_is_no_number_is_counted_and_not_summed() {
        let mut spill = Spill::new();
        let bucket = Bucket::Positive(8193);
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!spill.observe(1, bucket, value));
        }
        assert!(spill.observe(1, bucket, f64::MAX));
        assert!(!spill.observe(1, bucket, f64::MAX));
        assert_eq!((spill.buckets(1).next(), spill.sum(1)), (Some((bucket, 5)), f64::MAX));
    }
}
