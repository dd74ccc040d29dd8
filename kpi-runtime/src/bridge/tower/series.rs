//! What the functions of a layer choose: a series, or a KPI without labels.

use std::time::Duration;

use crate::handle::{
    Buckets, Counter, CounterSeries, Gauge, GaugeSeries, Histogram, HistogramSeries, WithExemplars,
};
use crate::label_set::Unlabelled;
use crate::store::Registry;
use crate::unit::{Countable, TimeUnit};

/// What counts requests: a series of a counter, or a counter without labels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not count requests",
    label = "expected a series of a counter",
    note = "choose one of a KPI in requests, messages or any other unit that is counted one by one: `KPIS.requests.with(..)`, \
            or `&KPIS.requests` if it has no labels"
)]
pub trait CountsRequests {
    /// Counts one.
    fn count(self);
}

/// What observes how long requests take: a series of a histogram in a unit of time, or such a histogram without labels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not observe how long requests take",
    label = "expected a series of a histogram",
    note = "choose one of a KPI in a unit of time: `KPIS.request_duration.with(..)`, or `&KPIS.request_duration` if it has no \
            labels"
)]
pub trait TimesRequests {
    /// Observes a duration.
    fn time(self, duration: Duration);
}

/// What holds the number of requests under way: a series of a gauge, or a gauge without labels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold the number of requests under way",
    label = "expected a series of a gauge",
    note = "choose one of a KPI in requests or any other unit that is counted one by one: `KPIS.in_flight.with(..)`, or \
            `&KPIS.in_flight` if it has no labels"
)]
pub trait HoldsRequests: Copy + Send + Sync + 'static {
    /// One more is under way.
    fn up(self);
    /// One of them has ended.
    fn down(self);
}

impl<R: Registry, U: Countable> CountsRequests for CounterSeries<'_, R, U> {
    fn count(self) {
        self.inc();
    }
}

impl<R: Registry, const K: usize, U: Countable, L: Unlabelled> CountsRequests for &Counter<R, K, U, L> {
    fn count(self) {
        self.inc();
    }
}

impl<R: Registry, U: Countable> CountsRequests for WithExemplars<CounterSeries<'_, R, U>> {
    fn count(self) {
        self.inc();
    }
}

impl<R: Registry, const K: usize, U: Countable, L: Unlabelled> CountsRequests
    for &WithExemplars<Counter<R, K, U, L>>
{
    fn count(self) {
        self.inc();
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> TimesRequests for HistogramSeries<'_, R, U, B> {
    fn time(self, duration: Duration) {
        self.observe(duration);
    }
}

impl<R: Registry, const K: usize, U: TimeUnit, B: Buckets, L: Unlabelled> TimesRequests
    for &Histogram<R, K, U, B, L>
{
    fn time(self, duration: Duration) {
        self.observe(duration);
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> TimesRequests for WithExemplars<HistogramSeries<'_, R, U, B>> {
    fn time(self, duration: Duration) {
        self.observe(duration);
    }
}

impl<R: Registry, const K: usize, U: TimeUnit, B: Buckets, L: Unlabelled> TimesRequests
    for &WithExemplars<Histogram<R, K, U, B, L>>
{
    fn time(self, duration: Duration) {
        self.observe(duration);
    }
}

impl<R: Registry, U: Countable> HoldsRequests for GaugeSeries<'static, R, U> {
    fn up(self) {
        self.inc();
    }

    fn down(self) {
        self.dec();
    }
}

impl<R: Registry, const K: usize, U: Countable, L: Unlabelled> HoldsRequests for &'static Gauge<R, K, U, L> {
    fn up(self) {
        self.inc();
    }

    fn down(self) {
        self.dec();
    }
}
