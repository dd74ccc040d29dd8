//! Bounds of histograms as durations.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::entity::{Kind, KpiId};
use kpi_registry::promql::{MatchOp, MatchValue, Pattern};
use kpi_registry::source::Span;
use kpi_registry::value::{Decimal, PromDuration};

use super::Cx;
use super::count::Series;
use super::goal::misfit;
use super::query::Query;

/// That of the bucket of a classic histogram.
pub(super) fn of_bucket(series: &Series, kpi: KpiId, query: &Query, cx: &mut Cx<'_>) -> Option<PromDuration> {
    let mut conditions = series.matchers.iter().filter(|matcher| matcher.label == "le");
    let (Some(condition), None) = (conditions.next(), conditions.next()) else {
        return misfit(query, &series.metric, "all buckets together are no count; one is: `le=\"0.25\"`", cx);
    };
    let bound = match (&condition.value, condition.op) {
        (MatchValue::Text(text), MatchOp::Equal) => text.parse().ok(),
        // `1` as Prometheus 2 stores it, and `1.0` as Prometheus 3 does.
        (MatchValue::Text(text), MatchOp::Regex) => either(text),
        _ => None,
    };
    let Some(bound) = bound else {
        return misfit(query, "le", "`le` names one bucket, by its bound", cx);
    };
    let written = match &condition.value {
        MatchValue::Text(text) => text.as_str(),
        MatchValue::Variable(_) => "le",
    };
    let at = query.place(cx.sources, written);
    let of = cx.registry.kpi(kpi);
    if let Kind::Histogram(buckets) = &of.kind.value
        && !buckets.bounds.iter().any(|known| known.value == bound)
    {
        let known: Vec<String> = buckets.bounds.iter().map(|bound| bound.value.to_string()).collect();
        let message = format!("`{}` has no bucket at {bound}", of.name);
        let finding = Diagnostic::error(codes::OPENSLO_THRESHOLD, at, message);
        let help = format!("add {bound} to its `buckets`, or choose one of them: {}", known.join(", "));
        cx.out.push(finding.also(buckets.span, "its buckets").help(help));
        return None;
    }
    duration(bound, kpi, at, cx)
}

/// A number that is written in two ways.
fn either(pattern: &str) -> Option<Decimal> {
    if let Some(whole) =
        ["([.]0)?", "(\\.0)?", "(?:[.]0)?", "(?:\\.0)?"].iter().find_map(|end| pattern.strip_suffix(end))
    {
        return whole.parse().ok();
    }
    let pattern = Pattern::parse(pattern).ok()?;
    let numbers = pattern.texts()?.iter().map(|text| text.parse().ok()).collect::<Option<Vec<Decimal>>>()?;
    let (first, others) = numbers.split_first()?;
    others.iter().all(|other| other == first).then_some(*first)
}

/// That of a native histogram, which may be any.
pub(super) fn of_native(limit: Decimal, kpi: KpiId, query: &Query, cx: &mut Cx<'_>) -> Option<PromDuration> {
    let of = cx.registry.kpi(kpi);
    if !matches!(of.kind.value, Kind::NativeHistogram) {
        let kind = of.kind.name().as_str();
        return misfit(
            query,
            &of.metric,
            &format!("`{}` is of type `{kind}`, and no native histogram", of.name),
            cx,
        );
    }
    duration(limit, kpi, query.place(cx.sources, &limit.to_string()), cx)
}

/// A bound in a KPI's unit as a duration.
fn duration(bound: Decimal, kpi: KpiId, at: Span, cx: &mut Cx<'_>) -> Option<PromDuration> {
    let kpi = cx.registry.kpi(kpi);
    let millis = |bound: Decimal| {
        let time = kpi.unit.time()?;
        let seconds = bound.checked_mul(Decimal::from(time.seconds))?.checked_div(Decimal::from(time.per))?;
        let millis = seconds.checked_mul(Decimal::from(1000))?;
        millis.to_string().parse().ok().filter(|millis: &u64| *millis > 0)
    };
    let Some(millis) = millis(bound) else {
        let message = format!("{bound} {} of `{}` are no whole milliseconds", kpi.unit.value, kpi.name);
        let finding =
            Diagnostic::error(codes::OPENSLO_THRESHOLD, at, message).also(kpi.unit.span, "its unit");
        cx.out.push(finding.help("an SLO with a latency is one on a histogram of time"));
        return None;
    };
    Some(PromDuration::from_millis(millis))
}
