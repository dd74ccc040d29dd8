//! A running clock.

use std::fmt;
use std::time::{Duration, Instant};

use super::{Buckets, HistogramSeries, WithExemplars};
use crate::exemplars::Exemplar;
use crate::store::Registry;
use crate::unit::{IntoUnit, TimeUnit};

/// Observes the time from its start to its drop, once; also when a panic drops it.
#[must_use = "a timer that is dropped at once observes nothing of interest; bind it: `let timer = ..`"]
pub struct Timer<'a, R: Registry, U: TimeUnit, B: Buckets> {
    series: HistogramSeries<'a, R, U, B>,
    start: Instant,
    running: bool,
    keeps_exemplars: bool,
}

impl<'a, R: Registry, U: TimeUnit, B: Buckets> Timer<'a, R, U, B> {
    pub(super) fn start(series: HistogramSeries<'a, R, U, B>, keeps_exemplars: bool) -> Self {
        Self { series, start: Instant::now(), running: true, keeps_exemplars }
    }

    /// Observes now, and tells the time it took.
    pub fn stop(self) -> Duration {
        self.end(None)
    }

    pub(super) fn stop_with(self, exemplar: Exemplar) -> Duration {
        self.end(Some(exemplar))
    }

    fn end(mut self, exemplar: Option<Exemplar>) -> Duration {
        self.running = false;
        self.observe(exemplar)
    }

    fn observe(&self, exemplar: Option<Exemplar>) -> Duration {
        let elapsed = self.start.elapsed();
        if self.keeps_exemplars {
            WithExemplars { handle: self.series }.take(IntoUnit::<U>::amount(elapsed), exemplar);
        } else {
            self.series.observe(elapsed);
        }
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
            self.observe(None);
        }
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> fmt::Debug for Timer<'_, R, U, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("start", &self.start).finish_non_exhaustive()
    }
}
