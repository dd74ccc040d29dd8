//! Handles of KPIs that keep exemplars.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use super::{
    Buckets, Counter, CounterSeries, FloatCounter, FloatCounterSeries, Histogram, HistogramSeries, Timer,
};
use crate::exemplars::Exemplar;
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::Registry;
use crate::unit::{Countable, Increment, IntoNonNegative, IntoUnit, NonNegative, TimeUnit, Unit};

/// A counter or a histogram, or a series of one, that keeps exemplars: its KPI has `trace: {exemplars: true}`. It is all that
/// the handle in it is, and has methods that end in `_with` and take an [`Exemplar`]. Those that take none ask the
/// [source](crate::exemplars::set_source) for one.
///
/// A write costs the look at a clock more than that of a plain handle if it has an exemplar or there is a source, and
/// nothing more otherwise.
#[derive(Clone, Copy)]
pub struct WithExemplars<H> {
    #[doc(hidden)]
    pub handle: H,
}

impl<H> Deref for WithExemplars<H> {
    type Target = H;

    #[inline]
    fn deref(&self) -> &H {
        &self.handle
    }
}

impl<H: fmt::Debug> fmt::Debug for WithExemplars<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(f)
    }
}

impl<H> WithExemplars<H> {
    #[inline]
    const fn new(handle: H) -> Self {
        Self { handle }
    }
}

/// Gives a handle `with`, for each number of labels.
macro_rules! chooses {
    ($d:tt $handle:ident, $series:ident $(, $extra:ident: $bound:ident)?) => {
        macro_rules! with {
            ($d($d label:ident $d value:ident),*) => {
                impl<R: Registry, const K: usize, U: Unit $(, $extra: $bound)?, $d($d label: Label),*>
                    WithExemplars<$handle<R, K, U $(, $extra)?, ($d($d label,)*)>>
                {
                    /// Chooses the series of these label values.
                    #[allow(clippy::too_many_arguments, clippy::elidable_lifetime_names, reason = "one text for all arities")]
                    #[inline]
                    pub fn with<'v>(
                        &self,
                        $d($d value: $d label::Value<'v>),*
                    ) -> WithExemplars<$series<'_, R, U $(, $extra)?>> {
                        WithExemplars::new(self.handle.with($d($d value),*))
                    }
                }
            };
        }
        for_each_arity!(with);
    };
}
chooses!($ Counter, CounterSeries);
chooses!($ FloatCounter, FloatCounterSeries);
chooses!($ Histogram, HistogramSeries, B: Buckets);

impl<R: Registry, U: Unit> WithExemplars<CounterSeries<'_, R, U>> {
    /// Counts one.
    #[inline]
    pub fn inc(self)
    where
        U: Countable,
    {
        self.grow(1, None);
    }

    /// Counts one, of which this is an example.
    #[inline]
    pub fn inc_with(self, exemplar: Exemplar)
    where
        U: Countable,
    {
        self.grow(1, Some(exemplar));
    }

    /// Counts this many.
    #[inline]
    pub fn inc_by(self, number: impl Increment<U>) {
        self.grow(number.wholes(), None);
    }

    /// Counts this many, of which this is an example.
    #[inline]
    pub fn inc_by_with(self, number: impl Increment<U>, exemplar: Exemplar) {
        self.grow(number.wholes(), Some(exemplar));
    }

    #[inline]
    fn grow(self, number: u64, exemplar: Option<Exemplar>) {
        if self.handle.place.is_nowhere() {
            return;
        }
        self.handle.grow(number);
        #[allow(clippy::cast_precision_loss, reason = "the value of an exemplar is a float")]
        self.handle.place.exemplars().take(self.handle.place.at(), number as f64, exemplar);
    }
}

impl<R: Registry, const K: usize, U: Unit, L: LabelSet> WithExemplars<Counter<R, K, U, L>> {
    #[inline]
    fn series(&self) -> WithExemplars<CounterSeries<'_, R, U>>
    where
        L: Unlabelled,
    {
        WithExemplars::new(self.handle.only())
    }

    /// Counts one.
    #[inline]
    pub fn inc(&self)
    where
        L: Unlabelled,
        U: Countable,
    {
        self.series().inc();
    }

    /// Counts one, of which this is an example.
    #[inline]
    pub fn inc_with(&self, exemplar: Exemplar)
    where
        L: Unlabelled,
        U: Countable,
    {
        self.series().inc_with(exemplar);
    }

    /// Counts this many.
    #[inline]
    pub fn inc_by(&self, number: impl Increment<U>)
    where
        L: Unlabelled,
    {
        self.series().inc_by(number);
    }

    /// Counts this many, of which this is an example.
    #[inline]
    pub fn inc_by_with(&self, number: impl Increment<U>, exemplar: Exemplar)
    where
        L: Unlabelled,
    {
        self.series().inc_by_with(number, exemplar);
    }
}

impl<R: Registry, U: Unit> WithExemplars<FloatCounterSeries<'_, R, U>> {
    /// Adds an amount.
    #[inline]
    pub fn inc_by(self, amount: impl IntoNonNegative<U>) {
        self.grow(amount.non_negative(), None);
    }

    /// Adds an amount, of which this is an example.
    #[inline]
    pub fn inc_by_with(self, amount: impl IntoNonNegative<U>, exemplar: Exemplar) {
        self.grow(amount.non_negative(), Some(exemplar));
    }

    #[inline]
    fn grow(self, amount: NonNegative<U>, exemplar: Option<Exemplar>) {
        if self.handle.place.is_nowhere() {
            return;
        }
        self.handle.inc_by(amount);
        self.handle.place.exemplars().take(self.handle.place.at(), amount.get().value(), exemplar);
    }
}

impl<R: Registry, const K: usize, U: Unit, L: LabelSet> WithExemplars<FloatCounter<R, K, U, L>> {
    #[inline]
    fn series(&self) -> WithExemplars<FloatCounterSeries<'_, R, U>>
    where
        L: Unlabelled,
    {
        WithExemplars::new(self.handle.only())
    }

    /// Adds an amount.
    #[inline]
    pub fn inc_by(&self, amount: impl IntoNonNegative<U>)
    where
        L: Unlabelled,
    {
        self.series().inc_by(amount);
    }

    /// Adds an amount, of which this is an example.
    #[inline]
    pub fn inc_by_with(&self, amount: impl IntoNonNegative<U>, exemplar: Exemplar)
    where
        L: Unlabelled,
    {
        self.series().inc_by_with(amount, exemplar);
    }
}

impl<'a, R: Registry, U: Unit, B: Buckets> WithExemplars<HistogramSeries<'a, R, U, B>> {
    /// Takes an observation.
    #[inline]
    pub fn observe(self, value: impl IntoUnit<U>) {
        self.take(value.amount(), None);
    }

    /// Takes an observation, and says where it came from.
    #[inline]
    pub fn observe_with(self, value: impl IntoUnit<U>, exemplar: Exemplar) {
        self.take(value.amount(), Some(exemplar));
    }

    #[inline]
    pub(super) fn take(self, value: f64, exemplar: Option<Exemplar>) {
        if self.handle.place.is_nowhere() {
            return;
        }
        self.handle.take(value);
        self.handle.place.exemplars().take(self.handle.bucket_cell(value), value, exemplar);
    }

    /// Starts a clock that observes the time until it is dropped.
    #[inline]
    pub fn start_timer(self) -> WithExemplars<Timer<'a, R, U, B>>
    where
        U: TimeUnit,
    {
        WithExemplars::new(Timer::start(self.handle, true))
    }

    /// Runs a function and observes how long it took; also if it panics.
    pub fn time<T>(self, function: impl FnOnce() -> T) -> T
    where
        U: TimeUnit,
    {
        let _timer = self.start_timer();
        function()
    }
}

impl<R: Registry, const K: usize, U: Unit, B: Buckets, L: LabelSet> WithExemplars<Histogram<R, K, U, B, L>> {
    #[inline]
    fn series(&self) -> WithExemplars<HistogramSeries<'_, R, U, B>>
    where
        L: Unlabelled,
    {
        WithExemplars::new(self.handle.only())
    }

    /// Takes an observation.
    #[inline]
    pub fn observe(&self, value: impl IntoUnit<U>)
    where
        L: Unlabelled,
    {
        self.series().observe(value);
    }

    /// Takes an observation, and says where it came from.
    #[inline]
    pub fn observe_with(&self, value: impl IntoUnit<U>, exemplar: Exemplar)
    where
        L: Unlabelled,
    {
        self.series().observe_with(value, exemplar);
    }

    /// Starts a clock that observes the time until it is dropped.
    #[inline]
    pub fn start_timer(&self) -> WithExemplars<Timer<'_, R, U, B>>
    where
        L: Unlabelled,
        U: TimeUnit,
    {
        self.series().start_timer()
    }

    /// Runs a function and observes how long it took; also if it panics.
    pub fn time<T>(&self, function: impl FnOnce() -> T) -> T
    where
        L: Unlabelled,
        U: TimeUnit,
    {
        self.series().time(function)
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> WithExemplars<Timer<'_, R, U, B>> {
    /// Observes now, and tells the time it took.
    pub fn stop(self) -> Duration {
        self.handle.stop()
    }

    /// Observes now, says where the observation came from, and tells the time it took.
    pub fn stop_with(self, exemplar: Exemplar) -> Duration {
        self.handle.stop_with(exemplar)
    }

    /// Ends without an observation.
    pub fn discard(self) {
        self.handle.discard();
    }
}

/// Implemented by nothing: it gives the compiler the words for a handle that is plain.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this KPI keeps no exemplars",
    label = "no exemplar can be given here",
    note = "let it keep some, in the registry: `trace: {{exemplars: true}}`"
)]
pub trait KeepsExemplars {}

impl<R: Registry, U: Unit> CounterSeries<'_, R, U> {
    #[doc(hidden)]
    pub fn inc_with(self, _: Exemplar)
    where
        Self: KeepsExemplars,
    {
    }
}

impl<R: Registry, U: Unit, B: Buckets> HistogramSeries<'_, R, U, B> {
    #[doc(hidden)]
    pub fn observe_with(self, _: impl IntoUnit<U>, _: Exemplar)
    where
        Self: KeepsExemplars,
    {
    }
}
