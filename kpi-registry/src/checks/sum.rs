//! Arithmetic that has no meaning.

use super::expressions::Expressions;
use super::prelude::*;
use crate::meaning::{Form, Node, Quantity};
use crate::promql::{AggregateOp, BinaryOp, Expr, Function};

check! {
    ExpressionCheck:
    /// Shares, means, temperatures and quantiles can't be added up: half of the requests of one instance and half of those of
    /// another are not all of them. Numerators and denominators are added up first, and divided then. Nor is the mean of
    /// quantiles a quantile.
    ///
    /// ```yaml
    /// expr: sum(auren_error_ratio) > 0.1   # wrong
    /// expr: max(auren_error_ratio) > 0.1   # right
    /// ```
    SumOfRatios = "KPI1047", "sum of what can't be added up", sum_of_ratios
}

fn sum_of_ratios(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        let (Expr::Aggregate(aggregate), Some(inner)) = (node.expr, node.operands.last()) else { continue };
        let (what, help) = match (aggregate.op, inner.shape.quantity) {
            (AggregateOp::Sum, Quantity::Intensive) => {
                ("values that can't be added up", "use `avg`, `max` or `min`, or divide one sum by another")
            }
            (AggregateOp::Sum | AggregateOp::Avg, Quantity::Quantile) => {
                ("quantiles", "use `max`, or compute the quantile of all buckets: `sum by (le)`")
            }
            _ => continue,
        };
        let op = aggregate.op.as_str();
        let message = format!("`{op}` of {what}: `{}`", written.part(&inner.places.at));
        let at = &node.places.head;
        // Shares of one whole may be added up, and nothing here says whether they are.
        let is_computed = inner.series.is_none() && inner.shape.quantity == Quantity::Intensive;
        let finding = if is_computed {
            written.warning(SumOfRatios::CODE, at, message)
        } else {
            written.error(SumOfRatios::CODE, at, message)
        };
        out.push(finding.help(help));
    }
}

check! {
    ExpressionCheck:
    /// When nothing happens, nothing by nothing is NaN: a comparison drops it without a word, and what records it keeps it. A
    /// denominator above zero drops such series on purpose.
    ///
    /// ```yaml
    /// expr: sum(rate(auren_errors_total[5m])) / sum(rate(auren_requests_total[5m])) > 0.1         # NaN without traffic
    /// expr: sum(rate(auren_errors_total[5m])) / (sum(rate(auren_requests_total[5m])) > 0) > 0.1   # right
    /// ```
    ZeroByZero = "KPI1049", "division of nothing by nothing", zero_by_zero
}

fn zero_by_zero(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for written in &expressions.all {
        if let Ok(root) = &written.read {
            unguarded(root, false, &mut |node, right| {
                let message = "this divides zero by zero when nothing happens, and then is NaN".to_owned();
                let finding = written.warning(ZeroByZero::CODE, &node.places.head, message);
                let at = &right.places.at;
                out.push(written.replace(finding, at, &format!("({} > 0)", written.part(at))));
            });
        }
    }
}

/// Finds divisions of what happens by what happens that nothing guards.
fn unguarded<'n, 'a>(
    node: &'n Node<'a>,
    is_guarded: bool,
    found: &mut impl FnMut(&'n Node<'a>, &'n Node<'a>),
) {
    let is_flow = |node: &Node<'_>| node.shape.quantity == Quantity::Flow(Form::Number);
    if let (Expr::Binary(binary), [left, right]) = (node.expr, node.operands.as_slice()) {
        if binary.op == BinaryOp::And {
            unguarded(left, true, found);
            return unguarded(right, is_guarded, found);
        }
        if binary.op == BinaryOp::Divide
            && is_flow(left)
            && is_flow(right)
            && !is_guarded
            && !is_above_zero(right)
        {
            found(node, right);
        }
    }
    for operand in &node.operands {
        unguarded(operand, is_guarded, found);
    }
}

/// Whether zero is dropped from it, or made something else.
fn is_above_zero(node: &Node<'_>) -> bool {
    node.nodes().any(|node| match node.expr {
        Expr::Binary(binary) => binary.op.is_comparison() && !binary.returns_bool,
        Expr::Call(function, _) => matches!(function, Function::Clamp | Function::ClampMin),
        _ => false,
    })
}
