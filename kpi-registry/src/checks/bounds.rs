//! Which values a unit has at all.

use super::prelude::*;

/// The least and the greatest value; `None` is no bound.
#[derive(Clone, Copy, Default)]
pub(super) struct Bounds {
    pub(super) min: Option<Decimal>,
    pub(super) max: Option<Decimal>,
}

/// The values that a unit can have. Times, money, energy and scores may be negative (a delay, a debt, a handicap).
pub(super) fn natural_range(unit: &Unit) -> Bounds {
    let Unit::Builtin(unit) = unit else { return Bounds::default() };
    let from_zero = Bounds { min: Some(Decimal::ZERO), max: None };
    match unit {
        BuiltinUnit::Percentage => Bounds { max: Some(Decimal::from(100)), ..from_zero },
        BuiltinUnit::Ratio => Bounds { max: Some(Decimal::ONE), ..from_zero },
        BuiltinUnit::Count
        | BuiltinUnit::Bytes
        | BuiltinUnit::Bpm
        | BuiltinUnit::Hertz
        | BuiltinUnit::Rpm
        | BuiltinUnit::GramsPerKilogram
        | BuiltinUnit::Tokens
        | BuiltinUnit::Requests
        | BuiltinUnit::Messages => from_zero,
        BuiltinUnit::Milliseconds
        | BuiltinUnit::Seconds
        | BuiltinUnit::Minutes
        | BuiltinUnit::Hours
        | BuiltinUnit::Days
        | BuiltinUnit::Score
        | BuiltinUnit::Celsius
        | BuiltinUnit::Watts
        | BuiltinUnit::Joules
        | BuiltinUnit::Usd
        | BuiltinUnit::Eur => Bounds::default(),
    }
}

/// `is 0 to 100`, `is 0 or more`.
pub(super) fn describe(bounds: Bounds) -> String {
    match (bounds.min, bounds.max) {
        (Some(min), Some(max)) => format!("is {min} to {max}"),
        (Some(min), None) => format!("is {min} or more"),
        (None, Some(max)) => format!("is {max} or less"),
        (None, None) => "is any number".into(),
    }
}
