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
    /// `None` once it is discarded, and of a KPI that this build leaves out: then the clock is not looked at.
    start: Option<Instant>,
    keeps_exemplars: bool,
}

impl<'a, R: Registry, U: TimeUnit, B: Buckets> Timer<'a, R, U, B> {
    #[inline]
    pub(super) fn start(series: HistogramSeries<'a, R, U, B>, keeps_exemplars: bool) -> Self {
        let start = if series.place.is_nowhere() { None } else { Some(Instant::now()) };
        Self { series, start, keeps_exemplars }
    }

    /// Observes now, and tells the time it took: none of a KPI that [this build leaves out](crate::DEBUG_TIER).
    #[inline]
    pub fn stop(self) -> Duration {
        self.end(None)
    }

    pub(super) fn stop_with(self, exemplar: Exemplar) -> Duration {
        self.end(Some(exemplar))
    }

    #[inline]
    fn end(mut self, exemplar: Option<Exemplar>) -> Duration {
        self.start.take().map_or(Duration::ZERO, |start| self.observe(start, exemplar))
    }

    /// Out of line, so that the drop is short enough to vanish where nothing was started.
    #[inline(never)]
    fn observe(&self, start: Instant, exemplar: Option<Exemplar>) -> Duration {
        let elapsed = start.elapsed();
        if self.keeps_exemplars {
            WithExemplars { handle: self.series }.take(IntoUnit::<U>::amount(elapsed), exemplar);
        } else {
            self.series.observe(elapsed);
        }
        elapsed
    }

    /// Ends without an observation.
    #[inline]
    pub fn discard(mut self) {
        self.start = None;
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> Drop for Timer<'_, R, U, B> {
    #[inline]
    fn drop(&mut self) {
        if let Some(start) = self.start.take() {
            self.observe(start, None);
        }
    }
}

impl<R: Registry, U: TimeUnit, B: Buckets> fmt::Debug for Timer<'_, R, U, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("start", &self.start).finish_non_exhaustive()
    }
}
