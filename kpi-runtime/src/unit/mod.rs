//! Units as types: a KPI in milliseconds takes milliseconds (or a [`Duration`]) and nothing else.
//!
//! A registry's own units (`{ucum: …}`) become types of the same shape in the module of the generated code.

mod amount;
mod builtin;

use std::time::Duration;

pub use amount::{Increment, IntoNonNegative, IntoUnit, NonNegative, Whole};
pub use builtin::{
    Bpm, Bytes, Celsius, Count, Days, Eur, GramsPerKilogram, Hertz, Hours, Joules, Messages, Milliseconds,
    Minutes, Percent, Ratio, Requests, Rpm, Score, Seconds, Tokens, Usd, Watts,
};

/// A unit of measurement: a tuple struct around the number.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a unit of measurement")]
pub trait Unit: Copy + Send + Sync + 'static {
    /// This many of the unit.
    fn new(value: f64) -> Self;
    /// How many of the unit.
    fn value(self) -> f64;
}

/// A unit of time, for which a [`Duration`] may be given and a timer started.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a unit of time",
    note = "durations and timers are for KPIs in milliseconds, seconds, minutes, hours or days"
)]
pub trait TimeUnit: Unit {
    /// How many nanoseconds are in one of the unit.
    const NANOSECONDS: f64;

    /// A duration in this unit, rounded once if it is shorter than 104 days.
    #[inline]
    fn from_duration(duration: Duration) -> Self {
        const NANOSECONDS: u64 = 1_000_000_000;
        // Up to here nanoseconds are whole numbers in floating point too.
        const EXACT: u64 = (1 << 53) / NANOSECONDS - 1;
        let (seconds, nanoseconds) = (duration.as_secs(), duration.subsec_nanos());
        if seconds > EXACT {
            return Self::new(duration.as_secs_f64() * (1e9 / Self::NANOSECONDS));
        }
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "it is less than 2^53")]
        let nanoseconds = (seconds * NANOSECONDS + u64::from(nanoseconds)) as i64 as f64;
        Self::new(nanoseconds / Self::NANOSECONDS)
    }
}

/// A unit that comes in wholes, so that its counters are exact `u64`s.
#[diagnostic::on_unimplemented(message = "`{Self}` does not come in wholes")]
pub trait Integral: Unit {}

/// A unit whose wholes are things one counts one by one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not counted one by one",
    note = "only KPIs in count, requests, messages or tokens go up and down by one: say how much, with its unit"
)]
pub trait Countable: Integral {}
