//! What it costs Prometheus to evaluate an expression.

use super::expressions::{Expressions, Written};
use super::prelude::*;
use crate::meaning::Node;
use crate::promql::{Expr, Range, Window};

check! {
    ExpressionCheck:
    /// An alert or a derived KPI reads more series of each process than the budget of its agent, and does so at every
    /// evaluation. Most of it is read twice, or could be recorded once for all rules and panels that read it.
    ///
    /// ```yaml
    /// # wrong, with 6,000 series of the one and 6,000 of the other
    /// expr: sum(rate(auren_errors_total[5m])) / (sum(rate(auren_requests_total[5m])) > 0) > 0.1
    /// # right, with `aggregations: [{op: rate, by: []}]` of both KPIs
    /// expr: agent:auren_errors:rate5m / (agent:auren_requests:rate5m > 0) > 0.1
    /// ```
    SeriesRead = "KPI1060", "rule that reads more series than the budget", series_read
}

fn series_read(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    let registry = expressions.schema.registry();
    for written in expressions.all.iter().filter(|written| !written.is_panel) {
        let mut budget = 0;
        let (mut read, mut most) = (0u64, None);
        for node in written.nodes().filter(|node| node.selector.is_some()) {
            let (Some(series), Some(count)) = (&node.series, node.shape.labels.most_series()) else {
                continue;
            };
            read = read.saturating_add(count);
            let agents = series.kpi.into_iter().flat_map(|kpi| registry.agents_of(kpi));
            let budgets = agents.filter_map(|agent| registry.agent(agent).series_budget);
            budget = budgets.chain([registry.defaults.series_budget, budget]).max().unwrap_or(budget);
            if most.as_ref().is_none_or(|(worst, _)| count > *worst) {
                most = Some((count, node));
            }
        }
        let Some((worst, node)) = most.filter(|_| read > budget) else { continue };
        let message = format!(
            "this expression reads up to {read} series of each process, {worst} of them here; the budget is {budget}"
        );
        let at = &node.places.head;
        out.push(written.warning(SeriesRead::CODE, at, message).help(
            "record what it needs with `aggregations:` of the KPI, and read that; or raise `series_budget`",
        ));
    }
}

/// Samples that Prometheus holds for one query at most: `--query.max-samples`, by default.
const MOST_SAMPLES: u64 = 50_000_000;

check! {
    ExpressionCheck:
    /// A subquery holds a sample for each of its steps and series in memory. Prometheus refuses a query that holds more than
    /// 50 million of them, so the rule would fail at every evaluation.
    ///
    /// ```yaml
    /// expr: max_over_time(rate(auren_requests_total[5m])[7d:15s]) > 5   # wrong, with 2,000 series
    /// expr: max_over_time(rate(auren_requests_total[5m])[7d:5m]) > 5    # right
    /// ```
    SamplesHeld = "KPI1061", "query of more samples than Prometheus holds", samples_held
}

fn samples_held(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        let Some((samples, steps)) = held(written, node, expressions.schema.registry()) else { continue };
        if samples > MOST_SAMPLES {
            let message = format!(
                "this holds up to {samples} samples of each process in memory, {steps} for a series; Prometheus refuses a \
                 query of more than {MOST_SAMPLES}"
            );
            out.push(
                written
                    .warning(SamplesHeld::CODE, &node.places.head, message)
                    .help("make its step longer, aggregate within it, or record what it evaluates"),
            );
        }
    }
}

/// The samples that a subquery holds, and those of one series.
fn held(written: &Written<'_>, node: &Node<'_>, registry: &Registry) -> Option<(u64, u64)> {
    let Expr::Range(Range::Subquery(subquery)) = node.expr else { return None };
    let Window::Fixed(window) = subquery.window else { return None };
    let step = match subquery.step {
        Some(Window::Fixed(step)) => step,
        Some(_) => return None,
        None if written.is_panel => return None,
        None => registry.defaults.scrape_interval.value,
    };
    let steps = window.as_millis().checked_div(step.as_millis())?.saturating_add(1);
    let series = node.operands.first()?.shape.labels.most_series()?;
    Some((series.saturating_mul(steps), steps))
}
