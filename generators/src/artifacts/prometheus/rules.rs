//! Every rule of a registry, for whoever evaluates them beside Prometheus.

use std::collections::BTreeMap;

use kpi_registry::registry::Registry;

use super::alerting::{self, Alert, Plan};
use super::{derived, recording_rules, slo, threshold_alerts};
use crate::wire::rules::{Record, Rule, RuleFile, RuleGroup};

/// The rules of a registry, planned once.
pub(in crate::artifacts) struct Rules<'a> {
    registry: &'a Registry,
    plan: Plan<'a>,
}

/// A file of rules.
pub(in crate::artifacts) struct Section<'a> {
    /// The file's name, without an end: `neuros.alerts`.
    pub(in crate::artifacts) name: String,
    /// Its groups.
    pub(in crate::artifacts) groups: Vec<RuleGroup<'a>>,
    /// Whether rules of a group read what others before them record.
    pub(in crate::artifacts) is_ordered: bool,
}

impl<'a> Rules<'a> {
    /// Plans them.
    pub(in crate::artifacts) fn new(registry: &'a Registry) -> Self {
        Self { registry, plan: alerting::plan(registry) }
    }

    /// Those of the rule files of Prometheus, in order of name.
    pub(in crate::artifacts) fn sections(&self) -> Vec<Section<'_>> {
        let independent = recording_rules::rule_files(self.registry)
            .into_iter()
            .chain(threshold_alerts::rule_files(self.registry, &self.plan));
        let ordered = slo::rule_files(self.registry, &self.plan)
            .into_iter()
            .chain(self.derived().map(|file| (derived::NAME.to_owned(), file)));
        let files = independent.map(|file| (file, false)).chain(ordered.map(|file| (file, true)));
        let mut sections: Vec<Section<'_>> = files
            .map(|((name, RuleFile { groups }), is_ordered)| Section { name, groups, is_ordered })
            .collect();
        sections.sort_by(|a, b| a.name.cmp(&b.name));
        sections
    }

    /// Every group.
    pub(in crate::artifacts) fn groups(&self) -> Vec<RuleGroup<'_>> {
        self.sections().into_iter().flat_map(|section| section.groups).collect()
    }

    /// Derived KPIs, the records these read, and the alerts on them.
    fn derived(&self) -> Option<RuleFile<'_>> {
        let members = derived::members(self.registry);
        if members.derived.is_empty() {
            return None;
        }
        let mut rules: Vec<Rule<'_>> = Vec::new();
        for id in members.read.iter().chain(&members.derived) {
            let expression = derived::expression(self.registry, *id);
            rules.extend(expression.map(|expr| {
                let record = self.registry.kpi(*id).metric.value.clone();
                Rule::Record(Record { record, expr: expr.to_string(), labels: BTreeMap::new() })
            }));
            rules.extend(recording_rules::aggregations(self.registry, *id));
        }
        rules.extend(self.plan.derived.iter().map(Alert::rule));
        for slo in self.plan.slos.iter().filter(|slo| slo.plan.is_derived) {
            rules.extend(slo.rules(self.registry));
        }
        let name = format!("{}-{}", self.registry.platform, derived::NAME);
        Some(RuleFile { groups: vec![RuleGroup::new(name, rules)] })
    }
}
