//! Indicators: what is measured.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::source::Span;
use kpi_registry::syntax::{Fields, Node, shortened};

use super::Cx;
use super::object::{Kind, Metadata, Objects};
use super::query::Query;

/// What is measured.
#[derive(Debug)]
pub(super) enum Indicator {
    /// Some events of all events.
    Ratio {
        /// Whether those are the good ones.
        is_good: bool,
        events: Query,
        total: Query,
    },
    /// A value that objectives are compared with.
    Threshold(Query),
}

impl Indicator {
    /// The indicator of an SLO: written there, or an object that it names.
    pub(super) fn of_slo(fields: &mut Fields<'_>, objects: &Objects<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let (inline, reference) = (fields.optional("indicator"), fields.optional("indicatorRef"));
        match (inline, reference) {
            (Some(node), None) => {
                let mut fields = Fields::of(node, "`indicator`", cx.out)?;
                // An indicator may be a whole object as well.
                let (_, _) = (fields.optional("apiVersion"), fields.optional("kind"));
                if let Some(metadata) = fields.optional("metadata") {
                    Metadata::decode(metadata, cx.out);
                }
                let spec = fields.required("spec");
                fields.finish(cx.out);
                Self::decode(spec?, objects, cx)
            }
            (None, Some(name)) => {
                let name = name.filled_text(cx.out)?;
                Self::decode(objects.refer(Kind::Sli, &name, cx.out)?.spec, objects, cx)
            }
            (Some(_), Some(second)) => {
                refuse(second.span, "an SLO has `indicator` or `indicatorRef`, and not both", "keep one", cx)
            }
            (None, None) => {
                let help = "write the indicator, or name it with `indicatorRef`";
                refuse(fields.head(), "this SLO has no indicator", help, cx)
            }
        }
    }

    /// The `spec` of an SLI.
    fn decode(spec: &Node, objects: &Objects<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(spec, "an SLI", cx.out)?;
        fields.optional("description");
        let (ratio, threshold) = (fields.optional("ratioMetric"), fields.optional("thresholdMetric"));
        let head = fields.head();
        fields.finish(cx.out);
        match (ratio, threshold) {
            (Some(ratio), None) => decode_ratio(ratio, objects, cx),
            (None, Some(threshold)) => decode_metric(threshold, objects, cx).map(Self::Threshold),
            (Some(_), Some(second)) => {
                let message = "an SLI has `ratioMetric` or `thresholdMetric`, and not both";
                refuse(second.span, message, "keep one", cx)
            }
            (None, None) => {
                let help = "write `ratioMetric` or `thresholdMetric`";
                refuse(head, "this SLI measures nothing", help, cx)
            }
        }
    }
}

fn refuse<T>(at: Span, message: &str, help: &str, cx: &mut Cx<'_>) -> Option<T> {
    cx.out.push(Diagnostic::error(codes::OPENSLO_INDICATOR, at, message).help(help));
    None
}

/// `{counter, good, bad, total, raw, rawType}`.
fn decode_ratio(node: &Node, objects: &Objects<'_>, cx: &mut Cx<'_>) -> Option<Indicator> {
    let mut fields = Fields::of(node, "`ratioMetric`", cx.out)?;
    // The query says itself whether it takes a rate.
    if let Some(counter) = fields.optional("counter") {
        counter.boolean(cx.out);
    }
    let (good, bad, total) = (fields.optional("good"), fields.optional("bad"), fields.optional("total"));
    let raw = fields.entry("raw");
    let raw_type = fields.entry("rawType");
    let head = fields.head();
    fields.finish(cx.out);
    if let Some(raw) = raw.or(raw_type) {
        let help = "write the queries it was computed from as `good` and `total`, or make a derived KPI of it and \
                    promise its range";
        return refuse(raw.at, "a ratio that is computed already can't be weighed by events", help, cx);
    }
    let (is_good, events) = match (good, bad) {
        (Some(good), None) => (true, good),
        (None, Some(bad)) => (false, bad),
        (Some(_), Some(bad)) => {
            return refuse(bad.span, "a ratio has `good` or `bad`, and not both", "keep one", cx);
        }
        (None, None) => {
            return refuse(head, "this ratio has neither `good` nor `bad`", "add one of them", cx);
        }
    };
    let Some(total) = total else {
        return refuse(head, "this ratio has no `total`", "add the query of all events", cx);
    };
    let (events, total) = (decode_metric(events, objects, cx), decode_metric(total, objects, cx));
    Some(Indicator::Ratio { is_good, events: events?, total: total? })
}

/// `{metricSource: {metricSourceRef, type, spec: {query}}}`.
fn decode_metric(node: &Node, objects: &Objects<'_>, cx: &mut Cx<'_>) -> Option<Query> {
    let mut fields = Fields::of(node, "a metric", cx.out)?;
    let source = fields.required("metricSource");
    fields.finish(cx.out);
    let mut fields = Fields::of(source?, "`metricSource`", cx.out)?;
    let reference = fields.optional("metricSourceRef").and_then(|node| node.filled_text(cx.out));
    let kind = fields.optional("type");
    let spec = fields.required("spec");
    let head = fields.head();
    fields.finish(cx.out);
    // A source that is not here may still have its type said.
    let of_source = reference.as_ref().and_then(|name| match kind {
        Some(_) => objects.get(Kind::DataSource, name),
        None => objects.refer(Kind::DataSource, name, cx.out),
    });
    let is_unknown = of_source.is_none() && reference.is_some();
    let kind = kind.or_else(|| of_source?.spec.get("type"));
    match kind.map(|node| (node, node.scalar())) {
        Some((_, Some(kind))) if kind.eq_ignore_ascii_case("prometheus") => {}
        Some((node, kind)) => {
            let kind = kind.map_or_else(|| node.describe(), |kind| format!("`{}`", shortened(kind)));
            let message = format!("the registry's KPIs are in Prometheus, and this source is {kind}");
            let finding = Diagnostic::error(codes::OPENSLO_SOURCE, node.span, message);
            cx.out.push(finding.help("write the query for Prometheus, with `type: Prometheus`"));
            return None;
        }
        None if is_unknown => return None,
        None => {
            let finding = Diagnostic::error(codes::OPENSLO_SOURCE, head, "nothing says what this source is");
            cx.out.push(finding.help("add `type: Prometheus`"));
            return None;
        }
    }
    let mut fields = Fields::of(spec?, "the `spec` of a Prometheus source", cx.out)?;
    let text = fields.required("query").and_then(|node| node.filled_text(cx.out));
    fields.finish(cx.out);
    Query::parse(text?, cx.registry, cx.sources, cx.out)
}
