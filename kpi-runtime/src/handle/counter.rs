//! Counters of wholes.

use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;

use super::handle;
use crate::cell;
use crate::descriptor::Kind;
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::{Claim, Link, Place, Registry, interners};
use crate::unit::{Countable, Increment, Unit};

handle! { $
    /// A whole number that only grows. It is exact up to `u64::MAX` and then wraps to 0, as Prometheus expects of a
    /// counter; Prometheus itself keeps 53 bits of it.
    Counter<R, K, U> gives
    /// One series of a [`Counter`].
    CounterSeries, 1
}

impl<R: Registry, U: Unit> CounterSeries<'_, R, U> {
    /// Counts one.
    #[inline]
    pub fn inc(self)
    where
        U: Countable,
    {
        self.grow(1);
    }

    /// Counts this many.
    #[inline]
    pub fn inc_by(self, number: impl Increment<U>) {
        self.grow(number.wholes());
    }

    /// The number so far.
    pub fn get(self) -> u64 {
        self.place.read(&Kind::Counter).first().copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn grow(self, number: u64) {
        if self.place.is_nowhere() {
            return;
        }
        match self.place.own(1) {
            Some([own, ..]) => cell::bump(own, number),
            _ => self.grow_elsewhere(number),
        }
    }

    /// Out of line: with a thread's first write, and where threads share a cell.
    #[inline(never)]
    fn grow_elsewhere(self, number: u64) {
        match self.place.claim(1) {
            Some(Claim::Own([own, ..])) => cell::bump(own, number),
            Some(Claim::Shared([shared, ..])) => {
                shared.fetch_add(number, Relaxed);
            }
            _ => {}
        }
    }
}

impl<R: Registry, const K: usize, U: Unit, L: LabelSet> Counter<R, K, U, L> {
    /// Counts one.
    #[inline]
    pub fn inc(&self)
    where
        L: Unlabelled,
        U: Countable,
    {
        CounterSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).inc();
    }

    /// Counts this many.
    #[inline]
    pub fn inc_by(&self, number: impl Increment<U>)
    where
        L: Unlabelled,
    {
        CounterSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).inc_by(number);
    }

    /// The number so far.
    pub fn get(&self) -> u64
    where
        L: Unlabelled,
    {
        CounterSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).get()
    }
}
