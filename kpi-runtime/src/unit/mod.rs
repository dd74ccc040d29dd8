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
    /// How many of the unit are in one second.
    const PER_SECOND: f64;

    /// A duration in this unit.
    fn from_duration(duration: Duration) -> Self {
        Self::new(duration.as_secs_f64() * Self::PER_SECOND)
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
