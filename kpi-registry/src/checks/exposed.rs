//! No two things are exposed under one name.

use super::prelude::*;
use std::borrow::Cow;

/// The families that every endpoint of the runtime exposes beside the KPIs.
pub(crate) const BUILTIN: &[&str] = &[
    "kpi_build",
    "kpi_build_info",
    "kpi_runtime_callback_panics",
    "kpi_runtime_callback_panics_total",
    "kpi_runtime_conflicts",
    "kpi_runtime_overflowed",
    "kpi_runtime_overflowed_total",
    "kpi_runtime_rejected",
    "kpi_runtime_rejected_total",
    "process_cpu_seconds",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
];

/// Every series and family name a KPI takes, in any exposition format.
fn claims(kpi: &Kpi) -> Vec<Cow<'_, str>> {
    let name = kpi.metric.value.as_str();
    let mut claims = vec![Cow::Borrowed(name)];
    match &kpi.kind.value {
        Kind::Counter => claims.extend(name.strip_suffix("_total").map(Cow::Borrowed)),
        Kind::Histogram(_) | Kind::NativeHistogram => {
            claims.extend(["_bucket", "_sum", "_count"].map(|suffix| Cow::Owned(format!("{name}{suffix}"))));
        }
        Kind::Info => claims.extend(name.strip_suffix("_info").map(Cow::Borrowed)),
        Kind::Gauge | Kind::State | Kind::Derived(_) => {}
    }
    claims
}

check! {
    /// Two KPIs would be exposed under one name, and Prometheus refuses a scrape in which a name comes twice.
    /// A histogram `x` also takes `x_bucket`, `x_sum` and `x_count`; a counter `x_total` also takes `x`; an info series
    /// `x_info` also takes `x`.
    ///
    /// ```yaml
    /// - {name: latency, type: histogram, prometheus_metric: auren_latency}
    /// - {name: latency_count, type: gauge, prometheus_metric: auren_latency_count}   # wrong
    /// - {name: latencies, type: gauge, prometheus_metric: auren_latencies}           # right
    /// ```
    ExposedTwice = "KPI0240", "two KPIs expose one name", exposed_twice
}

fn exposed_twice(registry: &Registry, out: &mut Diagnostics) {
    let metrics = Index::of(registry.kpis.iter().map(|kpi| kpi.metric.as_str()));
    for (at, kpi) in registry.kpis.iter().enumerate() {
        let Some((other, name)) = rival(registry, &metrics, at, kpi) else { continue };
        let (first, second) =
            if other < at { (&registry.kpis[other], kpi) } else { (kpi, &registry.kpis[other]) };
        out.push(
            Diagnostic::error(
                ExposedTwice::CODE,
                second.metric.span,
                format!("`{}` and `{}` both expose `{name}`", first.name, second.name),
            )
            .label(exposed_as(second))
            .also(first.metric.span, exposed_as(first))
            .help("give one of them another `prometheus_metric`"),
        );
    }
}

/// Another KPI that claims a name of this one. Each pair is seen from the side that is named after the other: the gauge
/// `x_count` finds the histogram `x`, the counter `x_total` finds the gauge `x`.
fn rival<'k>(registry: &Registry, metrics: &Index, at: usize, kpi: &'k Kpi) -> Option<(usize, &'k str)> {
    let name = kpi.metric.as_str();
    let base = match kpi.kind.value {
        Kind::Counter => name.strip_suffix("_total"),
        Kind::Info => name.strip_suffix("_info"),
        _ => None,
    };
    let same = metrics.get(name).filter(|first| *first != at);
    if same.is_some() {
        return same.map(|first| (first, name));
    }
    for claim in [Some(name), base].into_iter().flatten() {
        let whole = ["_bucket", "_sum", "_count"].into_iter().find_map(|part| claim.strip_suffix(part));
        let histogram = whole.and_then(|whole| metrics.get(whole)).filter(|first| {
            matches!(registry.kpis[*first].kind.value, Kind::Histogram(_) | Kind::NativeHistogram)
        });
        let found = histogram.or_else(|| metrics.get(claim)).filter(|first| *first != at);
        if found.is_some() {
            return found.map(|first| (first, claim));
        }
    }
    let base = base.filter(|_| kpi.kind.value == Kind::Info)?;
    let counter = metrics.get(&format!("{base}_total"))?;
    (registry.kpis[counter].kind.value == Kind::Counter).then_some((counter, base))
}

fn exposed_as(kpi: &Kpi) -> String {
    format!("the {} `{}`", kind_word(kpi), kpi.metric)
}

check! {
    /// Every endpoint exposes facts about its process and about the runtime under fixed names. A KPI of such a name
    /// would come twice in a scrape, which Prometheus refuses.
    ///
    /// ```yaml
    /// prometheus_metric: process_open_fds         # wrong
    /// prometheus_metric: auren_open_descriptors   # right
    /// ```
    ExposedByRuntime = "KPI0241", "name that the runtime exposes itself", exposed_by_runtime
}

fn exposed_by_runtime(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        // Both prefixes are the runtime's alone, which spares most KPIs the search.
        if !kpi.metric.starts_with("kpi_") && !kpi.metric.starts_with("process_") {
            continue;
        }
        if let Some(name) = claims(kpi).iter().find(|claim| BUILTIN.contains(&claim.as_ref())) {
            out.push(
                Diagnostic::error(
                    ExposedByRuntime::CODE,
                    kpi.metric.span,
                    format!("`{}` would expose `{name}`, as the runtime does", kpi.name),
                )
                .label("every endpoint has this name already")
                .help(format!("leave `prometheus_metric` out, or begin it with `{}_`", registry.platform)),
            );
        }
    }
}

check! {
    /// A KPI has the exposed name of a metric that the registry says somebody else exposes. Rules and panels that use the
    /// name would mix the two.
    ///
    /// ```yaml
    /// external_metrics: {auren_lag: {type: gauge, unit: messages}}
    /// kpis:
    ///   - {name: lag, prometheus_metric: auren_lag}         # wrong
    ///   - {name: lag, prometheus_metric: auren_queue_lag}   # right
    /// ```
    ExposedElsewhere = "KPI0242", "name of an external metric", exposed_elsewhere
}

fn exposed_elsewhere(registry: &Registry, out: &mut Diagnostics) {
    let others = &registry.external_metrics;
    let external = Index::of(others.iter().map(|metric| metric.name.as_str()));
    if external.is_empty() {
        return;
    }
    for kpi in &registry.kpis {
        let clash =
            claims(kpi).into_iter().find_map(|claim| Some((others[external.get(&claim)?].name.span, claim)));
        if let Some((span, name)) = clash {
            out.push(
                Diagnostic::error(
                    ExposedElsewhere::CODE,
                    kpi.metric.span,
                    format!("`{}` would expose `{name}`, which is an external metric", kpi.name),
                )
                .label("exposed here")
                .also(span, "declared as somebody else's here")
                .help("give the KPI another `prometheus_metric`, or remove the external metric"),
            );
        }
    }
}
