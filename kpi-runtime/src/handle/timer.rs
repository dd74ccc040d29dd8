//! A running clock.

use std::fmt;
use std::time::{Duration, Instant};

use super::{Buckets, HistogramSeries};
use crate::store::Registry;
use crate::unit::TimeUnit;

/// Observes the time from its start to its drop, once; also when a panic drops it.
#[must_use = "a timer that is dropped at once observes nothing of interest; bind it: `let timer = ..`"]
pub struct Timer<'a, R: Registry, U: TimeUnit, B: Buckets> {
    series: HistogramSeries<'a, R, U, B>,
    start: Instant,
    running: bool,
}

impl<'a, R: Registry, U: TimeUnit, B: Buckets> Timer<'a, R, U, B> {
    pub(super) fn start(series: HistogramSeries<'a, R, U, B>) -> Self {
        Self { series, start: Instant::now(), running: true }
    }

    /// Observes now, and tells the time it took.
    pub fn stop(mut self) -> Duration {
        self.running = false;
        let elapsed = self.start.elapsed();
        self.series.observe(elapsed);
        elapsed
    }

    /// Ends without an observation.
    pub fn discard(mut self) {
        self.running = false;
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> Drop for Timer<'_, R, U, B> {
    fn drop(&mut self) {
        if self.running {
            self.series.observe_since(self.start);
        }
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> fmt::Debug for Timer<'_, R, U, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("start", &self.start).finish_non_exhaustive()
    }
}
