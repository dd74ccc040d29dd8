//! What handles take: a value of the KPI's unit, or what is plainly one.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::{Countable, Integral, TimeUnit, Unit};

/// What a gauge or a histogram in `U` takes: a `U`, or a [`Duration`] where `U` is a unit of time.
#[diagnostic::on_unimplemented(
    message = "this KPI is measured in `{U}`, which `{Self}` is not",
    label = "expected `{U}`",
    note = "wrap a number in the KPI's unit, `{U}(47.2)`; for a unit of time a `Duration` will do"
)]
pub trait IntoUnit<U> {
    /// How many of the unit.
    fn amount(self) -> f64;
}

impl<U: Unit> IntoUnit<U> for U {
    #[inline]
    fn amount(self) -> f64 {
        self.value()
    }
}

#[diagnostic::do_not_recommend]
impl<U: TimeUnit> IntoUnit<U> for Duration {
    #[inline]
    fn amount(self) -> f64 {
        U::from_duration(self).value()
    }
}

/// What a counter in wholes of `U` is increased by: an unsigned integer where `U` is counted one by one, else a
/// [`Whole`] such as `Bytes::whole(512)`.
#[diagnostic::on_unimplemented(
    message = "a counter in `{U}` cannot be increased by `{Self}`",
    label = "expected a whole number of `{U}` that cannot be negative",
    note = "counters of things take unsigned integers (`12u64`, `items.len()`); others a whole number of their unit, \
            such as `Bytes::whole(512)`"
)]
pub trait Increment<U> {
    /// How many wholes.
    fn wholes(self) -> u64;
}

macro_rules! unsigned {
    ($($int:ty)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<U: Countable> Increment<U> for $int {
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one text for usize too, which is at most 64 bits wide")]
            fn wholes(self) -> u64 {
                self as u64
            }
        }
    )* };
}
unsigned!(u8 u16 u32 u64 usize);

/// A whole number of a unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole<U> {
    number: u64,
    unit: PhantomData<fn() -> U>,
}

impl<U: Unit> Whole<U> {
    #[inline]
    pub(super) const fn new(number: u64) -> Self {
        Self { number, unit: PhantomData }
    }
}

impl<U> fmt::Debug for Whole<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Whole").field(&self.number).finish()
    }
}

impl<U: Integral> Increment<U> for Whole<U> {
    #[inline]
    fn wholes(self) -> u64 {
        self.number
    }
}

/// A value that is finite and not negative: what a counter of a continuous unit grows by.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct NonNegative<U>(U);

impl<U: Unit> NonNegative<U> {
    /// The value, unless it is negative, infinite or not a number.
    #[inline]
    pub fn new(value: U) -> Option<Self> {
        let number = value.value();
        (number.is_finite() && number >= 0.0).then_some(Self(value))
    }

    /// The value, or zero for one that is negative or not a number, or the greatest finite one for infinity.
    #[inline]
    pub fn clamped(value: U) -> Self {
        let value = value.value();
        Self(U::new(if value.is_nan() { 0.0 } else { value.clamp(0.0, f64::MAX) }))
    }

    /// The value.
    #[inline]
    pub fn get(self) -> U {
        self.0
    }
}

/// What a counter in a continuous unit `U` is increased by: a [`NonNegative`], or a [`Duration`] where `U` is a unit of
/// time.
#[diagnostic::on_unimplemented(
    message = "a counter in `{U}` cannot be increased by `{Self}`",
    label = "expected a value of `{U}` that cannot be negative",
    note = "counters only grow: wrap the value, `NonNegative::new(Usd(0.02))` or `NonNegative::clamped(Usd(0.02))`; for \
            a unit of time a `Duration` will do"
)]
pub trait IntoNonNegative<U: Unit> {
    /// The value.
    fn non_negative(self) -> NonNegative<U>;
}

impl<U: Unit> IntoNonNegative<U> for NonNegative<U> {
    #[inline]
    fn non_negative(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<U: TimeUnit> IntoNonNegative<U> for Duration {
    #[inline]
    fn non_negative(self) -> NonNegative<U> {
        NonNegative(U::from_duration(self))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Bytes, Milliseconds, Minutes, Seconds, Usd};
    use super::*;

    #[test]
    fn durations_become_the_unit() {
        let duration = Duration::from_millis(1_500);
        assert_eq!(IntoUnit::<Milliseconds>::amount(duration).to_bits(), 1_500f64.to_bits());
        assert_eq!(IntoUnit::<Minutes>::amount(duration).to_bits(), (1.5f64 / 60.0).to_bits());
        // Each is the number one would write, so it falls into the bucket that ends with it.
        for tenths in 0..100_000u32 {
            let amount = IntoUnit::<Milliseconds>::amount(Duration::from_micros(100 * u64::from(tenths)));
            assert_eq!(amount.to_bits(), (f64::from(tenths) / 10.0).to_bits());
        }
        let long = Duration::from_secs(u64::MAX);
        assert_eq!(IntoUnit::<Seconds>::amount(long).to_bits(), long.as_secs_f64().to_bits());
    }

    #[test]
    fn non_negative_is_what_it_says() {
        assert_eq!(NonNegative::new(Usd(0.5)).map(NonNegative::get), Some(Usd(0.5)));
        for bad in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(NonNegative::new(Usd(bad)), None);
        }
        assert_eq!(NonNegative::clamped(Usd(f64::NAN)).get(), Usd(0.0));
        assert_eq!(NonNegative::clamped(Usd(-3.0)).get(), Usd(0.0));
        assert_eq!(NonNegative::clamped(Usd(f64::INFINITY)).get(), Usd(f64::MAX));
    }

    #[test]
    fn wholes_are_exact() {
        assert_eq!(Increment::<Bytes>::wholes(Bytes::whole(u64::MAX)), u64::MAX);
    }
}
