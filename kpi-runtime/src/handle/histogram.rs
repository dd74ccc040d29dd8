//! Histograms.

use std::marker::PhantomData;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::time::Instant;

use super::{Timer, add_f64, handle};
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::layout::{HISTOGRAM_HEAD, HISTOGRAM_SUM};
use crate::store::{Link, Place, Registry, interners};
use crate::unit::{IntoUnit, TimeUnit, Unit};

/// A set of bucket bounds.
pub trait Buckets: 'static {
    /// The upper bounds, inclusive, strictly increasing and finite; the bucket up to +Inf is not listed.
    const BOUNDS: &'static [f64];
}

/// No buckets but the one up to +Inf.
#[derive(Debug)]
pub struct NoBuckets;

impl Buckets for NoBuckets {
    const BOUNDS: &'static [f64] = &[];
}

/// Observations whose buckets are Prometheus' to choose. The text formats show their count and sum.
pub type NativeHistogram<R, const K: usize, U, L = ()> = Histogram<R, K, U, NoBuckets, L>;

handle! { $
    /// Observations, counted in buckets, with their sum. The count is the sum of the buckets, always. An observation that
    /// is not a number counts in the last bucket and is left out of the sum, as is one that would make it infinite.
    Histogram<R, K, U, B: Buckets> gives
    /// One series of a [`Histogram`].
    HistogramSeries, (HISTOGRAM_HEAD + B::BOUNDS.len() + 1)
}

impl<'a, R: Registry, U: Unit, B: Buckets> HistogramSeries<'a, R, U, B> {
    /// Takes an observation.
    #[inline]
    pub fn observe(self, value: impl IntoUnit<U>) {
        if let Some(cells) = self.place.slice(HISTOGRAM_HEAD + B::BOUNDS.len() + 1)
            && !observe(cells, B::BOUNDS, value.amount())
        {
            self.place.reject();
        }
    }

    /// Starts a clock that observes the time until it is dropped.
    #[inline]
    pub fn start_timer(self) -> Timer<'a, R, U, B>
    where
        U: TimeUnit,
    {
        Timer::start(self)
    }

    /// Runs a function and observes how long it took; also if it panics.
    pub fn time<T>(self, function: impl FnOnce() -> T) -> T
    where
        U: TimeUnit,
    {
        let _timer = self.start_timer();
        function()
    }

    /// The number of observations.
    pub fn count(self) -> u64 {
        let buckets = HISTOGRAM_HEAD..HISTOGRAM_HEAD + B::BOUNDS.len() + 1;
        buckets
            .filter_map(|i| self.place.read(i))
            .fold(0, |count, cell| count.wrapping_add(cell.load(Relaxed)))
    }

    /// The sum of the observations.
    pub fn sum(self) -> U {
        U::new(self.place.read(HISTOGRAM_SUM).map_or(0.0, |cell| f64::from_bits(cell.load(Relaxed))))
    }

    pub(super) fn observe_since(self, start: Instant)
    where
        U: TimeUnit,
    {
        self.observe(start.elapsed());
    }
}

impl<R: Registry, const K: usize, U: Unit, B: Buckets, L: LabelSet> Histogram<R, K, U, B, L> {
    /// Takes an observation.
    #[inline]
    pub fn observe(&self, value: impl IntoUnit<U>)
    where
        L: Unlabelled,
    {
        HistogramSeries::<R, U, B>::first(self.link, const { R::OFFSETS[K] }).observe(value);
    }

    /// Starts a clock that observes the time until it is dropped.
    #[inline]
    pub fn start_timer(&self) -> Timer<'_, R, U, B>
    where
        L: Unlabelled,
        U: TimeUnit,
    {
        HistogramSeries::<R, U, B>::first(self.link, const { R::OFFSETS[K] }).start_timer()
    }

    /// Runs a function and observes how long it took; also if it panics.
    pub fn time<T>(&self, function: impl FnOnce() -> T) -> T
    where
        L: Unlabelled,
        U: TimeUnit,
    {
        HistogramSeries::<R, U, B>::first(self.link, const { R::OFFSETS[K] }).time(function)
    }

    /// The number of observations.
    pub fn count(&self) -> u64
    where
        L: Unlabelled,
    {
        HistogramSeries::<R, U, B>::first(self.link, const { R::OFFSETS[K] }).count()
    }

    /// The sum of the observations.
    pub fn sum(&self) -> U
    where
        L: Unlabelled,
    {
        HistogramSeries::<R, U, B>::first(self.link, const { R::OFFSETS[K] }).sum()
    }
}

/// False if the value is not in the sum. The sum is written first, so that a scrape that reads the buckets first never
/// counts an observation it has no part of.
fn observe(cells: &[AtomicU64], bounds: &[f64], value: f64) -> bool {
    let (head, buckets) = cells.split_at(HISTOGRAM_HEAD.min(cells.len()));
    let summed = !value.is_nan() && head.get(HISTOGRAM_SUM).is_some_and(|sum| add_f64(sum, value));
    if let Some(bucket) = buckets.get(bucket(bounds, value)) {
        bucket.fetch_add(1, Release);
    }
    summed
}

/// The first bucket whose bound is not below the value; the last one for NaN.
fn bucket(bounds: &[f64], value: f64) -> usize {
    bounds.iter().position(|bound| value <= *bound).unwrap_or(bounds.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_inclusive() {
        let bounds = [-1.0, 0.0, 2.5];
        for (i, bound) in bounds.iter().enumerate() {
            assert_eq!(bucket(&bounds, *bound), i);
            assert_eq!(bucket(&bounds, bound.next_down()), i);
            assert_eq!(bucket(&bounds, bound.next_up()), i + 1);
        }
    }

    #[test]
    fn special_values_have_a_bucket() {
        let bounds = [0.0, 1.0];
        let cases = [
            (f64::NAN, 2),
            (f64::INFINITY, 2),
            (f64::NEG_INFINITY, 0),
            (-0.0, 0),
            (f64::MIN_POSITIVE / 2.0, 1),
        ];
        for (value, expected) in cases {
            assert_eq!(bucket(&bounds, value), expected, "{value}");
        }
        assert_eq!(bucket(&[], 1.0), 0);
    }
}
