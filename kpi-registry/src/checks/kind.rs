//! What fits the type of a KPI.

use super::prelude::*;
use crate::entity::{Init, LabelValues};

check! {
    /// A counter adds up. What it counts must be something whose sum means something: requests, bytes, seconds, money.
    /// Adding up temperatures, scores or percentages gives a number that says nothing.
    ///
    /// ```yaml
    /// {name: body_heat, unit: celsius, type: counter}   # wrong
    /// {name: body_heat, unit: celsius, type: gauge}     # right
    /// ```
    CounterUnit = "KPI0250", "counter of something that can't be added up", counter_unit
}

fn counter_unit(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        // Whether a unit of one's own adds up is not known.
        let builtin = matches!(kpi.unit.value, Unit::Builtin(_));
        if kpi.kind.value == Kind::Counter && builtin && !kpi.unit.is_additive() {
            out.push(
                Diagnostic::error(
                    CounterUnit::CODE,
                    kpi.unit.span,
                    format!("`{}` counts {}, whose sum means nothing", kpi.name, kpi.unit.value),
                )
                .label("values of this unit can't be added up")
                .also(kpi.kind.span, "a counter adds up")
                .help("write `type: gauge` for a level, or choose the unit of what is counted"),
            );
        }
    }
}

check! {
    /// `init: zero` exposes series with 0 from the start. A gauge that nobody has set must not read 0 and fire an alert, and
    /// the values of an open label are not known before they come, so for both the key has no effect.
    ///
    /// ```yaml
    /// {name: hrv_rmssd, type: gauge, init: zero}     # wrong
    /// {name: requests, type: counter, init: zero}    # right, and the default
    /// ```
    InitZero = "KPI0251", "`init: zero` without effect", init_zero
}

fn init_zero(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        if kpi.init != Init::Zero {
            continue;
        }
        let open = kpi.labels.iter().find(|label| is_open(registry, label));
        let why = match (&kpi.kind.value, open) {
            (Kind::Gauge | Kind::State | Kind::Info | Kind::Derived(_), _) => {
                format!("is {}, which is exposed from its first value on", a_kind(kpi))
            }
            (_, Some(label)) => {
                format!(
                    "has the open label `{}`, whose values come at run time",
                    registry.label(label.value).name
                )
            }
            _ => continue,
        };
        out.push(
            Diagnostic::warning(
                InitZero::CODE,
                kpi.name.span,
                format!("`init: zero` has no effect: `{}` {why}", kpi.name),
            )
            .label("exposed from the first write")
            .help("remove `init`"),
        );
    }
}

/// Whether a KPI's label is an open one.
pub(super) fn is_open(registry: &Registry, label: &Spanned<crate::entity::LabelId>) -> bool {
    matches!(registry.label(label.value).values, LabelValues::Open { .. })
}

check! {
    /// Exemplars link a single observation to its trace. The exposition formats carry them on counters and on the buckets
    /// of histograms alone.
    ///
    /// ```yaml
    /// {name: hrv_rmssd, type: gauge, trace: {exemplars: true}}                          # wrong
    /// {name: latency, type: histogram, buckets: [0.1, 1], trace: {exemplars: true}}     # right
    /// ```
    Exemplars = "KPI0252", "exemplars on a type that has none", exemplars
}

fn exemplars(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let carries = matches!(kpi.kind.value, Kind::Counter | Kind::Histogram(_) | Kind::NativeHistogram);
        if kpi.trace.exemplars && !carries {
            out.push(
                Diagnostic::warning(
                    Exemplars::CODE,
                    kpi.name.span,
                    format!("{} carries no exemplars", a_kind(kpi)),
                )
                .label("`trace: {exemplars: true}` has no effect here")
                .help("put exemplars on a counter or a histogram of the same operation"),
            );
        }
    }
}

check! {
    /// `no_data` alerts when a series is absent. A KPI that is only exposed from its first write on, or whose label values
    /// come at run time, is absent in the best of health, and a wait below two scrapes fires at every hiccup.
    ///
    /// ```yaml
    /// {name: requests, type: counter, no_data: 10m}              # right: exposed from the start
    /// {name: failures, type: counter, init: lazy, no_data: 10m}  # fires until the first failure
    /// ```
    NoData = "KPI0253", "`no_data` that fires in good health", no_data
}

fn no_data(registry: &Registry, out: &mut Diagnostics) {
    let scrape = registry.defaults.scrape_interval.value;
    for kpi in &registry.kpis {
        let Some(wait) = kpi.no_data else { continue };
        let open = kpi.labels.iter().any(|label| is_open(registry, label));
        let (message, help) = if wait < scrape.times(2) {
            let message =
                format!("`no_data: {wait}` of `{}` is shorter than two scrapes of {scrape}", kpi.name);
            (message, "wait for at least two scrapes")
        } else if open {
            let message =
                format!("`no_data` of `{}` fires until its open label has its first value", kpi.name);
            (message, "remove `no_data`, or watch a KPI with closed labels")
        } else if kpi.init == Init::Lazy && matches!(kpi.kind.value, Kind::Counter | Kind::Histogram(_)) {
            let message = format!("`no_data` of `{}` fires until its first write", kpi.name);
            (message, "remove `init: lazy`, or remove `no_data`")
        } else {
            continue;
        };
        out.push(
            Diagnostic::warning(NoData::CODE, kpi.name.span, message)
                .label("the series may be absent in good health")
                .help(help),
        );
    }
}
