//! What is computed more than once.

use std::collections::BTreeMap;

use super::expressions::Expressions;
use super::prelude::*;
use crate::series::Reading;

check! {
    ExpressionCheck:
    /// Two alerts, or two derived KPIs, have the same expression. Whoever is on call gets two pages for one thing, or Prometheus
    /// computes and stores the same series twice.
    ///
    /// ```yaml
    /// - {name: QueueIsLong, expr: "auren_queue_length > 100"}
    /// - {name: QueueIsFull, expr: "auren_queue_length > 100"}     # wrong
    /// - {name: QueueIsFull, expr: "auren_queue_length > 1000"}    # right
    /// ```
    RuleTwice = "KPI1056", "rule that is there twice", rule_twice
}

fn rule_twice(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    let mut seen: BTreeMap<(bool, String), Span> = BTreeMap::new();
    for written in &expressions.all {
        let Ok(root) = &written.read else { continue };
        // Panels may show the same as often as they like.
        if written.is_panel {
            continue;
        }
        let key = (written.alert.is_some(), root.expr.to_string());
        let at = written.span(&root.places.at);
        let Some(first) = seen.get(&key) else {
            seen.insert(key, at);
            continue;
        };
        let what = if key.0 { "alert" } else { "derived KPI" };
        let message = format!("another {what} has this expression");
        out.push(
            written
                .warning(RuleTwice::CODE, &root.places.at, message)
                .also(*first, "here")
                .help(format!("keep one {what} of them, or say how they differ")),
        );
    }
}

check! {
    ExpressionCheck:
    /// Part of an expression computes what a KPI's aggregation records already. Reading the record costs one series instead of
    /// all that it was made of.
    ///
    /// ```yaml
    /// aggregations: [{op: rate, by: [route]}]
    /// expr: sum by (agent, route) (rate(auren_requests_total[5m])) > 5   # computed again
    /// expr: agent_route:auren_requests:rate5m > 5                        # right
    /// ```
    RecordedAlready = "KPI1057", "expression that is recorded already", recorded_already
}

fn recorded_already(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    let registry = expressions.schema.registry();
    let readings = registry.kpis().flat_map(|(id, kpi)| {
        let readings = kpi.aggregations.iter();
        readings.filter_map(move |aggregation| Reading::of_aggregation(registry, id, aggregation))
    });
    let records: BTreeMap<String, String> =
        readings.map(|reading| (reading.expr(&[]).to_string(), reading.record_name())).collect();
    if records.is_empty() {
        return;
    }
    for (written, node) in expressions.nodes().filter(|(_, node)| !node.operands.is_empty()) {
        let Some(record) = records.get(&node.expr.to_string()) else { continue };
        let message = format!("this is recorded as `{record}`");
        let finding = Diagnostic::note(RecordedAlready::CODE, written.span(&node.places.at), message);
        out.push(written.replace(finding.label("computed again"), &node.places.at, record));
    }
}
