//! Rules for VictoriaMetrics' vmalert.

use std::collections::BTreeSet;

use kpi_registry::entity::{self, Kind};
use kpi_registry::promql::{Dialect, Expr, Function, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::series::Reading;

use super::kubernetes::objects;
use super::prometheus::{Rules, Section};
use crate::artifact::{Artifact, File, FileKind};
use crate::wire::kubernetes::{ApiVersion, Kind as ObjectKind};
use crate::wire::rules::{Rule, RuleFile, RuleGroup};

crate::documented! {
    /// With `targets: {victoriametrics: …}`: the rules as files of vmalert, and as objects `VMRule` of its operator, without
    /// what the declared version refuses: `keep_firing_for` before 1.92, and rules on native histograms.
    pub struct VictoriaMetrics;
}

/// Functions of native histograms, which its query language has not, or for buckets alone.
const UNKNOWN_FUNCTIONS: &[Function] = &[
    Function::HistogramAvg,
    Function::HistogramCount,
    Function::HistogramFraction,
    Function::HistogramStddev,
    Function::HistogramStdvar,
    Function::HistogramSum,
];

impl Artifact for VictoriaMetrics {
    fn id(&self) -> &'static str {
        "victoriametrics-rules"
    }

    fn group(&self) -> &'static str {
        "victoriametrics"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let Some(settings) = &registry.targets.victoriametrics else { return Vec::new() };
        let rules = Rules::new(registry);
        let sections = sections(registry, settings, &rules);
        let mut files = Vec::new();
        for Section { name, groups, .. } in &sections {
            let path = format!("victoriametrics/rules/{name}.yml");
            let file = RuleFile { groups: groups.clone() };
            files.push(File::yaml(path, FileKind::VictoriaMetricsRules, &file));
        }
        let kind = (ApiVersion::VictoriaMetrics, ObjectKind::VmRule);
        for object in objects(registry, sections, kind, &settings.objects) {
            let path = format!("victoriametrics/objects/{}.yaml", object.metadata.name);
            files.push(File::yaml(path, FileKind::VmRuleObject, &object));
        }
        files
    }
}

/// The rules that the declared version can evaluate.
fn sections<'a>(
    registry: &Registry,
    settings: &entity::VictoriaMetrics,
    rules: &'a Rules<'_>,
) -> Vec<Section<'a>> {
    let dialect = Dialect::rules(registry.prometheus.version.value);
    let native = registry.kpis.iter().filter(|kpi| matches!(kpi.kind.value, Kind::NativeHistogram));
    let native = native.map(|kpi| kpi.metric.value.as_str());
    // A record of an aggregation may stand in another group than the alerts that read it.
    let watched: Vec<String> = registry
        .kpis()
        .filter_map(|(id, _)| Some(Reading::watched_record(registry, id)?.record_name()))
        .collect();
    let missing: BTreeSet<&str> = native.chain(watched.iter().map(String::as_str)).collect();
    let mut sections = rules.sections();
    for section in &mut sections {
        section.groups.iter_mut().for_each(|group| retain_evaluable(group, &missing, dialect));
        section.groups.retain(|group| !group.rules.is_empty());
        if !settings.keeps_firing() {
            let rules = section.groups.iter_mut().flat_map(|group| &mut group.rules);
            rules.for_each(forget_keep_firing_for);
        }
    }
    sections.retain(|section| !section.groups.is_empty());
    sections
}

/// Removes the rules that read what is missing, and those that read a record which is missing because of that. What
/// is left of an SLO then are constants, which say nothing without it.
fn retain_evaluable(group: &mut RuleGroup<'_>, missing: &BTreeSet<&str>, dialect: Dialect) {
    let parsed = |rule: &Rule<'_>| Expr::parse(rule.expr(), dialect).ok();
    let before = group.rules.len();
    let mut unrecorded = BTreeSet::new();
    group.rules.retain(|rule| {
        let Some(expr) = parsed(rule) else { return true };
        let is_missing = |name: &str| missing.contains(name) || unrecorded.contains(name);
        let is_unknown =
            |node: &Expr| matches!(node, Expr::Call(function, _) if UNKNOWN_FUNCTIONS.contains(function));
        let reads = expr.selectors().filter_map(Selector::metric_name).any(is_missing)
            || expr.nodes().any(is_unknown);
        if let Rule::Record(record) = rule
            && reads
        {
            unrecorded.insert(record.record.clone());
        }
        !reads
    });
    let is_constant = |rule: &Rule<'_>| parsed(rule).is_some_and(|expr| expr.selectors().next().is_none());
    if group.rules.len() < before && group.rules.iter().all(is_constant) {
        group.rules.clear();
    }
}

fn forget_keep_firing_for(rule: &mut Rule<'_>) {
    if let Rule::Alert(alert) = rule {
        alert.keep_firing_for = None;
    }
}
