//! No two things are exposed under one name.

use super::prelude::*;
use std::borrow::Cow;

/// The families that every endpoint of the runtime exposes beside the KPIs.
const BUILTIN: &[&str] = &[
    "kpi_build",
    "kpi_build_info",
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
    let mut taken = Index::default();
    for (index, kpi) in registry.kpis.iter().enumerate() {
        let mut other = None;
        for claim in claims(kpi) {
            let first = taken.first(&claim, index);
            if first != index {
                other = other.or(Some((first, claim)));
            }
        }
        let Some((first, name)) = other else { continue };
        let first = &registry.kpis[first];
        out.push(
            Diagnostic::error(
                ExposedTwice::CODE,
                kpi.metric.span,
                format!("`{}` and `{}` both expose `{name}`", first.name, kpi.name),
            )
            .label(exposed_as(kpi))
            .also(first.metric.span, exposed_as(first))
            .help("give one of them another `prometheus_metric`"),
        );
    }
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
    let external = Index::of(&mut others.iter().map(|metric| metric.name.as_str()));
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
