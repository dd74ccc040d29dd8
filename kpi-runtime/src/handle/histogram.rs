//! Histograms.

use std::marker::PhantomData;

use super::{Timer, handle};
use crate::buckets::{Buckets, Native};
use crate::cell;
use crate::descriptor::Kind;
use crate::gather;
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::layout;
use crate::native::Bucket;
use crate::native::window::{self, Where};
use crate::snapshot;
use crate::store::{Claim, Link, Place, Registry, interners};
use crate::unit::{IntoUnit, TimeUnit, Unit};

/// The kind that these buckets make.
const fn kind<B: Buckets>() -> Kind {
    if B::NATIVE { Kind::NativeHistogram } else { Kind::Histogram(B::BOUNDS) }
}

/// Cells of a series.
const fn width<B: Buckets>() -> usize {
    layout::width(&kind::<B>())
}

/// Observations in buckets that need not be chosen beforehand: eight to each power of two, as Prometheus' native
/// histograms have them. Only its protobuf format carries these buckets; the text formats show count and sum.
pub type NativeHistogram<R, const K: usize, U, L = ()> = Histogram<R, K, U, Native, L>;

handle! { $
    /// Observations, counted in buckets, with their sum. The count is the sum of the buckets, always. An observation that
    /// is not a number counts in the last bucket and is left out of the sum, as is one that would make it infinite.
    Histogram<R, K, U, B: Buckets> gives
    /// One series of a [`Histogram`].
    HistogramSeries, const { width::<B>() }
}

impl<'a, R: Registry, U: Unit, B: Buckets> HistogramSeries<'a, R, U, B> {
    /// Takes an observation.
    #[inline]
    pub fn observe(self, value: impl IntoUnit<U>) {
        self.take(value.amount());
    }

    #[inline]
    pub(super) fn take(self, value: f64) {
        if self.place.is_nowhere() {
            return;
        }
        let fits = if B::NATIVE {
            match window::locate(value) {
                Where::Cell(bucket) => self.count_in(bucket, value),
                Where::Spill(bucket) => self.spill(bucket, value),
            }
        } else {
            self.count_in(B::SEARCH.bucket(B::BOUNDS, value), value)
        };
        if !fits {
            self.place.reject();
        }
    }

    #[inline]
    fn count_in(self, bucket: usize, value: f64) -> bool {
        match self.place.own(const { width::<B>() }) {
            Some(own) => cell::observe(own, bucket, value),
            None => self.observe_elsewhere(bucket, value),
        }
    }

    /// Far from what is usual: in a map that all threads share.
    #[cold]
    fn spill(self, bucket: Bucket, value: f64) -> bool {
        self.place.spill().observe(self.place.at(), bucket, value)
    }

    /// Out of line: with a thread's first write, and where threads share a series.
    #[inline(never)]
    fn observe_elsewhere(self, bucket: usize, value: f64) -> bool {
        match self.place.claim(const { width::<B>() }) {
            Some(Claim::Own(own)) => cell::observe(own, bucket, value),
            Some(Claim::Shared(shared)) => cell::observe_shared(shared, bucket, value),
            None => true,
        }
    }

    /// A cell of the series that stands for the value's bucket. Native buckets are many and share few cells.
    pub(super) fn bucket_cell(self, value: f64) -> usize {
        const SHARED: usize = 16;
        self.place.at()
            + match window::locate(value) {
                _ if !B::NATIVE => cell::HISTOGRAM_HEAD + B::SEARCH.bucket(B::BOUNDS, value),
                Where::Cell(bucket) => bucket % SHARED,
                Where::Spill(_) => SHARED,
            }
    }

    /// Starts a clock that observes the time until it is dropped.
    #[inline]
    pub fn start_timer(self) -> Timer<'a, R, U, B>
    where
        U: TimeUnit,
    {
        Timer::start(self, false)
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
        self.read().count
    }

    /// The sum of the observations.
    pub fn sum(self) -> U {
        U::new(self.read().sum)
    }

    fn read(self) -> snapshot::Histogram {
        let cells = self.place.read(&const { kind::<B>() });
        gather::histogram(const { kind::<B>() }, &cells, &self.place.spill(), self.place.at())
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
