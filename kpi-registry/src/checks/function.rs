//! Functions of series that they don't fit.

use super::expressions::Expressions;
use super::prelude::*;
use crate::meaning::{Form, Node, Quantity};
use crate::promql::{Argument, Expr, Function, Range};

check! {
    ExpressionCheck:
    /// A function gets series for which it has no meaning: `rate`, `irate` and `increase` are of totals that only grow, `delta`,
    /// `deriv` and the like of what goes up and down, and the functions of histograms are of buckets or native histograms. Totals
    /// are rated first and added up then: a sum does not show that one of them began again at zero.
    ///
    /// ```yaml
    /// expr: rate(auren_queue_length[5m]) > 5     # wrong: a gauge has no rate
    /// expr: deriv(auren_queue_length[5m]) > 5    # right
    /// ```
    FunctionKind = "KPI1044", "function of the wrong type of metric", function_kind
}

fn function_kind(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        let Some((function, series)) = call(node) else { continue };
        if let Some((wanted, help)) = misfit(function, series) {
            let name = function.as_str();
            let message = format!(
                "`{name}` {wanted}, and `{}` is {}",
                written.part(&series.places.at),
                described(series)
            );
            out.push(written.error(FunctionKind::CODE, &node.places.head, message).help(help));
        }
    }
}

/// A function and the series that it works on.
fn call<'n, 'a>(node: &'n Node<'a>) -> Option<(Function, &'n Node<'a>)> {
    let Expr::Call(function, _) = node.expr else { return None };
    let arguments = function.signature().arguments;
    let at = arguments.iter().position(|kind| matches!(kind, Argument::Vector | Argument::Range))?;
    Some((*function, node.operands.get(at)?))
}

/// What a function wants, and what to do, when it gets something else.
fn misfit(function: Function, series: &Node<'_>) -> Option<(&'static str, &'static str)> {
    let quantity = series.shape.quantity;
    match function {
        Function::Rate | Function::Irate | Function::Increase | Function::Resets => {
            let wants = "is of totals that only grow";
            if is_sum_of_totals(series) {
                return Some((wants, "rate each series first, and add up then: `sum(rate(…))`"));
            }
            let help = match quantity {
                Quantity::Unknown | Quantity::Total(_) => return None,
                Quantity::Flow(_) => "leave the outer function out, or take `avg_over_time` of it",
                _ => "use `deriv` for how fast it changes, or `delta` for by how much",
            };
            Some((wants, help))
        }
        Function::Delta
        | Function::Idelta
        | Function::Deriv
        | Function::PredictLinear
        | Function::HoltWinters => {
            let help = "use `increase` for by how much it grew, or `rate` for how fast";
            quantity.is_total().then_some(("is of what goes up and down", help))
        }
        Function::HistogramQuantile => {
            let wants = "is of rated buckets or native histograms";
            match quantity {
                Quantity::Unknown | Quantity::Flow(Form::Buckets | Form::Histogram) => None,
                Quantity::Total(Form::Buckets | Form::Histogram) => {
                    Some((wants, "take the rate first: `histogram_quantile(q, sum by (le) (rate(…[5m])))`"))
                }
                _ => Some((wants, "give it the series `…_bucket` of a histogram")),
            }
        }
        Function::HistogramAvg
        | Function::HistogramCount
        | Function::HistogramFraction
        | Function::HistogramStddev
        | Function::HistogramStdvar
        | Function::HistogramSum => match quantity {
            Quantity::Unknown | Quantity::Flow(Form::Histogram) | Quantity::Total(Form::Histogram) => None,
            _ => Some((
                "is of native histograms",
                "use the series `…_count`, `…_sum` and `…_bucket` of other histograms",
            )),
        },
        _ => None,
    }
}

/// Whether it is a subquery over totals that are added up already.
fn is_sum_of_totals(series: &Node<'_>) -> bool {
    let is_subquery = matches!(series.expr, Expr::Range(Range::Subquery(_)));
    is_subquery
        && series.shape.quantity.is_total()
        && series.operands.iter().any(|inner| matches!(inner.expr, Expr::Aggregate(_)))
}

fn described(series: &Node<'_>) -> &'static str {
    match series.shape.quantity {
        Quantity::Total(_) if is_sum_of_totals(series) => "a sum of totals",
        Quantity::Total(Form::Number) => "a total",
        Quantity::Total(Form::Buckets) => "buckets since the start",
        Quantity::Total(Form::Histogram) => "a histogram since the start",
        Quantity::Flow(Form::Buckets) => "rated buckets",
        Quantity::Flow(_) => "a rate or an increase already",
        Quantity::Fact => "always 1",
        Quantity::Quantile => "a quantile",
        Quantity::Level | Quantity::Intensive | Quantity::Unknown => "a gauge",
    }
}

check! {
    ExpressionCheck:
    /// `histogram_quantile` finds the buckets of a histogram by their label `le`. An aggregation that drops it leaves nothing to
    /// compute from.
    ///
    /// ```yaml
    /// expr: histogram_quantile(0.99, sum by (route) (rate(auren_latency_seconds_bucket[5m]))) > 1       # wrong
    /// expr: histogram_quantile(0.99, sum by (route, le) (rate(auren_latency_seconds_bucket[5m]))) > 1   # right
    /// ```
    BucketsWithoutLe = "KPI1045", "quantile of buckets without `le`", buckets_without_le
}

fn buckets_without_le(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        let Some((Function::HistogramQuantile, series)) = call(node) else { continue };
        let of_buckets =
            matches!(series.shape.quantity, Quantity::Flow(Form::Buckets) | Quantity::Total(Form::Buckets));
        if of_buckets && !series.shape.labels.may_have("le") {
            let message = "the label `le` of the buckets is dropped here".to_owned();
            let at = drops_le(series);
            out.push(written.error(BucketsWithoutLe::CODE, at, message).help("keep `le`: `by (…, le)`"));
        }
    }
}

/// Where the label is dropped.
fn drops_le<'n>(series: &'n Node<'_>) -> &'n std::ops::Range<usize> {
    let drops = |node: &&Node<'_>| {
        !node.shape.labels.may_have("le")
            && node.operands.iter().any(|inner| inner.shape.labels.may_have("le"))
    };
    series.nodes().find(drops).map_or(&series.places.at, |node| &node.places.head)
}
