//! Every rule of a registry, for whoever evaluates them beside Prometheus.

use kpi_registry::registry::Registry;

use super::alerting::{self, Plan};
use super::{RULES, derived, recording_rules, slo, threshold_alerts};
use crate::artifact::{File, FileKind};
use crate::wire::rules::{RuleFile, RuleGroup};

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
            .chain(threshold_alerts::rule_files(self.registry, &self.plan.sections));
        let ordered = slo::rule_files(self.registry, &self.plan.slos)
            .chain(derived::rule_files(self.registry, &self.plan));
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
}

/// A rule file of Prometheus, of its name without an end.
pub(super) fn written((name, file): (String, RuleFile<'_>)) -> File {
    File::yaml(format!("{RULES}/{name}.yml"), FileKind::PrometheusRules, &file)
}
