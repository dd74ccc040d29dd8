//! Histograms.

use std::marker::PhantomData;
use std::time::Instant;

use super::{Timer, handle};
use crate::buckets::{Buckets, NoBuckets};
use crate::cell::{self, HISTOGRAM_HEAD, SUM};
use crate::descriptor::Kind;
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::{Claim, Link, Place, Registry, interners};
use crate::unit::{IntoUnit, TimeUnit, Unit};

/// Cells of a series.
const fn width(bounds: &[f64]) -> usize {
    HISTOGRAM_HEAD + bounds.len() + 1
}

/// Observations whose buckets are Prometheus' to choose. The text formats show their count and sum.
pub type NativeHistogram<R, const K: usize, U, L = ()> = Histogram<R, K, U, NoBuckets, L>;

handle! { $
    /// Observations, counted in buckets, with their sum. The count is the sum of the buckets, always. An observation that
    /// is not a number counts in the last bucket and is left out of the sum, as is one that would make it infinite.
    Histogram<R, K, U, B: Buckets> gives
    /// One series of a [`Histogram`].
    HistogramSeries, const { width(B::BOUNDS) }
}

impl<'a, R: Registry, U: Unit, B: Buckets> HistogramSeries<'a, R, U, B> {
    /// Takes an observation.
    #[inline]
    pub fn observe(self, value: impl IntoUnit<U>) {
        let value = value.amount();
        let bucket = B::SEARCH.bucket(B::BOUNDS, value);
        let fits = match self.place.own(const { width(B::BOUNDS) }) {
            Some(own) => cell::observe(own, bucket, value),
            None => self.observe_elsewhere(bucket, value),
        };
        if !fits {
            self.place.reject();
        }
    }

    /// Out of line: with a thread's first write, and where threads share a series.
    #[inline(never)]
    fn observe_elsewhere(self, bucket: usize, value: f64) -> bool {
        match self.place.claim(const { width(B::BOUNDS) }) {
            Some(Claim::Own(own)) => cell::observe(own, bucket, value),
            Some(Claim::Shared(shared)) => cell::observe_shared(shared, bucket, value),
            None => true,
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
        let read = self.place.read(&Kind::Histogram(B::BOUNDS));
        read.iter().skip(HISTOGRAM_HEAD).fold(0, |count, bucket| count.wrapping_add(*bucket))
    }

    /// The sum of the observations.
    pub fn sum(self) -> U {
        let read = self.place.read(&Kind::Histogram(B::BOUNDS));
        U::new(f64::from_bits(read.get(SUM).copied().unwrap_or_default()))
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
