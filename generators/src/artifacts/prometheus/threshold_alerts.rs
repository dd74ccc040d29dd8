//! Alerts: thresholds, missing data, agents that are down, what they run on, and those that users wrote.

use kpi_registry::registry::Registry;

use super::RULES;
use super::alerting::{self, Plan};
use crate::artifact::{Artifact, File, FileKind};
use crate::wire::rules::{RuleFile, RuleGroup};

crate::documented! {
    /// Alerting rules: a KPI beyond a threshold or without data, an instance or a whole agent that is down, containers,
    /// disks, Prometheus and Alertmanager in trouble, a watchdog that always fires, and the alerts under `alerts:`; a
    /// file for each agent.
    pub struct ThresholdAlerts;
}

impl Artifact for ThresholdAlerts {
    fn id(&self) -> &'static str {
        "prometheus-threshold-alerts"
    }

    fn group(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let plan = alerting::plan(registry);
        let files = rule_files(registry, &plan)
            .into_iter()
            .map(|(name, file)| File::yaml(format!("{RULES}/{name}.yml"), FileKind::PrometheusRules, &file));
        files.collect()
    }
}

/// The files, by name without an end.
pub(super) fn rule_files<'a>(registry: &Registry, plan: &'a Plan<'_>) -> Vec<(String, RuleFile<'a>)> {
    let files = plan.sections.iter().map(|section| {
        let rules = section.alerts.iter().map(alerting::Alert::rule).collect();
        let group = RuleGroup::new(format!("{}-{}-alerts", registry.platform, section.name), rules);
        (format!("{}.alerts", section.name), RuleFile { groups: vec![group] })
    });
    files.collect()
}

/// The file of a section, below the directory of rules.
pub(super) fn file(section: &str) -> String {
    format!("{section}.alerts.yml")
}
