//! Thresholds: their order, and whether they can ever be crossed.

use super::bounds::{describe, natural_range};
use super::prelude::*;
use crate::entity::{Level, Measure, Threshold, Thresholds, Watched};

check! {
    /// The four thresholds of a KPI stand in one order: `critical_low` < `warning_low` < `warning_high` <
    /// `critical_high`. An agent's own view replaces single ones, and the order must hold for what results.
    ///
    /// ```yaml
    /// thresholds: {warning_low: 20, critical_low: 30}   # wrong: critical before there was a warning
    /// thresholds: {warning_low: 30, critical_low: 20}   # right
    /// ```
    ThresholdOrder = "KPI0440", "thresholds out of order", threshold_order
}

fn threshold_order(registry: &Registry, out: &mut Diagnostics) {
    for kpi in registry.kpis.iter().filter(|kpi| kpi.thresholds.span.is_some()) {
        let own: Vec<(Level, &Threshold)> = kpi.thresholds.iter().collect();
        for pair in own.windows(2) {
            out.extend(disorder(kpi, pair, ""));
        }
    }
    for agent in &registry.agents {
        for view in agent.kpis.iter().filter(|view| !view.thresholds.is_empty()) {
            let kpi = registry.kpi(view.kpi.value);
            let mut merged: Vec<(Level, &Threshold)> = Vec::new();
            for level in Level::ALL {
                if let Some(threshold) = view.thresholds.get(level).or_else(|| kpi.thresholds.get(level)) {
                    merged.push((level, threshold));
                }
            }
            for pair in merged.windows(2) {
                // Disorder among the KPI's own thresholds was said above.
                if pair.iter().any(|(level, _)| view.thresholds.get(*level).is_some()) {
                    out.extend(disorder(kpi, pair, &format!(" for `{}`", agent.name)));
                }
            }
        }
    }
}

fn disorder(kpi: &Kpi, pair: &[(Level, &Threshold)], whose: &str) -> Option<Diagnostic> {
    let [(low, below), (high, above)] = pair else { return None };
    let (low, high) = (low.as_str(), high.as_str());
    (below.value.value >= above.value.value).then(|| {
        Diagnostic::error(
            ThresholdOrder::CODE,
            above.value.span,
            format!("`{}`{whose}: {low} {} is not below {high} {}", kpi.name, below.value, above.value),
        )
        .label(high)
        .also(below.value.span, low)
        .help("the order is critical_low < warning_low < warning_high < critical_high")
    })
}

check! {
    /// Thresholds compare a level. The total of a counter only grows, so its thresholds hold for the first of its
    /// `aggregations`, and there must be one; an info series is always 1, and the series of a state are 0 and 1.
    ///
    /// ```yaml
    /// {name: requests, type: counter, thresholds: {critical: "> 1000"}}                        # wrong
    /// {name: requests, type: counter, aggregations: [rate], thresholds: {critical: "> 1000"}}  # right: per second
    /// ```
    ThresholdKind = "KPI0441", "threshold on a type without a level", threshold_kind
}

fn threshold_kind(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, thresholds, whose) in all_thresholds(registry) {
        let Err(refusal) = kpi.watched() else { continue };
        let Some((_, first)) = thresholds.iter().next() else { continue };
        out.push(
            Diagnostic::error(
                ThresholdKind::CODE,
                first.value.span,
                format!(
                    "the {} `{}`{whose} can't have thresholds: {}",
                    kind_word(kpi),
                    kpi.name,
                    refusal.why
                ),
            )
            .label("compared with what?")
            .also(kpi.kind.span, "its type")
            .help(refusal.instead),
        );
    }
}

/// Every set of thresholds: each KPI's own, then those of agents' views.
fn all_thresholds(registry: &Registry) -> Vec<(&Kpi, &Thresholds, String)> {
    let mut all = Vec::new();
    for kpi in registry.kpis.iter().filter(|kpi| kpi.thresholds.span.is_some()) {
        all.push((kpi, &kpi.thresholds, String::new()));
    }
    for agent in &registry.agents {
        for view in agent.kpis.iter().filter(|view| !view.thresholds.is_empty()) {
            let kpi = registry.kpi(view.kpi.value);
            all.push((kpi, &view.thresholds, format!(" for `{}`", agent.name)));
        }
    }
    all
}

check! {
    /// The threshold lies where the unit has no values: above 100 percent, above a ratio of 1, below 0 for counts, bytes and
    /// times. The alert can never fire, or always does.
    ///
    /// ```yaml
    /// {name: cpu, unit: ratio, thresholds: {critical: "> 90"}}    # wrong: a ratio ends at 1
    /// {name: cpu, unit: ratio, thresholds: {critical: "> 0.9"}}   # right
    /// ```
    ThresholdRange = "KPI0442", "threshold outside what the unit allows", threshold_range
}

fn threshold_range(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, thresholds, whose) in all_thresholds(registry) {
        let watched = kpi.watched();
        // A rate or a number of observations has no bounds of the KPI's unit.
        if !matches!(watched, Ok(Watched::Series))
            && !matches!(watched, Ok(Watched::Aggregate { recipe, .. }) if recipe.measure() == Measure::Unit)
        {
            continue;
        }
        let range = natural_range(&kpi.unit);
        for (level, threshold) in thresholds.iter() {
            let value = threshold.value.value;
            let silent = |beyond: bool| if beyond { "can never fire" } else { "fires always" };
            let effect = if range.min.is_some_and(|min| value < min) {
                silent(level.is_low())
            } else if range.max.is_some_and(|max| value > max) {
                silent(!level.is_low())
            } else if level.is_low() && range.min == Some(value)
                || !level.is_low() && range.max == Some(value)
            {
                "can never fire"
            } else {
                continue;
            };
            out.push(
                Diagnostic::warning(
                    ThresholdRange::CODE,
                    threshold.value.span,
                    format!("{} {value} of `{}`{whose} {effect}", level.as_str(), kpi.name),
                )
                .label(format!("{} {}", kpi.unit.value, describe(range)))
                .also(kpi.unit.span, "the unit")
                .help("write the threshold in the KPI's unit, or correct the unit"),
            );
        }
    }
}

check! {
    /// What the threshold is compared with never passes it: a quantile of a histogram is at most its last finite bucket, and
    /// a rate is never negative.
    ///
    /// ```yaml
    /// {name: latency, type: histogram, unit: seconds, buckets: [0.1, 1], thresholds: {critical: "> 5"}}       # wrong
    /// {name: latency, type: histogram, unit: seconds, buckets: [0.1, 1, 10], thresholds: {critical: "> 5"}}   # right
    /// ```
    ThresholdReach = "KPI0443", "threshold that is never passed", threshold_reach
}

fn threshold_reach(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, thresholds, whose) in all_thresholds(registry) {
        for (level, threshold) in thresholds.iter() {
            let Err(refusal) = kpi.threshold_can_hold(level, threshold.value.value) else { continue };
            let finding = Diagnostic::error(
                ThresholdReach::CODE,
                threshold.value.span,
                format!("{} {} of `{}`{whose}: {}", level.as_str(), threshold.value, kpi.name, refusal.why),
            )
            .label("never passed")
            .help(refusal.instead);
            out.push(match &kpi.kind.value {
                Kind::Histogram(buckets) => finding.also(buckets.span, "the buckets"),
                _ => finding,
            });
        }
    }
}
