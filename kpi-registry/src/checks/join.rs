//! Operands that don't belong together.

use super::expressions::Expressions;
use super::prelude::*;
use crate::meaning::{Label, Measure, Node, Quantity};
use crate::promql::{AggregateOp, Binary, BinaryOp, Expr, GroupSide, MatchOn, Precedence};

check! {
    ExpressionCheck:
    /// Two operands find each other by equal labels. When every series of one side has a label that no series of the other has,
    /// no two of them are equal, and the expression never has a value.
    ///
    /// ```yaml
    /// # wrong: only the left side has `route`
    /// expr: sum by (agent, route) (rate(auren_errors_total[5m])) / sum by (agent) (rate(auren_requests_total[5m])) > 0.1
    /// # right
    /// expr: sum by (agent) (rate(auren_errors_total[5m])) / sum by (agent) (rate(auren_requests_total[5m]) > 0) > 0.1
    /// ```
    NeverMatches = "KPI1046", "operands that never find each other", never_matches
}

fn never_matches(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        let Some((binary, left, right)) = vectors(node) else { continue };
        if binary.op == BinaryOp::Or {
            continue;
        }
        for (side, which, other, other_side) in
            [(left, "left", right, "right"), (right, "right", left, "left")]
        {
            let lonely: Vec<&str> = side
                .shape
                .labels
                .names()
                .filter(|name| {
                    is_matched_on(binary, name)
                        && side.shape.labels.must_have(name)
                        && !other.shape.labels.may_have(name)
                })
                .collect();
            if lonely.is_empty() {
                continue;
            }
            let message = format!(
                "the sides of `{}` never find each other: every series of the {which} one has {}, and none of the {other_side} one",
                binary.op.as_str(),
                listed(&lonely),
            );
            let help = "aggregate both sides to the same labels, or match on those that both have: `on (…)`, with \
                        `group_left` or `group_right` at the side of many";
            out.push(written.error(NeverMatches::CODE, &node.places.head, message).help(help));
            break;
        }
    }
}

/// An operation of two sets of series.
fn vectors<'n, 'a>(node: &'n Node<'a>) -> Option<(&'a Binary, &'n Node<'a>, &'n Node<'a>)> {
    let (Expr::Binary(binary), [left, right]) = (node.expr, node.operands.as_slice()) else { return None };
    (!left.is_scalar() && !right.is_scalar()).then_some((binary, left, right))
}

/// Whether two series that find each other have the same value of a label.
fn is_matched_on(binary: &Binary, name: &str) -> bool {
    match binary.matching.as_ref().map(|matching| &matching.on) {
        None => true,
        Some(MatchOn::On(names)) => names.iter().any(|on| on == name),
        Some(MatchOn::Ignoring(names)) => !names.iter().any(|ignored| ignored == name),
    }
}

check! {
    ExpressionCheck:
    /// Values in different units are compared, added or subtracted. The registry knows the unit of every KPI, and what a rate
    /// makes of it.
    ///
    /// ```yaml
    /// expr: auren_latency_ms > on (agent) auren_limit_seconds          # wrong
    /// expr: auren_latency_ms > on (agent) 1000 * auren_limit_seconds   # right
    /// ```
    DifferentUnits = "KPI1048", "values in different units", different_units
}

fn different_units(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        let Some((binary, left, right)) = vectors(node) else { continue };
        if !binary.op.is_comparison() && binary.op.precedence() != Precedence::Sum {
            continue;
        }
        let (Some(l), Some(r)) = (left.shape.measure, right.shape.measure) else { continue };
        if l == r || !is_physical(l) || !is_physical(r) {
            continue;
        }
        let message = format!("`{}` is of {} and {}", binary.op.as_str(), named(l), named(r));
        let help = "convert one of them, such as by `1000 * …`";
        out.push(written.error(DifferentUnits::CODE, &node.places.head, message).help(help));
    }
}

/// Whether it says more than that things are counted.
fn is_physical(measure: Measure<'_>) -> bool {
    let Some(unit) = BuiltinUnit::parse(measure.unit) else { return false };
    let counts = Unit::Builtin(unit).is_integral() && unit != BuiltinUnit::Bytes;
    !counts && unit != BuiltinUnit::Score
}

fn named(measure: Measure<'_>) -> String {
    format!("`{}`{}", measure.unit, if measure.per_second { " per second" } else { "" })
}

check! {
    ExpressionCheck:
    /// Prometheus pairs each series of one side with one of the other. As soon as several series of a side have the labels in
    /// common that are matched on, it doesn't know which to take, and the whole rule fails. Either they are aggregated, or
    /// `group_left` or `group_right` says that this side has many; the other side still has one.
    ///
    /// ```yaml
    /// # wrong: the left side has a series for each route
    /// expr: rate(auren_requests_total[5m]) / on (agent) auren_limit > 0.8
    /// # right
    /// expr: rate(auren_requests_total[5m]) / on (agent) group_left () auren_limit > 0.8
    /// expr: sum by (agent) (rate(auren_requests_total[5m])) / on (agent) auren_limit > 0.8
    /// ```
    ManyToMany = "KPI1059", "operands of which several match one", many_to_many
}

fn many_to_many(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        let Some((binary, left, right)) = vectors(node) else { continue };
        if binary.op.precedence() <= Precedence::Intersection {
            continue;
        }
        let group = binary.matching.as_ref().and_then(|matching| matching.group.as_ref());
        let group = group.map(|(side, _)| *side);
        let differ = [left, right].map(|side| telling_apart(binary, side));
        for (labels, other, which, many, name) in [
            (&differ[0], &differ[1], "left", GroupSide::Left, "group_left"),
            (&differ[1], &differ[0], "right", GroupSide::Right, "group_right"),
        ] {
            if labels.is_empty() || group == Some(many) {
                continue;
            }
            let message = format!(
                "several series of the {which} side of `{}` match one of the other: they differ in {}",
                binary.op.as_str(),
                listed(labels),
            );
            let help = if group.is_none() && other.is_empty() {
                format!(
                    "aggregate that side without these labels, or write `{name} ()` behind the labels to match on"
                )
            } else {
                "aggregate that side without these labels, or match on them".to_owned()
            };
            out.push(written.error(ManyToMany::CODE, &node.places.head, message).help(help));
            break;
        }
    }
}

/// The labels that several series of a side differ in which match the same series of the other.
fn telling_apart<'a>(binary: &Binary, side: &Node<'a>) -> Vec<&'a str> {
    if !is_one_of_each(side) {
        return Vec::new();
    }
    let labels = &side.shape.labels;
    let tells_apart = |name: &&str| labels.get(name).is_some_and(Label::tells_apart);
    labels.names().filter(tells_apart).filter(|name| !is_matched_on(binary, name)).collect()
}

/// Whether nothing drops series of it: what is left after a comparison may well be a single one.
fn is_one_of_each(node: &Node<'_>) -> bool {
    node.shape.quantity != Quantity::Fact
        && node.nodes().all(|part| match part.expr {
            Expr::Binary(binary) => {
                (!binary.op.is_comparison() || binary.returns_bool)
                    && !matches!(binary.op, BinaryOp::And | BinaryOp::Unless)
            }
            Expr::Aggregate(aggregate) => !matches!(aggregate.op, AggregateOp::Topk | AggregateOp::Bottomk),
            _ => true,
        })
}
