//! Gauges.

use std::marker::PhantomData;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::handle;
use crate::descriptor::Kind;
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::{Link, Place, Registry, interners};
use crate::unit::{Countable, IntoUnit, Unit};

handle! { $
    /// A number that comes and goes. It is exposed from its first write on: a gauge that nobody has set does not read 0.
    /// NaN and the infinities are kept and exposed as they are.
    Gauge<R, K, U> gives
    /// One series of a [`Gauge`].
    GaugeSeries, 1
}

impl<R: Registry, U: Unit> GaugeSeries<'_, R, U> {
    /// Makes this the value.
    #[inline]
    pub fn set(self, value: impl IntoUnit<U>) {
        if let Some(cell) = self.place.cell() {
            AtomicU64::store(cell, encode(value.amount()), Relaxed);
        }
    }

    /// Adds to the value; one that was never set counts as 0.
    #[inline]
    pub fn add(self, amount: impl IntoUnit<U>) {
        self.shift(amount.amount());
    }

    /// Takes from the value; one that was never set counts as 0.
    #[inline]
    pub fn sub(self, amount: impl IntoUnit<U>) {
        self.shift(-amount.amount());
    }

    /// Adds one.
    #[inline]
    pub fn inc(self)
    where
        U: Countable,
    {
        self.shift(1.0);
    }

    /// Takes one.
    #[inline]
    pub fn dec(self)
    where
        U: Countable,
    {
        self.shift(-1.0);
    }

    /// The value, if it was ever set.
    pub fn get(self) -> Option<U> {
        decode(*self.place.read(&Kind::Gauge).first()?).map(U::new)
    }

    #[inline]
    fn shift(self, amount: f64) {
        if let Some(cell) = self.place.cell() {
            add(cell, amount);
        }
    }
}

impl<R: Registry, const K: usize, U: Unit, L: LabelSet> Gauge<R, K, U, L> {
    /// Makes this the value.
    #[inline]
    pub fn set(&self, value: impl IntoUnit<U>)
    where
        L: Unlabelled,
    {
        GaugeSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).set(value);
    }

    /// Adds to the value; one that was never set counts as 0.
    #[inline]
    pub fn add(&self, amount: impl IntoUnit<U>)
    where
        L: Unlabelled,
    {
        GaugeSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).add(amount);
    }

    /// Takes from the value; one that was never set counts as 0.
    #[inline]
    pub fn sub(&self, amount: impl IntoUnit<U>)
    where
        L: Unlabelled,
    {
        GaugeSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).sub(amount);
    }

    /// Adds one.
    #[inline]
    pub fn inc(&self)
    where
        L: Unlabelled,
        U: Countable,
    {
        GaugeSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).inc();
    }

    /// Takes one.
    #[inline]
    pub fn dec(&self)
    where
        L: Unlabelled,
        U: Countable,
    {
        GaugeSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).dec();
    }

    /// The value, if it was ever set.
    pub fn get(&self) -> Option<U>
    where
        L: Unlabelled,
    {
        GaugeSeries::<R, U>::first(self.link, const { R::OFFSETS[K] }).get()
    }
}

/// Cells hold a value's bits xor these of a NaN, so that a fresh cell, 0, says "never set". Of 2^53 NaNs this is one that no
/// computation comes to: setting a gauge to it takes its value away.
const UNSET: u64 = 0x7ff8_0000_6b70_6900;

#[inline]
pub(super) fn encode(value: f64) -> u64 {
    value.to_bits() ^ UNSET
}

pub(crate) fn decode(cell: u64) -> Option<f64> {
    (cell != 0).then(|| f64::from_bits(cell ^ UNSET))
}

fn add(cell: &AtomicU64, amount: f64) {
    let sum = |cell| Some(encode(decode(cell).unwrap_or(0.0) + amount));
    // The closure never declines.
    let _ = cell.fetch_update(Relaxed, Relaxed, sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_survives_and_none_reads_as_unset() {
        let numbers = [0.0, -0.0, 1.5, f64::MAX, f64::MIN_POSITIVE / 2.0, f64::INFINITY, f64::NEG_INFINITY];
        for number in numbers {
            assert_eq!(decode(encode(number)).map(f64::to_bits), Some(number.to_bits()));
        }
        for nan in [f64::NAN, f64::from_bits(UNSET + 1), -f64::NAN] {
            assert!(decode(encode(nan)).is_some_and(f64::is_nan));
        }
        assert_eq!(decode(0), None);
    }
}
