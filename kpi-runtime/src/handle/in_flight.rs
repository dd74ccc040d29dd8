//! What is under way, counted by guards.

use std::fmt;

use super::{Gauge, GaugeSeries};
use crate::label_set::{LabelSet, Unlabelled};
use crate::store::Registry;
use crate::unit::{Countable, Unit};

/// One of the things that are under way: it counts in its gauge from [`GaugeSeries::track`] to its drop, also when a
/// panic drops it, or the future that holds it is dropped.
///
/// A guard of the process' own instance lives as long as it likes and goes from thread to thread with its task; one of
/// an isolated instance borrows from the instance.
#[must_use = "a guard that is dropped at once counts nothing; bind it: `let _in_flight = ..`"]
pub struct InFlight<'a, R: Registry, U: Countable> {
    series: GaugeSeries<'a, R, U>,
}

impl<R: Registry, U: Countable> Drop for InFlight<'_, R, U> {
    #[inline]
    fn drop(&mut self) {
        self.series.dec();
    }
}

impl<R: Registry, U: Countable> fmt::Debug for InFlight<'_, R, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").finish_non_exhaustive()
    }
}

impl<'a, R: Registry, U: Unit> GaugeSeries<'a, R, U> {
    /// Adds one now, and takes it away when the guard is dropped: the gauge is the number of guards that live.
    ///
    /// `set` beside guards replaces what they have counted, and each of them still takes its one away when it goes. So a
    /// gauge is counted by guards, or it is set; a `set` to 0 under living guards makes it negative.
    #[inline]
    pub fn track(self) -> InFlight<'a, R, U>
    where
        U: Countable,
    {
        self.inc();
        InFlight { series: self }
    }
}

impl<R: Registry, const K: usize, U: Unit, L: LabelSet> Gauge<R, K, U, L> {
    /// Adds one now, and takes it away when the guard is dropped: see [`GaugeSeries::track`].
    #[inline]
    pub fn track(&self) -> InFlight<'_, R, U>
    where
        L: Unlabelled,
        U: Countable,
    {
        self.only().track()
    }
}
