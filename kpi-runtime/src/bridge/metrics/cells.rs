//! Where values are kept, and how the handles of `metrics` write to them.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

use ::metrics::{CounterFn, GaugeFn, HistogramFn};

use crate::snapshot::{self, Value};

/// A cell of one kind.
pub(super) trait Cell: Send + Sync {
    /// What it takes to make one.
    type Make;

    fn new(make: &Self::Make) -> Self;

    fn value(&self) -> Value;
}

/// A whole number that only grows, and wraps at its end.
#[derive(Debug)]
pub(super) struct Counter(AtomicU64);

impl Cell for Counter {
    type Make = ();

    fn new((): &()) -> Self {
        Self(AtomicU64::new(0))
    }

    fn value(&self) -> Value {
        Value::Whole(self.0.load(Relaxed))
    }
}

impl CounterFn for Counter {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.0.fetch_max(value, Relaxed);
    }
}

/// The bits of a real number.
#[derive(Debug)]
pub(super) struct Gauge(AtomicU64);

impl Gauge {
    fn add(&self, amount: f64) {
        let sum = |bits| Some((f64::from_bits(bits) + amount).to_bits());
        // The closure never declines.
        let _ = self.0.fetch_update(Relaxed, Relaxed, sum);
    }
}

impl Cell for Gauge {
    type Make = ();

    fn new((): &()) -> Self {
        Self(AtomicU64::new(0f64.to_bits()))
    }

    fn value(&self) -> Value {
        Value::Real(f64::from_bits(self.0.load(Relaxed)))
    }
}

impl GaugeFn for Gauge {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Relaxed);
    }
}

/// Observations in buckets. Behind a lock, so that count and sum belong to the same observations.
#[derive(Debug)]
pub(super) struct Histogram {
    bounds: Arc<[f64]>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Observations in each bucket, of which the last is that up to +Inf.
    buckets: Box<[u64]>,
    sum: f64,
}

impl Cell for Histogram {
    type Make = Arc<[f64]>;

    fn new(bounds: &Arc<[f64]>) -> Self {
        let buckets = vec![0; bounds.len() + 1].into_boxed_slice();
        Self { bounds: Arc::clone(bounds), state: Mutex::new(State { buckets, sum: 0.0 }) }
    }

    fn value(&self) -> Value {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 0u64;
        let counts = state.buckets.iter().map(|bucket| {
            count = count.wrapping_add(*bucket);
            count
        });
        let counts: Vec<u64> = counts.collect();
        let cumulative = self.bounds.iter().copied().zip(counts).collect();
        Value::Histogram(snapshot::Histogram::new(cumulative, count, state.sum))
    }
}

impl HistogramFn for Histogram {
    fn record(&self, value: f64) {
        self.record_many(value, 1);
    }

    /// As of a KPI: an observation that is not a number counts in the last bucket and is left out of the sum, as is one
    /// that would make it infinite.
    #[expect(clippy::cast_precision_loss, reason = "a sum is a real number")]
    fn record_many(&self, value: f64, count: usize) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        let bucket = if value.is_nan() { self.bounds.len() } else { bucket };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = state.sum + value * count as f64;
        if sum.is_finite() {
            state.sum = sum;
        }
        if let Some(bucket) = state.buckets.get_mut(bucket) {
            *bucket = bucket.wrapping_add(count as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_have_their_bucket() {
        let histogram = Histogram::new(&Arc::from([1.0, 2.5]));
        for value in [f64::NEG_INFINITY, -0.0, 1.0, 1.0f64.next_up(), 2.5, 3.0, f64::INFINITY, f64::NAN] {
            histogram.record(value);
        }
        histogram.record_many(0.5, 1_000);
        let cumulative = vec![(1.0, 1_003), (2.5, 1_005)];
        let sum = 1.0 + 1.0f64.next_up() + 2.5 + 3.0 + 500.0;
        assert_eq!(histogram.value(), Value::Histogram(snapshot::Histogram::new(cumulative, 1_008, sum)));
    }

    #[test]
    fn counters_and_gauges_do_what_the_facade_asks_of_them() {
        let counter = Counter::new(&());
        counter.increment(2);
        counter.absolute(1);
        counter.absolute(7);
        assert_eq!(counter.value(), Value::Whole(7));
        let gauge = Gauge::new(&());
        gauge.set(2.5);
        gauge.increment(1.0);
        gauge.decrement(0.5);
        assert_eq!(gauge.value(), Value::Real(3.0));
    }
}
