//! Alerts: thresholds, missing data, agents that are down, what they run on, and those that users wrote.

use kpi_registry::registry::Registry;

use super::{RULES, alerting};
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
        let sections = alerting::plan(registry).sections;
        sections
            .iter()
            .map(|section| {
                let name = format!("{}-{}-alerts", registry.platform, section.name);
                let rules = section.alerts.iter().map(alerting::Alert::rule).collect();
                let file = RuleFile { groups: vec![RuleGroup { name, interval: None, rules }] };
                File::yaml(format!("{RULES}/{}", self::file(&section.name)), FileKind::PrometheusRules, &file)
            })
            .collect()
    }
}

/// The file of a section, below the directory of rules.
pub(super) fn file(section: &str) -> String {
    format!("{section}.alerts.yml")
}
