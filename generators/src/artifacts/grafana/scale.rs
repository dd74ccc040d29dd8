//! Colours, limits and digits of a KPI's values.

use kpi_registry::entity::{Kind, Kpi, NormalRange, Severity};
use kpi_registry::value::{BuiltinUnit, Decimal, Unit};
use serde_json::Number;

use super::view::View;
use crate::wire::grafana::field::{Step, Thresholds, ThresholdsMode};

/// How the ranges of a KPI are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neutral {
    /// Outside of what is known to be good or bad nothing is drawn, for areas.
    Transparent,
    /// It has a colour without meaning, for numbers.
    Blue,
}

/// A number of the registry, digit by digit.
pub(super) fn number(value: Decimal) -> Option<Number> {
    value.to_string().parse().ok()
}

/// The ranges of a KPI: bad by threshold, good inside the normal range, neutral elsewhere. Without a normal range
/// everything between the thresholds is good.
pub(super) fn steps(kpi: &Kpi, view: &View<'_>, neutral: Neutral) -> Thresholds {
    let range = kpi.normal_range.as_ref();
    let mut edges: Vec<Decimal> = view.drawn.iter().map(|(.., value)| *value).collect();
    edges.extend(
        range.into_iter().flat_map(|range| [&range.min, &range.max]).flatten().map(|edge| edge.value),
    );
    edges.sort_unstable();
    edges.dedup();
    let below = edges.first().map(|first| (None, Zone::Below(*first)));
    let above = edges.iter().map(|edge| (number(*edge), Zone::From(*edge)));
    let mut steps: Vec<Step> = Vec::new();
    for (value, zone) in below.into_iter().chain(above) {
        let color = color(zone, view, range, neutral).to_owned();
        if steps.last().is_none_or(|last| last.color != color) {
            steps.push(Step { color, value });
        }
    }
    if steps.is_empty() {
        return Thresholds::default();
    }
    Thresholds { mode: ThresholdsMode::Absolute, steps }
}

/// The values between two neighbouring edges.
#[derive(Clone, Copy)]
enum Zone {
    /// Everything below the lowest edge.
    Below(Decimal),
    /// What follows an edge, up to the next.
    From(Decimal),
}

impl Zone {
    fn is_below(self, limit: Decimal) -> bool {
        match self {
            Self::Below(edge) => edge <= limit,
            Self::From(edge) => edge < limit,
        }
    }
}

fn color(zone: Zone, view: &View<'_>, range: Option<&NormalRange>, neutral: Neutral) -> &'static str {
    let hit = |level: kpi_registry::entity::Level, limit| zone.is_below(limit) == level.is_low();
    let hit = view.drawn.iter().filter(|(level, _, value)| hit(*level, *value));
    match hit.map(|(_, threshold, _)| threshold.severity).max() {
        Some(Severity::Critical) => return "red",
        Some(Severity::Warning) => return "orange",
        Some(Severity::Info) => return "yellow",
        None => {}
    }
    let good = range.is_none_or(|range| {
        let too_low = range.min.as_ref().is_some_and(|min| zone.is_below(min.value));
        let too_high = range.max.as_ref().is_some_and(|max| !zone.is_below(max.value));
        !too_low && !too_high
    });
    match (good, neutral) {
        (true, _) => "green",
        (false, Neutral::Transparent) => "transparent",
        (false, Neutral::Blue) => "blue",
    }
}

/// The ends of the axis that the unit fixes.
pub(super) fn limits(kpi: &Kpi) -> (Option<Decimal>, Option<Decimal>) {
    let hundred = Decimal::from(100);
    let is_sum = matches!(kpi.kind.value, Kind::Counter | Kind::Histogram(_) | Kind::NativeHistogram);
    match &kpi.unit.value {
        Unit::Builtin(BuiltinUnit::Percentage) if !is_sum => (Some(Decimal::ZERO), Some(hundred)),
        Unit::Builtin(BuiltinUnit::Ratio) if !is_sum => (Some(Decimal::ZERO), Some(Decimal::ONE)),
        Unit::Builtin(
            BuiltinUnit::Count
            | BuiltinUnit::Bytes
            | BuiltinUnit::Requests
            | BuiltinUnit::Messages
            | BuiltinUnit::Tokens
            | BuiltinUnit::Percentage
            | BuiltinUnit::Ratio,
        ) => (Some(Decimal::ZERO), None),
        _ if is_sum => (Some(Decimal::ZERO), None),
        _ => (None, None),
    }
}

/// The ends of a dial: those of the unit, else room around everything the registry says about the KPI.
pub(super) fn dial(kpi: &Kpi, view: &View<'_>) -> (Option<Decimal>, Option<Decimal>) {
    let (min, max) = limits(kpi);
    let range = kpi.normal_range.as_ref();
    let known = range.into_iter().flat_map(|range| [&range.min, &range.max, &range.optimal]).flatten();
    let known = known.map(|value| value.value);
    let known: Vec<Decimal> = known.chain(view.drawn.iter().map(|(.., value)| *value)).collect();
    let (Some(least), Some(greatest)) = (known.iter().min(), known.iter().max()) else { return (min, max) };
    let lower = if least.is_negative() { least.checked_add(*least) } else { Some(Decimal::ZERO) };
    let room = Decimal::new(15, 1);
    let upper = if greatest.is_negative() { Some(Decimal::ZERO) } else { greatest.checked_mul(room) };
    (min.or(lower), max.or(upper))
}

/// Digits after the point; none is Grafana's choice by size of the value.
pub(super) const fn decimals(unit: &Unit) -> Option<u8> {
    match unit {
        Unit::Builtin(
            BuiltinUnit::Percentage | BuiltinUnit::Ratio | BuiltinUnit::Score | BuiltinUnit::Bpm,
        ) => Some(1),
        Unit::Builtin(BuiltinUnit::Usd | BuiltinUnit::Eur) => Some(2),
        _ => None,
    }
}
