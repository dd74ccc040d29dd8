//! Every kind of artifact, one file each.

pub mod alertmanager;
pub mod grafana;
mod kubernetes;
pub mod mimir;
pub mod openslo;
pub mod prometheus;
pub mod prometheus_operator;
pub mod thanos;
pub mod victoriametrics;

use crate::artifact::Artifact;

/// Every artifact, in the order of the road from a metric to a panel.
pub const ARTIFACTS: &[&dyn Artifact] = &[
    &prometheus::Scrape,
    &prometheus::RecordingRules,
    &prometheus::DerivedRules,
    &prometheus::ThresholdAlerts,
    &prometheus::SloRules,
    &prometheus::RuleTests,
    &prometheus::SloTests,
    &alertmanager::Alertmanager,
    &grafana::Dashboards,
    &grafana::Provisioning,
    &openslo::OpenSlo,
    &prometheus_operator::PrometheusOperator,
    &mimir::Mimir,
    &thanos::Thanos,
    &victoriametrics::VictoriaMetrics,
];

/// The groups of [`ARTIFACTS`], each once, in order.
pub fn groups() -> Vec<&'static str> {
    let mut groups = Vec::new();
    for artifact in ARTIFACTS {
        if !groups.contains(&artifact.group()) {
            groups.push(artifact.group());
        }
    }
    groups
}
