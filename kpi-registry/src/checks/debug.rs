//! KPIs that only some builds record.

#[cfg(feature = "promql")]
use super::expressions::Expressions;
use super::prelude::*;
use crate::entity::Tier;

check! {
    /// A KPI of the debug tier is recorded by builds with debug assertions, and by those that ask for it; in others it costs
    /// nothing, because it isn't there. So nothing that production depends on can rest on it: its alerts would be silent, or
    /// fire for want of data.
    ///
    /// ```yaml
    /// {name: queue_skew, unit: ratio, tier: debug, thresholds: {critical: "> 0.5"}}   # wrong
    /// {name: queue_skew, unit: ratio, thresholds: {critical: "> 0.5"}}                # right
    /// {name: queue_skew, unit: ratio, tier: debug}                                    # right
    /// ```
    DebugPromise = "KPI0259", "promise of a KPI that production doesn't record", debug_promise
}

fn debug_promise(registry: &Registry, out: &mut Diagnostics) {
    let is_debug = |kpi: &Kpi| kpi.tier == Tier::Debug;
    let finding = |span: Span, kpi: &Kpi, what: &str| {
        Diagnostic::error(
            DebugPromise::CODE,
            span,
            format!("{what} of `{}` can't hold: builds for production don't record it", kpi.name),
        )
        .label("of the debug tier")
        .help("remove it, or remove `tier: debug` from the KPI")
    };
    for kpi in registry.kpis.iter().filter(|kpi| is_debug(kpi)) {
        let asks = [
            ("`thresholds`", !kpi.thresholds.is_empty()),
            ("`slo`", kpi.slo.is_some()),
            ("`no_data`", kpi.no_data.is_some()),
            ("`expr`", matches!(kpi.kind.value, Kind::Derived(_))),
        ];
        for (what, _) in asks.into_iter().filter(|(_, is_asked)| *is_asked) {
            out.push(finding(kpi.name.span, kpi, what));
        }
    }
    for view in registry.agents.iter().flat_map(|agent| &agent.kpis) {
        let kpi = registry.kpi(view.kpi.value);
        if is_debug(kpi) && !view.thresholds.is_empty() {
            out.push(
                finding(view.kpi.span, kpi, "an agent's `thresholds`").also(kpi.name.span, "declared here"),
            );
        }
    }
    for slo in &registry.slos {
        for kpi_id in &slo.kpis {
            let kpi = registry.kpi(kpi_id.value);
            if is_debug(kpi) {
                out.push(finding(kpi_id.span, kpi, "an SLO").also(kpi.name.span, "declared here"));
            }
        }
    }
}

#[cfg(feature = "promql")]
check! {
    ExpressionCheck:
    /// An alert or a derived KPI reads a KPI of the debug tier, which builds for production don't record: the one would
    /// never fire, and the other never have a value. Panels may show such KPIs.
    ///
    /// ```yaml
    /// kpis:
    ///   - {name: queue_skew, unit: ratio, tier: debug}
    /// alerts:
    ///   - {name: Skewed, expr: auren_queue_skew_ratio > 0.5}   # wrong
    /// ```
    ReadsDebug = "KPI1058", "rule that reads what production doesn't record", reads_debug
}

#[cfg(feature = "promql")]
fn reads_debug(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes().filter(|(written, _)| !written.is_panel) {
        let Some(kpi) = node.series.as_ref().and_then(|series| series.kpi) else { continue };
        let kpi = expressions.schema.registry().kpi(kpi);
        if kpi.tier == Tier::Debug {
            let message =
                format!("`{}` is of the debug tier: builds for production don't record it", kpi.name);
            out.push(
                written
                    .error(ReadsDebug::CODE, &node.places.head, message)
                    .also(kpi.name.span, "declared here")
                    .help("remove `tier: debug` from the KPI, or show it in a panel only"),
            );
        }
    }
}
