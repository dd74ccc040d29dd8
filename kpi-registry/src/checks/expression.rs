//! PromQL that users wrote.

use super::layout::Layout;
use super::prelude::*;
use crate::promql::{Dialect, Expr};
use crate::source::SourceMap;

check! {
    TextCheck:
    /// Expressions of derived KPIs, of alerts and of panels are PromQL as the declared version of Prometheus has it, and every
    /// function and operator gets what it works on. Prometheus would refuse the whole file of rules for one that isn't.
    ///
    /// ```yaml
    /// - {name: QueueGrows, expr: "rate(auren_requests_total) > 0"}       # wrong: a rate needs a range
    /// - {name: QueueGrows, expr: "rate(auren_requests_total[5m]) > 0"}   # right
    /// ```
    NotPromql = "KPI1040", "expression that is no PromQL", not_promql
}

fn not_promql(registry: &Registry, sources: &SourceMap, out: &mut Diagnostics) {
    let version = registry.prometheus.version.value;
    let derived = registry.kpis.iter().filter_map(|kpi| match &kpi.kind.value {
        Kind::Derived(text) => Some((text, format!("the KPI `{}`", kpi.name))),
        _ => None,
    });
    let alerts = registry.alerts.iter().map(|alert| (&alert.expr, format!("the alert `{}`", alert.name)));
    let rules = derived.chain(alerts).map(|(text, of)| (text, of, Dialect::rules(version)));
    let panels = registry.dashboards.iter().flat_map(|dashboard| {
        let texts = dashboard.panels.iter().filter_map(|panel| panel.expr.as_ref());
        texts.map(|text| (text, format!("a panel of `{}`", dashboard.name), Dialect::panels(version)))
    });
    for (text, of, dialect) in rules.chain(panels) {
        let Err(errors) = Expr::parse(text, dialect) else { continue };
        let layout = Layout::of(sources, text);
        for error in errors {
            let at = layout.place(&error.at);
            let mut finding = Diagnostic::error(NotPromql::CODE, at, error.message).label(format!("in {of}"));
            if let Some(help) = error.help {
                finding = finding.help(help);
            }
            // Where the text is written with escapes, a replacement might need some as well.
            let is_plain = text.get(error.at.clone()).is_some_and(|part| sources.slice(at) == part);
            out.push(match error.instead.filter(|_| is_plain) {
                Some(instead) => finding.replace(at, instead),
                None if finding.help.is_empty() => finding.help("write it as Prometheus reads it"),
                None => finding,
            });
        }
    }
}
