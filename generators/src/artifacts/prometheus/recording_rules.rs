//! Recording rules: the aggregations that KPIs ask for.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::KpiId;
use kpi_registry::registry::Registry;

use super::{derived, rules};
use crate::artifact::{Artifact, File};
use crate::wire::rules::{Record, Rule, RuleFile, RuleGroup};
use kpi_registry::series::{Reading, section_of};

crate::documented! {
    /// Recording rules for every aggregation of every KPI, named `level:metric:operations`: a file for each agent.
    pub struct RecordingRules;
}

impl Artifact for RecordingRules {
    fn id(&self) -> &'static str {
        "prometheus-recording-rules"
    }

    fn group(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        rule_files(registry).map(rules::written).collect()
    }
}

/// The files, by name without an end.
pub(super) fn rule_files(registry: &Registry) -> impl Iterator<Item = (String, RuleFile<'_>)> {
    let elsewhere = derived::members(registry);
    let mut sections: BTreeMap<&str, Vec<Rule<'_>>> = BTreeMap::new();
    for (id, kpi) in registry.kpis().filter(|(id, _)| !elsewhere.contains(*id)) {
        sections.entry(section_of(registry, kpi)).or_default().extend(aggregations(registry, id));
    }
    let sections = sections.into_iter().filter(|(_, rules)| !rules.is_empty());
    sections.map(|(section, rules)| {
        let group = RuleGroup::new(format!("{}-{section}-records", registry.platform), rules);
        (format!("{section}.records"), RuleFile { groups: vec![group] })
    })
}

/// The records of one KPI's aggregations, each name once.
pub(super) fn aggregations(registry: &Registry, id: KpiId) -> Vec<Rule<'static>> {
    let mut names = BTreeSet::new();
    let readings = registry.kpi(id).aggregations.iter();
    let readings = readings.filter_map(|aggregation| Reading::of_aggregation(registry, id, aggregation));
    readings.filter(|reading| names.insert(reading.record_name())).map(|reading| record(&reading)).collect()
}

/// The record of what alerts on a KPI watch, unless the KPI asks for it anyway.
pub(super) fn watched(registry: &Registry, id: KpiId) -> Option<Rule<'static>> {
    let reading = Reading::watched_record(registry, id)?;
    let mut asked = registry.kpi(id).aggregations.iter();
    let is_asked = asked.any(|asked| Reading::of_aggregation(registry, id, asked).as_ref() == Some(&reading));
    (!is_asked).then(|| record(&reading))
}

fn record(reading: &Reading) -> Rule<'static> {
    Rule::Record(Record {
        record: reading.record_name(),
        expr: reading.expr(&[]).to_string(),
        labels: BTreeMap::new(),
    })
}
