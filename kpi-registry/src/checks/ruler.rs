//! Who evaluates the rules.

use super::prelude::*;
use crate::entity::{Thresholds, VictoriaMetrics};

/// Whether any alert goes on firing for a while.
pub(super) fn keeps_firing(registry: &Registry) -> bool {
    let keeps = |all: &Thresholds| all.iter().any(|(_, threshold)| threshold.keep_firing_for.is_some());
    registry.kpis.iter().any(|kpi| keeps(&kpi.thresholds))
        || registry.agents.iter().any(|agent| agent.kpis.iter().any(|view| keeps(&view.thresholds)))
        || registry.alerts.iter().any(|alert| alert.keep_firing_for.is_some())
}

check! {
    /// A Prometheus that scrapes one shard of the targets sees one part of every sum, so its configuration has no rules.
    /// Somebody who sees all series must evaluate them: name that system under `targets:`, and write to it.
    ///
    /// ```yaml
    /// targets: {prometheus: {shards: 3}}                                                 # wrong
    /// targets:                                                                           # right
    ///   prometheus: {shards: 3, remote_write: [{url: "https://mimir.example/api/v1/push"}]}
    ///   mimir: {tenant: auren}
    /// ```
    Unevaluated = "KPI0648", "rules that nobody evaluates", unevaluated
}

fn unevaluated(registry: &Registry, out: &mut Diagnostics) {
    let targets = &registry.targets;
    let warning = |at, message: &str| Diagnostic::warning(Unevaluated::CODE, at, message);
    if let (Some(shards), Some(rules)) = (&targets.shards, targets.rules.filter(|rules| rules.value)) {
        out.push(
            warning(rules.span, "a shard evaluates no rules, for it sees only its own targets")
                .also(shards.span, "the shards")
                .help("remove `rules: true`"),
        );
    }
    let others = targets.mimir.is_some()
        || targets.thanos.is_some()
        || targets.victoriametrics.is_some()
        || targets.prometheus_operator.is_some();
    let said = targets.shards.map(|shards| shards.span).or(targets.rules.map(|rules| rules.span));
    if let Some(at) = said.filter(|_| !others && !targets.evaluates_rules()) {
        out.push(
            warning(at, "nobody evaluates the rules: no record is made, and no alert fires")
                .label("leaves rules to others")
                .help(
                    "name who does under `targets:`: mimir, thanos, victoriametrics or prometheus_operator",
                ),
        );
    }
}

check! {
    /// Rules that VictoriaMetrics can't evaluate are left out of its files: vmalert knows `keep_firing_for` from 1.92 on,
    /// and no version stores native histograms as such.
    ///
    /// ```yaml
    /// targets: {victoriametrics: {version: "1.79"}}    # wrong, with alerts that keep firing
    /// targets: {victoriametrics: {version: "1.92"}}    # right
    /// ```
    VictoriaLacks = "KPI0649", "rules that VictoriaMetrics can't evaluate", victoria_lacks
}

fn victoria_lacks(registry: &Registry, out: &mut Diagnostics) {
    let Some(VictoriaMetrics { version, .. }) = &registry.targets.victoriametrics else { return };
    let old = registry.targets.victoriametrics.as_ref().is_some_and(|victoria| !victoria.keeps_firing());
    if old && keeps_firing(registry) {
        let message = format!("vmalert {}.{} has no `keep_firing_for`", version.major, version.minor);
        out.push(
            Diagnostic::warning(VictoriaLacks::CODE, version.span, message)
                .label("its alerts end as soon as their condition does")
                .help("say `version: \"1.92\"` when the server is that new"),
        );
    }
    for kpi in registry.kpis.iter().filter(|kpi| matches!(kpi.kind.value, Kind::NativeHistogram)) {
        let message = format!("VictoriaMetrics has no native histograms, and so no rules on `{}`", kpi.name);
        out.push(
            Diagnostic::warning(VictoriaLacks::CODE, kpi.kind.span, message)
                .label("left out of its files")
                .also(version.span, "for this target")
                .help("use `type: histogram`"),
        );
    }
}
