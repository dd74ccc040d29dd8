//! How far back expressions look.

use super::expressions::{Expressions, Written};
use super::prelude::*;
use crate::meaning::Node;
use crate::promql::{Expr, Function, Offset, Range, Window};

check! {
    ExpressionCheck:
    /// A window holds too few scrapes to compute a rate or a change from, or reaches back to where Prometheus has no samples any more. Four
    /// scrapes are enough for a rate when one of them fails.
    ///
    /// ```yaml
    /// defaults: {scrape_interval: 30s}
    /// expr: rate(auren_requests_total[30s]) > 5   # wrong: holds one scrape
    /// expr: rate(auren_requests_total[2m]) > 5    # right
    /// ```
    WindowLength = "KPI1055", "window of an expression that is too short or too long", window_length
}

fn window_length(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        too_long(written, node, expressions.schema.registry(), out);
        if let Expr::Call(function, _) = node.expr
            && compares_samples(*function)
        {
            node.operands
                .iter()
                .for_each(|range| too_short(written, range, expressions.schema.registry(), out));
        }
    }
}

fn too_long(written: &Written<'_>, node: &Node<'_>, registry: &Registry, out: &mut Diagnostics) {
    let (Some((window, offset)), Some(at)) = (reach(node), &node.places.window) else { return };
    let retention = registry.prometheus.retention.value;
    let back = window.as_millis().saturating_add(offset.map_or(0, PromDuration::as_millis));
    if back > retention.as_millis() {
        let reach = PromDuration::from_millis(back);
        let message = format!("this looks {reach} back, and Prometheus keeps samples for {retention}");
        let help =
            format!("shorten it, or set `prometheus: {{retention: {reach}}}` if that is what the server has");
        out.push(written.warning(WindowLength::CODE, at, message).help(help));
    }
}

/// Whether a function has no value of fewer than two samples.
const fn compares_samples(function: Function) -> bool {
    matches!(
        function,
        Function::Rate
            | Function::Irate
            | Function::Increase
            | Function::Delta
            | Function::Idelta
            | Function::Deriv
            | Function::PredictLinear
            | Function::HoltWinters
    )
}

/// Complains about stored samples of which too few are in a window.
fn too_short(written: &Written<'_>, range: &Node<'_>, registry: &Registry, out: &mut Diagnostics) {
    let (Some(series), Some((window, _)), Some(at)) = (&range.series, reach(range), &range.places.window)
    else {
        return;
    };
    let scrapes = registry.defaults.scrape_interval.value;
    let interval = series.kpi.map_or(scrapes, |kpi| registry.scrape_interval(kpi));
    let least = interval.times(4);
    let (finding, what) = if window >= least {
        return;
    } else if window < interval.times(2) {
        let message =
            format!("a window of {window} never holds two scrapes for certain, which are {interval} apart");
        (written.error(WindowLength::CODE, at, message), "one sample alone has no value here")
    } else {
        let message = format!("a window of {window} holds fewer than four scrapes of {interval}");
        (written.warning(WindowLength::CODE, at, message), "one that fails leaves a gap")
    };
    out.push(written.replace(finding.help(what), at, &least.to_string()));
}

/// How long a range is, and how far it is shifted back; `None` where a variable says so.
fn reach(node: &Node<'_>) -> Option<(PromDuration, Option<PromDuration>)> {
    let Expr::Range(range) = node.expr else { return None };
    let (window, offset) = match range {
        Range::Samples { selector, window } => (window, selector.offset),
        Range::Subquery(subquery) => (&subquery.window, subquery.offset),
    };
    let Window::Fixed(window) = window else { return None };
    let back = offset.and_then(|offset| match offset {
        Offset::Back(duration) => Some(duration),
        Offset::Forward(_) => None,
    });
    Some((*window, back))
}
