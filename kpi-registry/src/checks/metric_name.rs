//! How exposed names are written.

use super::prelude::*;

check! {
    /// A counter's name ends in `_total`. OpenMetrics demands it: its format appends `_total` to the samples of a counter
    /// whose name lacks it, so the same counter would have two names, one for each format a scrape may ask for.
    ///
    /// ```yaml
    /// {name: requests, type: counter, prometheus_metric: auren_requests}         # wrong
    /// {name: requests, type: counter, prometheus_metric: auren_requests_total}   # right, and the default
    /// ```
    CounterTotal = "KPI0243", "counter's name without `_total`", counter_total
}

fn counter_total(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        if kpi.kind.value != Kind::Counter || kpi.metric.ends_with("_total") {
            continue;
        }
        let right = format!("{}_total", kpi.metric.value);
        out.push(
            Diagnostic::error(
                CounterTotal::CODE,
                kpi.metric.span,
                format!("the counter `{}` is exposed as `{}`, without `_total`", kpi.name, kpi.metric),
            )
            .label("OpenMetrics would add `_total`, the text format would not")
            .help(format!("call it `{right}`, or leave `prometheus_metric` out"))
            .replace(kpi.metric.span, right),
        );
    }
}

check! {
    /// `_total` says: counter. People and tools take `rate()` of such a name, which is meaningless for other types.
    ///
    /// ```yaml
    /// {name: queue, type: gauge, prometheus_metric: auren_queue_total}   # wrong
    /// {name: queue, type: gauge, prometheus_metric: auren_queue}         # right
    /// ```
    TotalElsewhere = "KPI0244", "`_total` on something that is no counter", total_elsewhere
}

fn total_elsewhere(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        if kpi.kind.value == Kind::Counter {
            continue;
        }
        let Some(right) = kpi.metric.strip_suffix("_total") else { continue };
        let finding = Diagnostic::warning(
            TotalElsewhere::CODE,
            kpi.metric.span,
            format!("the {} `{}` is exposed as `{}`", kind_word(kpi), kpi.name, kpi.metric),
        )
        .label("`_total` is for counters");
        out.push(if kpi.metric.span == kpi.name.span {
            finding.help("rename the KPI, or write `type: counter` if it only ever grows")
        } else {
            finding
                .help(format!("call it `{right}`, or write `type: counter` if it only ever grows"))
                .replace(kpi.metric.span, right)
        });
    }
}

check! {
    /// `_bucket`, `_sum`, `_count`, `_created` and `_info` at the end of a name belong to parts of histograms, to creation
    /// times and to info series. On another type they mislead readers, and OpenMetrics parsers may refuse the scrape.
    ///
    /// ```yaml
    /// {name: users, type: gauge, unit: count, prometheus_metric: auren_users_count}   # wrong
    /// {name: users, type: gauge, unit: count, prometheus_metric: auren_users}         # right
    /// ```
    ReservedSuffix = "KPI0245", "metric name with a suffix of another type", reserved_suffix
}

fn reserved_suffix(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let suffix = ["_bucket", "_sum", "_count", "_created", "_info"]
            .into_iter()
            .find(|suffix| kpi.metric.ends_with(suffix))
            .filter(|suffix| !(*suffix == "_info" && kpi.kind.value == Kind::Info));
        if let Some(suffix) = suffix {
            out.push(
                Diagnostic::warning(
                    ReservedSuffix::CODE,
                    kpi.metric.span,
                    format!("the {} `{}` is exposed as `{}`", kind_word(kpi), kpi.name, kpi.metric),
                )
                .label(format!("`{suffix}` belongs to another type"))
                .help("choose a name without this ending"),
            );
        }
    }
}

check! {
    /// The name does not end in the unit. Whoever reads it in a query has to guess, and OpenMetrics can't carry the unit.
    ///
    /// ```yaml
    /// {name: latency, unit: seconds, prometheus_metric: auren_latency}           # wrong
    /// {name: latency, unit: seconds, prometheus_metric: auren_latency_seconds}   # right, and the default
    /// ```
    UnitSuffix = "KPI0246", "metric name without its unit", unit_suffix
}

fn unit_suffix(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let suffix = kpi.unit.suffix();
        let stem = kpi.metric.strip_suffix("_total").unwrap_or(&kpi.metric);
        if suffix.is_empty()
            || kpi.metric.span == kpi.name.span
            || matches!(kpi.kind.value, Kind::Info | Kind::State | Kind::Derived(_))
            || stem.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        {
            continue;
        }
        let total = if kpi.kind.value == Kind::Counter { "_total" } else { "" };
        let right = format!("{stem}_{suffix}{total}");
        out.push(
            Diagnostic::note(
                UnitSuffix::CODE,
                kpi.metric.span,
                format!("`{}` measures {} and does not say so", kpi.metric, kpi.unit.value),
            )
            .label(format!("no `_{suffix}` here"))
            .also(kpi.unit.span, "the unit")
            .help(format!("call it `{right}`, or leave `prometheus_metric` out"))
            .replace(kpi.metric.span, right),
        );
    }
}

check! {
    /// Prometheus advises base units, seconds for all times and ratios from 0 to 1, so that values can be combined without
    /// conversion. It is advice: a platform that thinks in hours may keep them. Said once for each unit.
    ///
    /// ```yaml
    /// {name: answer_time, unit: ms}        # fine, but not a base unit
    /// {name: answer_time, unit: seconds}   # as Prometheus advises
    /// ```
    BaseUnit = "KPI0247", "unit is not a base unit", base_unit
}

fn base_unit(registry: &Registry, out: &mut Diagnostics) {
    let mut seen: Vec<(BuiltinUnit, &Kpi, usize)> = Vec::new();
    for kpi in &registry.kpis {
        let Unit::Builtin(unit) = kpi.unit.value else { continue };
        if base_of(unit).is_none() {
            continue;
        }
        match seen.iter_mut().find(|(known, ..)| *known == unit) {
            Some((.., count)) => *count += 1,
            None => seen.push((unit, kpi, 1)),
        }
    }
    for (unit, kpi, count) in seen {
        let Some(base) = base_of(unit) else { continue };
        let others = match count {
            1 => String::new(),
            2 => ", as is one more KPI".into(),
            _ => format!(", as are {} more KPIs", count - 1),
        };
        out.push(
            Diagnostic::note(
                BaseUnit::CODE,
                kpi.unit.span,
                format!("`{}` is in {}{others}; the base unit is {base}", kpi.name, unit.name()),
            )
            .label(format!("Prometheus advises {base}"))
            .help("nothing to do if the platform thinks in this unit"),
        );
    }
}

/// The base unit of a unit that is none.
const fn base_of(unit: BuiltinUnit) -> Option<&'static str> {
    match unit {
        BuiltinUnit::Milliseconds | BuiltinUnit::Minutes | BuiltinUnit::Hours | BuiltinUnit::Days => {
            Some("seconds")
        }
        BuiltinUnit::Percentage => Some("ratio"),
        _ => None,
    }
}

check! {
    /// Every name a platform exposes begins with the platform's name: that is what keeps it apart from other people's
    /// metrics in one Prometheus, and what drop and keep rules at scrape time go by.
    ///
    /// ```yaml
    /// platform: auren
    /// kpis:
    ///   - {name: hrv_rmssd, prometheus_metric: hrv_rmssd_ms}         # wrong
    ///   - {name: hrv_rmssd, prometheus_metric: auren_hrv_rmssd_ms}   # right, and the default
    /// ```
    Prefix = "KPI0248", "metric name without the platform", prefix
}

fn prefix(registry: &Registry, out: &mut Diagnostics) {
    let platform = &registry.platform.value;
    for kpi in &registry.kpis {
        let named = kpi.metric.strip_prefix(platform.as_str()).is_some_and(|rest| rest.starts_with('_'));
        if named || platform.is_empty() {
            continue;
        }
        let right = format!("{platform}_{}", kpi.metric.value);
        out.push(
            Diagnostic::warning(
                Prefix::CODE,
                kpi.metric.span,
                format!("`{}` does not begin with `{platform}_`", kpi.metric),
            )
            .label("may meet another system's metric of this name")
            .also(registry.platform.span, "the platform's name")
            .help(format!("call it `{right}`, or leave `prometheus_metric` out"))
            .replace(kpi.metric.span, right),
        );
    }
}

check! {
    /// Exposed names are written in small letters with underscores. Colons are for the names of recording rules, and
    /// capitals make two names that differ only for machines.
    ///
    /// ```yaml
    /// prometheus_metric: auren:HRV:ms        # wrong
    /// prometheus_metric: auren_hrv_ms        # right
    /// ```
    MetricStyle = "KPI0249", "metric name with colons or capitals", metric_style
}

fn metric_style(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let right = kpi.metric.to_ascii_lowercase().replace(':', "_");
        if right == kpi.metric.value {
            continue;
        }
        out.push(
            Diagnostic::warning(
                MetricStyle::CODE,
                kpi.metric.span,
                format!("`{}` has colons or capitals", kpi.metric),
            )
            .label("colons are for recording rules, capitals are unusual")
            .help(format!("call it `{right}`"))
            .replace(kpi.metric.span, right),
        );
    }
}
