//! Recording rules that KPIs ask for.

use super::kind::is_open;
use super::prelude::*;
use crate::entity::{Agent, Aggregation, AggregationOp, LabelId};

check! {
    /// The pair of type and aggregation gives a wrong number in PromQL: a falling gauge has a positive `rate`, the maximum of a
    /// histogram is not known, percentages can't be added up. The message says what to use instead.
    ///
    /// ```yaml
    /// {name: hrv_rmssd, type: gauge, aggregations: [rate]}         # wrong
    /// {name: hrv_rmssd, type: gauge, aggregations: [mean, delta]}  # right
    /// ```
    AggregationKind = "KPI0450", "aggregation that is wrong for the type", aggregation_kind
}

fn aggregation_kind(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, aggregation) in aggregations(registry) {
        let Err(refusal) = aggregation.recipe(kpi.kind.name(), &kpi.unit) else { continue };
        let op = aggregation.op.value.as_str();
        out.push(
            Diagnostic::error(
                AggregationKind::CODE,
                aggregation.op.span,
                format!("`{op}` of the {} `{}`: {}", kind_word(kpi), kpi.name, refusal.why),
            )
            .label("wrong in PromQL")
            .also(kpi.kind.span, "its type")
            .help(refusal.instead),
        );
    }
}

/// Every aggregation with its KPI.
fn aggregations(registry: &Registry) -> impl Iterator<Item = (&Kpi, &Aggregation)> {
    registry.kpis.iter().flat_map(|kpi| kpi.aggregations.iter().map(move |aggregation| (kpi, aggregation)))
}

check! {
    /// A window holds at least four scrapes: with fewer, one lost scrape leaves `rate` without an answer. And it ends before
    /// Prometheus forgets: `prometheus.retention` says when that is.
    ///
    /// ```yaml
    /// defaults: {scrape_interval: 15s}
    /// aggregations: [{op: rate, window: 30s}]   # wrong: two scrapes
    /// aggregations: [{op: rate, window: 1m}]    # right
    /// ```
    AggregationWindow = "KPI0451", "window too short or too long", aggregation_window
}

fn aggregation_window(registry: &Registry, out: &mut Diagnostics) {
    let retention = &registry.prometheus.retention;
    let default = &registry.defaults.scrape_interval;
    let slowest: Option<&Agent> = registry
        .agents
        .iter()
        .filter(|agent| agent.scrape_interval.as_ref().is_some_and(|own| own.value > default.value))
        .max_by_key(|agent| agent.scrape_interval.as_ref().map(|own| own.value));
    for (kpi, aggregation) in aggregations(registry) {
        let Some(window) = &aggregation.window else { continue };
        let listed = kpi.agents.iter().map(|agent| registry.agent(agent.value));
        let slowest =
            if kpi.agents.is_empty() { slowest } else { listed.max_by_key(|agent| scrape(agent, default)) };
        let interval = slowest.map_or(default, |agent| agent.scrape_interval.as_ref().unwrap_or(default));
        let least = interval.value.times(4);
        if window.value < least {
            out.push(
                Diagnostic::warning(
                    AggregationWindow::CODE,
                    window.span,
                    format!("a window of {window} holds fewer than four scrapes of {interval}"),
                )
                .label(format!("of `{}`", kpi.name))
                .help(format!("use at least {least}, or leave `window` out"))
                .replace(window.span, least.to_string()),
            );
        } else if window.value > retention.value {
            out.push(
                Diagnostic::warning(
                    AggregationWindow::CODE,
                    window.span,
                    format!("a window of {window} is longer than Prometheus keeps samples, {retention}"),
                )
                .label(format!("of `{}`", kpi.name))
                .help(format!(
                    "shorten it, or set `prometheus: {{retention: {window}}}` if that is what the server has"
                )),
            );
        }
    }
}

fn scrape(agent: &Agent, default: &Spanned<PromDuration>) -> PromDuration {
    agent.scrape_interval.as_ref().unwrap_or(default).value
}

check! {
    /// `by` keeps an open label: each of its values becomes a series of the recording rule, and the cap that holds in one
    /// process holds no more when many of them come together.
    ///
    /// ```yaml
    /// labels: {model: {open: true, limit: 20}}
    /// aggregations: [{op: rate, by: [model]}]   # 20 values per process, from every process
    /// aggregations: [{op: rate, by: [route]}]   # better: a closed label
    /// ```
    AggregationOpen = "KPI0452", "aggregation that keeps an open label", aggregation_open
}

fn aggregation_open(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, aggregation) in aggregations(registry) {
        for label in aggregation.by.iter().flatten() {
            let name = &registry.label(label.value).name;
            if is_open(registry, label) {
                out.push(
                    Diagnostic::warning(
                        AggregationOpen::CODE,
                        label.span,
                        format!("the aggregation of `{}` keeps the open label `{name}`", kpi.name),
                    )
                    .label("a series for every value")
                    .also(name.span, "open here")
                    .help("leave it out, or close the label"),
                );
            }
        }
    }
}

check! {
    /// The same aggregation stands there twice: two recording rules would write one series, and Prometheus drops the second
    /// sample of each pair.
    ///
    /// ```yaml
    /// aggregations: [p95, p95]                       # wrong
    /// aggregations: [p95, {op: p95, window: 1h}]     # right: two different ones
    /// ```
    AggregationTwice = "KPI0453", "aggregation written twice", aggregation_twice
}

fn aggregation_twice(registry: &Registry, out: &mut Diagnostics) {
    for kpi in registry.kpis.iter().filter(|kpi| kpi.aggregations.len() > 1) {
        let mut seen = Index::default();
        for aggregation in &kpi.aggregations {
            // In the order of the KPI's labels, however it is written.
            let by = aggregation.by.as_ref().map(|by| {
                let is_kept = |id: &LabelId| by.iter().any(|label| label.value == *id);
                kpi.labels.iter().map(|label| label.value).filter(is_kept).collect::<Vec<_>>()
            });
            let window = aggregation.window.as_ref().map(|window| window.value);
            let up_to = aggregation.up_to.map(|limit| limit.value);
            if !seen.insert(&format!("{:?} {by:?} {window:?} {up_to:?}", aggregation.op.value)) {
                out.push(
                    Diagnostic::error(
                        AggregationTwice::CODE,
                        aggregation.span,
                        format!(
                            "`{}` has the aggregation `{}` twice",
                            kpi.name,
                            aggregation.op.value.as_str()
                        ),
                    )
                    .label("the same again")
                    .help("remove it, or give it another `by` or `window`"),
                );
            }
        }
    }
}

check! {
    /// `fraction` is the share of observations up to a value. A histogram knows that for its buckets and nothing between
    /// two of them, so the value is one of them; a native histogram takes any. Other operations have no such value.
    ///
    /// ```yaml
    /// {name: latency, type: histogram, unit: seconds, buckets: [0.1, 0.5], aggregations: [{op: fraction, up_to: 0.25}]}   # wrong
    /// {name: latency, type: histogram, unit: seconds, buckets: [0.1, 0.5], aggregations: [{op: fraction, up_to: 0.5}]}    # right
    /// ```
    AggregationLimit = "KPI0454", "fraction up to a value that is no bucket", aggregation_limit
}

fn aggregation_limit(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, aggregation) in aggregations(registry) {
        let Some(limit) = &aggregation.up_to else { continue };
        let op = aggregation.op.value;
        if op != AggregationOp::Fraction {
            let message = format!("`up_to` means nothing to `{}`", op.as_str());
            out.push(
                Diagnostic::error(AggregationLimit::CODE, limit.span, message)
                    .label(format!("of `{}`", kpi.name))
                    .help("remove it, or write `op: fraction`"),
            );
        } else if let Kind::Histogram(buckets) = &kpi.kind.value {
            out.extend(super::bucket::no_bucket(AggregationLimit::CODE, kpi, buckets, limit, limit.value));
        }
    }
}
