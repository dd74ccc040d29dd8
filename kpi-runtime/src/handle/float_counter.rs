//! Counters of continuous units.

use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;

use super::{add_f64, handle};
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::{Link, Place, Registry, interners};
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
        let amount = amount.non_negative().get().value();
        if let Some(cell) = self.place.write(0)
            && !add_f64(cell, amount)
        {
            self.place.reject();
        }
    }

    /// The amount so far.
    pub fn get(self) -> U {
        U::new(self.place.read(0).map_or(0.0, |cell| f64::from_bits(cell.load(Relaxed))))
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
