//! Units of KPI values.

use std::fmt;

use super::{Decimal, PromDuration};

/// The unit of a KPI's value.
#[derive(Debug, PartialEq)]
pub enum Unit {
    /// One of the units every registry knows.
    Builtin(BuiltinUnit),
    /// A unit the registry describes itself.
    Custom(CustomUnit),
}

/// A unit written as `{ucum: "...", grafana: "...", suffix: "..."}`.
#[derive(Debug, PartialEq)]
pub struct CustomUnit {
    /// UCUM code, such as `mmol/L`.
    pub ucum: String,
    /// Grafana unit id; `none` when not given.
    pub grafana: String,
    /// Metric name suffix, such as `mmol_per_liter`; empty when not given.
    pub suffix: String,
}

/// A unit of time, with its length in seconds as a fraction.
#[derive(Clone, Copy, Debug)]
pub struct TimeUnit {
    /// Seconds per unit: numerator.
    pub seconds: u32,
    /// Seconds per unit: denominator.
    pub per: u32,
}

macro_rules! builtin_units {
    ($($(#[doc = $doc:literal])+ $variant:ident {
        name: $name:literal, aliases: [$($alias:literal),*], rust: $rust:literal, suffix: $suffix:literal,
        grafana: $grafana:literal, ucum: $ucum:literal, symbol: $symbol:literal,
        additive: $additive:literal, integral: $integral:literal,
    })+) => {
        /// The units every registry knows.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum BuiltinUnit { $($(#[doc = $doc])+ $variant,)+ }

        impl BuiltinUnit {
            /// Every unit, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            const fn row(self) -> &'static Row {
                match self { $(Self::$variant => const { &Row {
                    name: $name, aliases: &[$($alias),*], rust: $rust, suffix: $suffix, grafana: $grafana,
                    ucum: $ucum, symbol: $symbol, additive: $additive, integral: $integral,
                } },)+ }
            }
        }
    };
}

struct Row {
    name: &'static str,
    aliases: &'static [&'static str],
    rust: &'static str,
    suffix: &'static str,
    grafana: &'static str,
    ucum: &'static str,
    symbol: &'static str,
    additive: bool,
    integral: bool,
}

builtin_units! {
    /// Milliseconds.
    Milliseconds { name: "ms", aliases: ["milliseconds", "millisecond"], rust: "Milliseconds", suffix: "ms",
        grafana: "ms", ucum: "ms", symbol: "ms", additive: true, integral: false, }
    /// Seconds, the base unit Prometheus advises.
    Seconds { name: "seconds", aliases: ["s", "second", "sec"], rust: "Seconds", suffix: "seconds",
        grafana: "s", ucum: "s", symbol: "s", additive: true, integral: false, }
    /// Minutes.
    Minutes { name: "minutes", aliases: ["min", "minute"], rust: "Minutes", suffix: "minutes",
        grafana: "m", ucum: "min", symbol: "min", additive: true, integral: false, }
    /// Hours.
    Hours { name: "hours", aliases: ["h", "hour"], rust: "Hours", suffix: "hours",
        grafana: "h", ucum: "h", symbol: "h", additive: true, integral: false, }
    /// Days.
    Days { name: "days", aliases: ["d", "day"], rust: "Days", suffix: "days",
        grafana: "d", ucum: "d", symbol: "d", additive: true, integral: false, }
    /// Percent, 0 to 100.
    Percentage { name: "percentage", aliases: ["percent", "%"], rust: "Percent", suffix: "percent",
        grafana: "percent", ucum: "%", symbol: "%", additive: false, integral: false, }
    /// A ratio, 0 to 1.
    Ratio { name: "ratio", aliases: ["fraction"], rust: "Ratio", suffix: "ratio",
        grafana: "percentunit", ucum: "1", symbol: "", additive: false, integral: false, }
    /// How many of anything.
    Count { name: "count", aliases: ["number"], rust: "Count", suffix: "",
        grafana: "short", ucum: "{count}", symbol: "", additive: true, integral: true, }
    /// Points on a scale.
    Score { name: "score", aliases: ["points"], rust: "Score", suffix: "",
        grafana: "none", ucum: "{score}", symbol: "points", additive: false, integral: false, }
    /// Bytes.
    Bytes { name: "bytes", aliases: ["byte", "b"], rust: "Bytes", suffix: "bytes",
        grafana: "bytes", ucum: "By", symbol: "B", additive: true, integral: true, }
    /// Beats per minute.
    Bpm { name: "bpm", aliases: ["beats_per_minute"], rust: "Bpm", suffix: "bpm",
        grafana: "suffix: bpm", ucum: "{beat}/min", symbol: "bpm", additive: false, integral: false, }
    /// Cycles per second.
    Hertz { name: "hertz", aliases: ["hz"], rust: "Hertz", suffix: "hertz",
        grafana: "hertz", ucum: "Hz", symbol: "Hz", additive: false, integral: false, }
    /// Revolutions per minute.
    Rpm { name: "rpm", aliases: ["revolutions_per_minute"], rust: "Rpm", suffix: "rpm",
        grafana: "rotrpm", ucum: "{revolution}/min", symbol: "rpm", additive: false, integral: false, }
    /// Degrees Celsius.
    Celsius { name: "celsius", aliases: ["c", "degrees_celsius"], rust: "Celsius", suffix: "celsius",
        grafana: "celsius", ucum: "Cel", symbol: "°C", additive: false, integral: false, }
    /// Watts.
    Watts { name: "watts", aliases: ["w", "watt"], rust: "Watts", suffix: "watts",
        grafana: "watt", ucum: "W", symbol: "W", additive: true, integral: false, }
    /// Joules.
    Joules { name: "joules", aliases: ["j", "joule"], rust: "Joules", suffix: "joules",
        grafana: "joule", ucum: "J", symbol: "J", additive: true, integral: false, }
    /// US dollars.
    Usd { name: "usd", aliases: ["dollars"], rust: "Usd", suffix: "usd",
        grafana: "currencyUSD", ucum: "[USD]", symbol: "USD", additive: true, integral: false, }
    /// Euros.
    Eur { name: "eur", aliases: ["euros"], rust: "Eur", suffix: "eur",
        grafana: "currencyEUR", ucum: "[EUR]", symbol: "EUR", additive: true, integral: false, }
    /// Grams per kilogram, such as protein per body weight.
    GramsPerKilogram { name: "g_per_kg", aliases: ["grams_per_kilogram"], rust: "GramsPerKilogram", suffix: "g_per_kg",
        grafana: "suffix: g/kg", ucum: "g/kg", symbol: "g/kg", additive: false, integral: false, }
    /// Tokens of a language model.
    Tokens { name: "tokens", aliases: ["token"], rust: "Tokens", suffix: "tokens",
        grafana: "short", ucum: "{token}", symbol: "tokens", additive: true, integral: true, }
    /// Requests.
    Requests { name: "requests", aliases: ["request"], rust: "Requests", suffix: "requests",
        grafana: "short", ucum: "{request}", symbol: "requests", additive: true, integral: true, }
    /// Messages.
    Messages { name: "messages", aliases: ["message"], rust: "Messages", suffix: "messages",
        grafana: "short", ucum: "{message}", symbol: "messages", additive: true, integral: true, }
}

impl BuiltinUnit {
    /// The unit of a name or alias.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| {
            let row = unit.row();
            row.name == text || row.aliases.contains(&text)
        })
    }

    /// Its name in a registry.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Every accepted other spelling.
    pub const fn aliases(self) -> &'static [&'static str] {
        self.row().aliases
    }

    /// The newtype in `kpi_runtime::unit`.
    pub const fn rust_type(self) -> &'static str {
        self.row().rust
    }
}

impl Unit {
    /// Its name in a registry; the UCUM code of a custom unit.
    pub fn name(&self) -> &str {
        match self {
            Self::Builtin(unit) => unit.row().name,
            Self::Custom(unit) => &unit.ucum,
        }
    }

    /// The suffix of metric names, without `_`; empty when the unit has none.
    pub fn suffix(&self) -> &str {
        match self {
            Self::Builtin(unit) => unit.row().suffix,
            Self::Custom(unit) => &unit.suffix,
        }
    }

    /// The Grafana unit id.
    pub fn grafana(&self) -> &str {
        match self {
            Self::Builtin(unit) => unit.row().grafana,
            Self::Custom(unit) => &unit.grafana,
        }
    }

    /// The UCUM code.
    pub fn ucum(&self) -> &str {
        match self {
            Self::Builtin(unit) => unit.row().ucum,
            Self::Custom(unit) => &unit.ucum,
        }
    }

    /// What follows a number in a sentence; empty when nothing does.
    pub fn symbol(&self) -> &str {
        match self {
            Self::Builtin(unit) => unit.row().symbol,
            Self::Custom(unit) => &unit.ucum,
        }
    }

    /// Whether adding up the values of several series means anything.
    pub fn is_additive(&self) -> bool {
        matches!(self, Self::Builtin(unit) if unit.row().additive)
    }

    /// Whether a counter of it counts whole things.
    pub fn is_integral(&self) -> bool {
        matches!(self, Self::Builtin(unit) if unit.row().integral)
    }

    /// Its length, for a unit of time.
    pub fn time(&self) -> Option<TimeUnit> {
        let (seconds, per) = match self {
            Self::Builtin(BuiltinUnit::Milliseconds) => (1, 1000),
            Self::Builtin(BuiltinUnit::Seconds) => (1, 1),
            Self::Builtin(BuiltinUnit::Minutes) => (60, 1),
            Self::Builtin(BuiltinUnit::Hours) => (3600, 1),
            Self::Builtin(BuiltinUnit::Days) => (86_400, 1),
            _ => return None,
        };
        Some(TimeUnit { seconds, per })
    }
}

impl Unit {
    /// A duration as a number of this unit; `None` when it measures no time, or the number is not exact.
    pub fn of_duration(&self, duration: PromDuration) -> Option<Decimal> {
        let time = self.time()?;
        let seconds = Decimal::new(i64::try_from(duration.as_millis()).ok()?, 3);
        seconds.checked_mul(Decimal::from(time.per))?.checked_div(Decimal::from(time.seconds))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_spelling_is_unique() {
        let mut seen = BTreeSet::new();
        for unit in BuiltinUnit::ALL {
            assert_eq!(BuiltinUnit::parse(unit.name()), Some(*unit));
            for text in unit.aliases().iter().copied().chain([unit.name()]) {
                assert!(seen.insert(text), "{text} twice");
            }
        }
    }
}
