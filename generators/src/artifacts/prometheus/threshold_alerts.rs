//! Alerts: thresholds, missing data, agents that are down, what they run on, and those that users wrote.

use kpi_registry::registry::Registry;

use super::alerting::{self, Section};
use super::rules;
use crate::artifact::{Artifact, File};
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
        rule_files(registry, &sections).map(rules::written).collect()
    }
}

/// The files, by name without an end.
pub(super) fn rule_files<'a>(
    registry: &'a Registry,
    sections: &'a [Section<'_>],
) -> impl Iterator<Item = (String, RuleFile<'a>)> {
    sections.iter().map(|section| {
        let rules = section.alerts.iter().map(alerting::Alert::rule).collect();
        let group = RuleGroup::new(format!("{}-{}-alerts", registry.platform, section.name), rules);
        (name(&section.name), RuleFile { groups: vec![group] })
    })
}

/// The file of a section, without an end.
pub(super) fn name(section: &str) -> String {
    format!("{section}.alerts")
}
