//! Counters of continuous units.

use std::marker::PhantomData;

use super::handle;
use crate::cell;
use crate::descriptor::Kind;
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::{Claim, Link, Place, Registry, interners};
use crate::unit::{IntoNonNegative, Unit};

handle! { $
    /// A real number that only grows: seconds, joules, money. It stays where it is when it would leave the finite
    /// numbers.
    FloatCounter<R, K, U> gives
    /// One series of a [`FloatCounter`].
    FloatCounterSeries, 1
}

impl<R: Registry, U: Unit> FloatCounterSeries<'_, R, U> {
    /// Adds an amount.
    #[inline]
    pub fn inc_by(self, amount: impl IntoNonNegative<U>) {
        if self.place.is_nowhere() {
            return;
        }
        let amount = amount.non_negative().get().value();
        let fits = match self.place.own(1) {
            Some([own, ..]) => cell::bump_f64(own, amount),
            _ => self.grow_elsewhere(amount),
        };
        if !fits {
            self.place.reject();
        }
    }

    /// Out of line: with a thread's first write, and where threads share a cell.
    #[inline(never)]
    fn grow_elsewhere(self, amount: f64) -> bool {
        match self.place.claim(1) {
            Some(Claim::Own([own, ..])) => cell::bump_f64(own, amount),
            Some(Claim::Shared([shared, ..])) => cell::add_f64(shared, amount),
            _ => true,
        }
    }

    /// The amount so far.
    pub fn get(self) -> U {
        U::new(self.place.read(&Kind::FloatCounter).first().map_or(0.0, |bits| f64::from_bits(*bits)))
    }
}

impl<R: Registry, const K: usize, U: Unit, L: LabelSet> FloatCounter<R, K, U, L> {
    /// Adds an amount.
    #[inline]
    pub fn inc_by(&self, amount: impl IntoNonNegative<U>)
    where
        L: Unlabelled,
    {
        FloatCounterSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).inc_by(amount);
    }

    /// The amount so far.
    pub fn get(&self) -> U
    where
        L: Unlabelled,
    {
        FloatCounterSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).get()
    }
}
