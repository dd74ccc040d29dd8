//! Alerts: thresholds, missing data, agents that are down, what they run on, and those that users wrote.

use kpi_registry::entity::KpiId;
use kpi_registry::registry::Registry;

use super::alerting::{self, Alert, Condition, Section};
use super::{recording_rules, rules};
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
        let mut rules = Vec::with_capacity(section.alerts.len());
        let mut before = None;
        for alert in &section.alerts {
            let kpi = watched_kpi(alert);
            // The alerts on one KPI stand one after the other.
            rules.extend(
                kpi.filter(|_| kpi != before).and_then(|kpi| recording_rules::watched(registry, kpi)),
            );
            rules.push(alert.rule());
            before = kpi;
        }
        let group = RuleGroup::new(format!("{}-{}-alerts", registry.platform, section.name), rules);
        (name(&section.name), RuleFile { groups: vec![group] })
    })
}

/// The KPI whose threshold an alert watches.
fn watched_kpi(alert: &Alert<'_>) -> Option<KpiId> {
    match &alert.condition {
        Condition::Beyond(beyond) => Some(beyond.kpi),
        _ => None,
    }
}

/// The file of a section, without an end.
pub(super) fn name(section: &str) -> String {
    format!("{section}.alerts")
}
