//! What expressions select: metrics, labels and values that exist.

use super::expressions::{Expressions, Place, Written};
use super::prelude::*;
use crate::meaning::{Labels, Node, Schema};
use crate::promql::{Expr, GroupSide, Grouping, MatchOn, MatchOp, MatchValue, Matcher, Pattern};

check! {
    ExpressionCheck:
    /// An expression reads series that the registry doesn't know, so that it would never have a value. Series are those of
    /// KPIs, of recorded aggregations and SLOs, of `external_metrics`, and what Prometheus and every endpoint expose by
    /// themselves.
    ///
    /// ```yaml
    /// expr: rate(auren_request_total[5m]) > 5    # wrong: no KPI is exposed so
    /// expr: rate(auren_requests_total[5m]) > 5   # right
    /// ```
    UnknownMetric = "KPI1041", "metric that nothing exposes", unknown_metric
}

fn unknown_metric(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    let schema = &expressions.schema;
    for (written, node) in expressions.nodes() {
        let Some(name) = node.selector.and_then(|selector| selector.metric_name()) else { continue };
        if node.series.is_some() {
            continue;
        }
        let at = &node.places.head;
        let is_alone = written.part(at) == name;
        let message = |end: &str| format!("nothing exposes `{name}`{end}");
        let catalogs = Schema::catalogs_with(name);
        let meant = if catalogs.is_empty() { meant(schema, name) } else { None };
        out.push(match (meant, schema.find(&format!("{name}_bucket"))) {
            (_, Some(_)) => written
                .error(UnknownMetric::CODE, at, message(", which is a histogram"))
                .help(format!("its series are `{name}_bucket`, `{name}_sum` and `{name}_count`")),
            (Some(meant), None) => {
                let finding =
                    written.error(UnknownMetric::CODE, at, message(&format!(", did you mean `{meant}`?")));
                if is_alone {
                    written.replace(finding, at, &meant)
                } else {
                    finding.help(format!("write `{meant}`"))
                }
            }
            (None, None) if !catalogs.is_empty() => {
                let names: Vec<&str> = catalogs.iter().map(|catalog| catalog.as_str()).collect();
                let help =
                    format!("{} has it: add `external_metrics: {{use: [{}]}}`", listed(&names), names[0]);
                written.error(UnknownMetric::CODE, at, message(" that the registry uses")).help(help)
            }
            (None, None) => written.error(UnknownMetric::CODE, at, message("")).help(
                "name a series of a KPI, or declare what somebody else exposes under `external_metrics:`",
            ),
        });
    }
}

/// The series that was meant by a name: a counter without its suffix, a KPI by its own name, or the nearest.
fn meant(schema: &Schema<'_>, name: &str) -> Option<String> {
    let counter = format!("{name}_total");
    if schema.find(&counter).is_some() {
        return Some(counter);
    }
    let kpi = schema.registry().kpis.iter().find(|kpi| *kpi.name == name);
    if let Some(kpi) = kpi.filter(|kpi| schema.find(&kpi.metric).is_some()) {
        return Some(kpi.metric.value.clone());
    }
    nearest(name, schema.names()).map(str::to_owned)
}

check! {
    ExpressionCheck:
    /// An expression names a label that no series has at that place: a matcher would never or always hold, an aggregation
    /// would have one series for all, and operands would not find each other. After an aggregation only the labels are left
    /// that it keeps.
    ///
    /// ```yaml
    /// expr: sum by (rout) (rate(auren_requests_total[5m])) > 5    # wrong
    /// expr: sum by (route) (rate(auren_requests_total[5m])) > 5   # right
    /// ```
    UnknownLabel = "KPI1042", "label that no series has", unknown_label
}

fn unknown_label(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        match node.expr {
            Expr::Aggregate(aggregate) => {
                let (Grouping::By(names) | Grouping::Without(names)) = &aggregate.grouping else { continue };
                let Some(inner) = node.operands.last() else { continue };
                for (name, at) in names.iter().zip(&node.places.labels) {
                    complain(written, at, name, &[inner], out);
                }
            }
            Expr::Binary(binary) => {
                let ([left, right], Some(matching)) = (node.operands.as_slice(), &binary.matching) else {
                    continue;
                };
                let (MatchOn::On(names) | MatchOn::Ignoring(names)) = &matching.on;
                let mut places = node.places.labels.iter();
                for (name, at) in names.iter().zip(places.by_ref()) {
                    complain(written, at, name, &[left, right], out);
                }
                let Some((side, include)) = &matching.group else { continue };
                let one = if *side == GroupSide::Left { right } else { left };
                for (name, at) in include.iter().zip(places) {
                    complain(written, at, name, &[one], out);
                }
            }
            _ => {
                let Some(selector) = node.selector else { continue };
                for (matcher, at) in selector.matchers.iter().zip(&node.places.labels) {
                    let is_absence = matches!(&matcher.value, MatchValue::Text(value) if value.is_empty());
                    if let Some(series) =
                        node.series.as_ref().filter(|_| !is_absence && matcher.label != "__name__")
                    {
                        complain_of(written, at, &matcher.label, &[&series.shape.labels], None, out);
                    }
                }
            }
        }
    }
}

/// Complains about a label that none of these has.
fn complain(written: &Written<'_>, at: &Place, name: &str, sides: &[&Node<'_>], out: &mut Diagnostics) {
    let labels: Vec<&Labels<'_>> = sides.iter().map(|side| &side.shape.labels).collect();
    let had =
        |node: &Node<'_>| node.series.as_ref().is_some_and(|series| series.shape.labels.must_have(name));
    let dropped = sides.iter().any(|side| side.nodes().any(had));
    let why = dropped.then_some("which is aggregated away before");
    complain_of(written, at, name, &labels, why, out);
}

fn complain_of(
    written: &Written<'_>,
    at: &Place,
    name: &str,
    labels: &[&Labels<'_>],
    why: Option<&str>,
    out: &mut Diagnostics,
) {
    if labels.iter().any(|labels| labels.may_have(name)) {
        return;
    }
    let known: Vec<&str> = labels.iter().flat_map(|labels| labels.names()).collect();
    let message = |end: &str| format!("no series here has the label `{name}`{end}");
    out.push(match (why, nearest(name, known.iter().copied())) {
        (Some(why), _) => written
            .error(UnknownLabel::CODE, at, message(&format!(", {why}")))
            .help(format!("keep it in the `by (…)` inside, or leave `{name}` out here")),
        (None, Some(meant)) => {
            let finding =
                written.error(UnknownLabel::CODE, at, message(&format!(", did you mean `{meant}`?")));
            written.replace(finding, at, meant)
        }
        (None, None) if known.is_empty() => written
            .error(UnknownLabel::CODE, at, message(""))
            .help("there are no labels at this place: leave it out"),
        (None, None) => written
            .error(UnknownLabel::CODE, at, message(""))
            .help(format!("the labels here are {}", listed(&known))),
    });
}

check! {
    ExpressionCheck:
    /// A matcher asks for a value that the label never has: the registry lists all values of a closed label, and the bounds of
    /// a histogram are all values of its `le`.
    ///
    /// ```yaml
    /// expr: rate(auren_requests_total{status="sucess"}[5m]) > 5    # wrong
    /// expr: rate(auren_requests_total{status="success"}[5m]) > 5   # right
    /// ```
    UnknownValue = "KPI1043", "value that a label never has", unknown_value
}

fn unknown_value(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    let registry = expressions.schema.registry();
    for (written, node) in expressions.nodes() {
        let (Some(selector), Some(series)) = (node.selector, &node.series) else { continue };
        for (matcher, at) in selector.matchers.iter().zip(&node.places.values) {
            let MatchValue::Text(text) = &matcher.value else { continue };
            if written.has_variables(text) {
                continue;
            }
            if let Some(Kind::Histogram(buckets)) = series.kpi.map(|kpi| &registry.kpi(kpi).kind.value)
                && matcher.label == "le"
            {
                bucket(written, matcher.op, text, at, &buckets.bounds, out);
                continue;
            }
            let label = series.shape.labels.get(&matcher.label);
            if let Some(values) = label.and_then(|label| label.values.as_deref()) {
                closed(written, matcher, text, at, values, out);
            }
        }
    }
}

/// Complains about values that a closed label never has.
fn closed(
    written: &Written<'_>,
    matcher: &Matcher,
    text: &String,
    at: &Place,
    values: &[&str],
    out: &mut Diagnostics,
) {
    let pattern = match matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => None,
        MatchOp::Regex | MatchOp::NotRegex => match Pattern::parse(text) {
            Ok(pattern) => Some(pattern),
            // Another rule says so.
            Err(_) => return,
        },
    };
    let texts = match &pattern {
        Some(pattern) => pattern.texts(),
        None => Some(std::slice::from_ref(text)),
    };
    for wrong in texts.unwrap_or_default() {
        if !wrong.is_empty() && !values.contains(&wrong.as_str()) {
            never(written, &matcher.label, wrong, values, at, out);
        }
    }
    let is_open = texts.is_none() && matcher.op == MatchOp::Regex;
    let Some(pattern) = pattern.filter(|_| is_open) else { return };
    if !pattern.matches("") && !values.iter().any(|value| pattern.matches(value)) {
        let message = format!("`{}` never matches `{text}`", matcher.label);
        let help = format!("its values are {}", listed(values));
        out.push(written.error(UnknownValue::CODE, at, message).help(help));
    }
}

/// Complains about a value that a label never has.
fn never(
    written: &Written<'_>,
    label: &str,
    wrong: &str,
    values: &[&str],
    at: &Place,
    out: &mut Diagnostics,
) {
    let message = |end: &str| format!("`{label}` is never `{wrong}`{end}");
    let Some(meant) = nearest(wrong, values.iter().copied()) else {
        let finding = written.error(UnknownValue::CODE, at, message(""));
        return out.push(finding.help(format!("its values are {}", listed(values))));
    };
    let finding = written.error(UnknownValue::CODE, at, message(&format!(", did you mean `{meant}`?")));
    let right = written.part(at).replacen(wrong, meant, 1);
    out.push(written.replace(finding, at, &right));
}

/// Complains about a bound that a histogram doesn't have.
fn bucket(
    written: &Written<'_>,
    op: MatchOp,
    text: &str,
    at: &Place,
    bounds: &[Spanned<Decimal>],
    out: &mut Diagnostics,
) {
    let is_bound = |bound: Decimal| bounds.iter().any(|known| known.value == bound);
    let is_regex = matches!(op, MatchOp::Regex | MatchOp::NotRegex);
    if is_regex || text == "+Inf" || text.parse().is_ok_and(is_bound) {
        return;
    }
    let known: Vec<&Decimal> = bounds.iter().map(|bound| &bound.value).collect();
    let message = format!("no bucket ends at `{text}`");
    let help = format!("buckets end at {}, and the last is `+Inf`", listed(&known));
    out.push(written.error(UnknownValue::CODE, at, message).help(help));
}
