//! The series that queries ask for.

use kpi_registry::promql::{Dialect, Expr, Matcher, Range, Selector, Variable, Window};

/// Whether a text is a selector.
pub(super) fn selects(text: &str, dialect: Dialect) -> bool {
    matches!(Expr::parse(text, dialect), Ok(Expr::Selector(_)))
}

pub(super) fn of_query(
    title: &str,
    expression: &str,
    dialect: Dialect,
    complain: &mut impl FnMut(&'static str, &str, String),
) {
    match Expr::parse(expression, dialect) {
        Ok(expr) => of_selectors(title, &expr, "", complain),
        Err(_) => complain("target-promql-rule", title, format!("`{expression}` is no expression")),
    }
}

/// The selectors of an expression that stands in a function, or in none.
fn of_selectors(
    title: &str,
    expr: &Expr,
    function: &str,
    complain: &mut impl FnMut(&'static str, &str, String),
) {
    match expr {
        Expr::Selector(selector) => of_selector(title, selector, None, function, complain),
        Expr::Range(Range::Samples { selector, window }) => {
            of_selector(title, selector, Some(window), function, complain);
        }
        _ => {}
    }
    let inside = match expr {
        Expr::Call(function, _) => function.as_str(),
        Expr::Aggregate(aggregate) => aggregate.op.as_str(),
        _ => function,
    };
    for operand in expr.operands() {
        of_selectors(title, operand, inside, complain);
    }
}

fn of_selector(
    title: &str,
    selector: &Selector,
    window: Option<&Window>,
    function: &str,
    complain: &mut impl FnMut(&'static str, &str, String),
) {
    let metric = selector.metric_name().unwrap_or_default();
    for (rule, label) in [("target-job-rule", "job"), ("target-instance-rule", "instance")] {
        let narrowing = Matcher::variable(label, Variable::new(label));
        if !selector.matchers.contains(&narrowing) {
            complain(rule, title, format!("`{metric}` is not narrowed by `{narrowing}`"));
        }
    }
    if matches!(function, "rate" | "irate") && window != Some(&Variable::rate_interval().into()) {
        let range = window.map(Window::to_string).unwrap_or_default();
        complain("target-rate-interval-rule", title, format!("`{metric}` is rated over `{range}`"));
    }
    if metric.ends_with("_total") && !matches!(function, "rate" | "irate" | "increase") {
        complain("target-counter-agg-rule", title, format!("`{metric}` is a total, and no rate is taken"));
    }
}
