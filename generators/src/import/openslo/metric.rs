//! Metrics of queries as KPIs of the registry.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::entity::{Kind, Kpi, KpiId};
use kpi_registry::promql::{MatchOp, MatchValue, Matcher};
use kpi_registry::suggest::nearest;
use kpi_registry::syntax::shortened;

use super::Cx;
use super::count::{Count, Series};
use super::goal::misfit;
use super::query::Query;

/// What a classic histogram exposes beside its name.
const PARTS: [&str; 2] = ["_bucket", "_count"];

/// The name of a histogram without the end that says which part it is.
pub(super) fn family(metric: &str) -> &str {
    PARTS.iter().find_map(|part| metric.strip_suffix(part)).unwrap_or(metric)
}

/// The KPI that exposes a metric; a finding when there is none.
pub(super) fn kpi(metric: &str, query: &Query, cx: &mut Cx<'_>) -> Option<KpiId> {
    let registry = cx.registry;
    let exposes = |kpi: &Kpi| match kpi.kind.value {
        Kind::Histogram(_) => metric != family(metric) && kpi.metric.value == family(metric),
        _ => kpi.metric.value == metric,
    };
    if let Some((id, _)) = registry.kpis().find(|(_, kpi)| exposes(kpi)) {
        return Some(id);
    }
    let at = query.place(cx.sources, metric);
    let shown = shortened(metric);
    let finding = if let Some(external) = registry.external_metrics.iter().find(|it| it.name.value == metric)
    {
        Diagnostic::error(
            codes::OPENSLO_METRIC,
            at,
            format!("`{shown}` is a metric of somebody else, and no KPI"),
        )
        .also(external.name.span, "declared here")
        .help("make a derived KPI with the query as its `expr`, and promise its range")
    } else {
        let finding = Diagnostic::error(codes::OPENSLO_METRIC, at, format!("no KPI exposes `{shown}`"));
        let meant = nearest(family(metric), registry.kpis.iter().map(|kpi| &*kpi.metric.value));
        let by_name = registry.kpis.iter().find(|kpi| kpi.name.value == metric);
        match by_name.map(|kpi| &*kpi.metric.value).or(meant) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("define the KPI first; `kpi list` shows the names that are exposed"),
        }
    };
    cx.out.push(finding);
    None
}

/// Complains unless a KPI is a gauge, or computed as one.
pub(super) fn gauge(kpi: KpiId, query: &Query, cx: &mut Cx<'_>) -> Option<()> {
    let kpi = cx.registry.kpi(kpi);
    if matches!(kpi.kind.value, Kind::Gauge | Kind::Derived(_)) {
        return Some(());
    }
    let kind = kpi.kind.name().as_str();
    misfit(
        query,
        &kpi.metric,
        &format!("`{}` is of type `{kind}`, and only gauges have a range", kpi.name),
        cx,
    )
}

/// The bucket without end counts everything.
pub(super) fn whole(count: Count) -> Count {
    let counted = |series: Series| {
        let is_endless = |matcher: &Matcher| {
            let value = matches!(&matcher.value, MatchValue::Text(text) if text == "+Inf");
            matcher.label == "le" && matcher.op == MatchOp::Equal && value
        };
        match series.metric.strip_suffix("_bucket") {
            Some(family) if series.matchers.iter().any(is_endless) => Series {
                metric: [family, "_count"].concat(),
                matchers: series.matchers.into_iter().filter(|matcher| !is_endless(matcher)).collect(),
                by: series.by,
            },
            _ => series,
        }
    };
    match count {
        Count::Events(series) => Count::Events(counted(series)),
        Count::Difference(left, right) => Count::Difference(counted(left), counted(right)),
        other => other,
    }
}
