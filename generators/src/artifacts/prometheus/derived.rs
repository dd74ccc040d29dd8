//! Derived KPIs: series that exist only because a rule records them.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::{Kind, KpiId};
use kpi_registry::promql::{Dialect, Expr, Function, Selector};
use kpi_registry::registry::Registry;

use super::alerting::{self, Alert, Plan};
use super::{recording_rules, rules};
use crate::artifact::{Artifact, File};
use crate::wire::rules::{Record, Rule, RuleFile, RuleGroup};
use kpi_registry::series::Reading;

crate::documented! {
    /// Derived KPIs: their expressions as recording rules, the records these read, and the alerts on them; in one
    /// group, so that everything is evaluated after what it reads.
    pub struct DerivedRules;
}

/// The file of the rules, without an end; no agent can have this name.
pub(super) const NAME: &str = "derived-kpis";

impl Artifact for DerivedRules {
    fn id(&self) -> &'static str {
        "prometheus-derived-rules"
    }

    fn group(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        if members(registry).derived.is_empty() {
            return Vec::new();
        }
        rule_files(registry, &alerting::plan(registry)).map(rules::written).collect()
    }
}

/// The one file, when there are derived KPIs.
pub(super) fn rule_files<'a>(
    registry: &'a Registry,
    plan: &'a Plan<'_>,
) -> impl Iterator<Item = (String, RuleFile<'a>)> {
    rule_file(registry, plan).map(|file| (NAME.to_owned(), file)).into_iter()
}

fn rule_file<'a>(registry: &Registry, plan: &'a Plan<'_>) -> Option<RuleFile<'a>> {
    let members = members(registry);
    if members.derived.is_empty() {
        return None;
    }
    let mut rules = Vec::new();
    for id in members.read.iter().chain(&members.derived) {
        rules.extend(record(registry, *id));
        rules.extend(recording_rules::aggregations(registry, *id));
    }
    rules.extend(plan.derived.iter().map(Alert::rule));
    for slo in plan.slos.iter().filter(|slo| slo.plan.is_derived) {
        rules.extend(slo.rules());
    }
    let name = format!("{}-{NAME}", registry.platform);
    Some(RuleFile { groups: vec![RuleGroup::new(name, rules)] })
}

/// The KPI itself, as it was written.
fn record(registry: &Registry, id: KpiId) -> Option<Rule<'static>> {
    let kpi = registry.kpi(id);
    Some(Rule::Record(Record {
        record: kpi.metric.value.clone(),
        expr: expression(registry, id)?.to_string(),
        labels: BTreeMap::new(),
    }))
}

/// The expression of a derived KPI.
pub(super) fn expression(registry: &Registry, id: KpiId) -> Option<Expr> {
    match &registry.kpi(id).kind.value {
        Kind::Derived(text) => Expr::parse(text, Dialect::rules(registry.prometheus.version.value)).ok(),
        _ => None,
    }
}

/// Whether the expression of a derived KPI may have a value though nothing it reads exists, such as `vector(0)`.
/// A test can't then set the value by itself.
pub(super) fn may_exist_without_input(registry: &Registry, id: KpiId) -> bool {
    const SOURCES: &[Function] = &[
        Function::Absent,
        Function::AbsentOverTime,
        Function::DayOfMonth,
        Function::DayOfWeek,
        Function::DayOfYear,
        Function::DaysInMonth,
        Function::Hour,
        Function::Minute,
        Function::Month,
        Function::Pi,
        Function::Scalar,
        Function::Time,
        Function::Vector,
        Function::Year,
    ];
    expression(registry, id).is_some_and(|expr| {
        let is_source = |node: &Expr| matches!(node, Expr::Call(function, _) if SOURCES.contains(function));
        expr.selectors().next().is_none() || expr.nodes().any(is_source)
    })
}

/// The KPIs whose rules stand in the group of derived KPIs.
pub(super) struct Members {
    /// KPIs whose records a derived KPI reads, in order of the registry.
    pub(super) read: Vec<KpiId>,
    /// Derived KPIs, each after those it reads.
    pub(super) derived: Vec<KpiId>,
    all: BTreeSet<KpiId>,
}

impl Members {
    /// Whether a KPI is among them.
    pub(super) fn contains(&self, id: KpiId) -> bool {
        self.all.contains(&id)
    }
}

/// Finds them by the names in the expressions.
pub(super) fn members(registry: &Registry) -> Members {
    let expressions: BTreeMap<KpiId, Expr> =
        registry.kpis().filter_map(|(id, _)| Some((id, expression(registry, id)?))).collect();
    if expressions.is_empty() {
        return Members { read: Vec::new(), derived: Vec::new(), all: BTreeSet::new() };
    }
    let recorded = recorded(registry);
    let reads = |id: &KpiId| -> BTreeSet<KpiId> {
        let selectors = expressions.get(id).into_iter().flat_map(Expr::selectors);
        let names = selectors.filter_map(Selector::metric_name);
        names.filter_map(|name| recorded.get(name).copied()).filter(|read| read != id).collect()
    };
    let reads: BTreeMap<KpiId, BTreeSet<KpiId>> = expressions.keys().map(|id| (*id, reads(id))).collect();
    let read: BTreeSet<KpiId> =
        reads.values().flatten().copied().filter(|id| !expressions.contains_key(id)).collect();
    let all = read.iter().chain(reads.keys()).copied().collect();
    Members { read: read.into_iter().collect(), derived: in_order(&reads), all }
}

/// Every recorded name and the KPI that records it.
fn recorded(registry: &Registry) -> BTreeMap<String, KpiId> {
    let mut names = BTreeMap::new();
    for (id, kpi) in registry.kpis() {
        if matches!(kpi.kind.value, Kind::Derived(_)) {
            names.insert(kpi.metric.value.clone(), id);
        }
        let readings = kpi.aggregations.iter();
        let readings = readings.filter_map(|aggregation| Reading::of_aggregation(registry, id, aggregation));
        names.extend(readings.map(|reading| (reading.record_name(), id)));
    }
    names
}

/// Each after those it reads; those of a circle, which the checks refuse, in order of the registry.
fn in_order(reads: &BTreeMap<KpiId, BTreeSet<KpiId>>) -> Vec<KpiId> {
    let mut waiting: BTreeMap<KpiId, usize> = BTreeMap::new();
    let mut readers: BTreeMap<KpiId, Vec<KpiId>> = BTreeMap::new();
    for (id, read) in reads {
        let derived = read.iter().filter(|other| reads.contains_key(other));
        waiting.insert(*id, derived.clone().count());
        derived.for_each(|other| readers.entry(*other).or_default().push(*id));
    }
    let mut free: BTreeSet<KpiId> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut order = Vec::new();
    while let Some(id) = free.pop_first() {
        waiting.remove(&id);
        order.push(id);
        for reader in readers.get(&id).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(reader) {
                *count -= 1;
                if *count == 0 {
                    free.insert(*reader);
                }
            }
        }
    }
    order.extend(waiting.into_keys());
    order
}
