//! Which alerts make which others needless.
//!
//! Alertmanager takes a label that is missing on both sides as equal, so a rule with `equal: [route]` alone would
//! let one KPI's alert silence another's that has no route either. Here every label of `equal` is also demanded
//! by a matcher, on both sides.

use std::collections::BTreeSet;

use kpi_registry::entity::{AgentId, Kind, Kpi, KpiId, Label, Severity};
use kpi_registry::registry::Registry;

use crate::wire::alertmanager::{Inhibition, Matcher};

/// Labels that every alert on a KPI carries.
const OF_EVERY_KPI: [&str; 2] = ["agent", "kpi"];

/// All rules, in a fixed order.
pub(super) fn rules(registry: &Registry) -> Vec<Inhibition> {
    let mut rules = critical_over_warning(registry);
    rules.extend(upstream_over_downstream(registry));
    rules
}

/// A critical alert silences the warning on the same series of the same KPI: one rule for every set of labels, as
/// the labels that tell series apart differ from KPI to KPI.
fn critical_over_warning(registry: &Registry) -> Vec<Inhibition> {
    let sets = label_sets(registry);
    let names: BTreeSet<&str> = sets.iter().flatten().copied().chain(["instance"]).collect();
    sets.iter()
        .map(|set| {
            let with_severity = |severity: Severity| {
                let severity = Matcher::equal("severity", severity.as_str());
                let every = OF_EVERY_KPI.into_iter().map(Matcher::present);
                let own = names.iter().map(|name| {
                    if set.contains(name) { Matcher::present(*name) } else { Matcher::equal(*name, "") }
                });
                std::iter::once(severity).chain(every).chain(own).collect()
            };
            Inhibition {
                source_matchers: with_severity(Severity::Critical),
                target_matchers: with_severity(Severity::Warning),
                equal: OF_EVERY_KPI.into_iter().chain(set.iter().copied()).map(str::to_owned).collect(),
            }
        })
        .collect()
}

/// The different sets of labels that tell apart the alerts of KPIs with thresholds, of their own or in an agent's view.
///
/// An alert on a gauge stands for one series of one instance; of what is summed up, the closed labels are left; a
/// derived KPI has what its expression leaves. Targets of an environment have that label too, others don't.
fn label_sets(registry: &Registry) -> BTreeSet<BTreeSet<&str>> {
    let views = registry.agents.iter().flat_map(|agent| &agent.kpis);
    let in_views: BTreeSet<KpiId> =
        views.filter(|view| !view.thresholds.is_empty()).map(|view| view.kpi.value).collect();
    let alerting = registry.kpis().filter(|(id, kpi)| !kpi.thresholds.is_empty() || in_views.contains(id));
    let sets: Vec<BTreeSet<&str>> = alerting.map(|(_, kpi)| labels_of_alerts(registry, kpi)).collect();
    let environments = registry.agents.iter().any(|agent| !agent.environment_targets.is_empty());
    let with_environment = sets.iter().filter(|_| environments).map(|set| {
        let mut set = set.clone();
        set.insert("environment");
        set
    });
    with_environment.chain(sets.iter().cloned()).collect()
}

fn labels_of_alerts<'a>(registry: &'a Registry, kpi: &Kpi) -> BTreeSet<&'a str> {
    let labels = kpi.labels.iter().map(|label| registry.label(label.value));
    let named = |label: &'a Label| label.name.as_str();
    match kpi.kind.value {
        Kind::Gauge | Kind::State | Kind::Info => labels.map(named).chain(["instance"]).collect(),
        Kind::Derived(_) => labels.map(named).collect(),
        Kind::Counter | Kind::Histogram(_) | Kind::NativeHistogram => {
            labels.filter(|label| label.values.closed().is_some()).map(named).collect()
        }
    }
}

/// A critical alert on a KPI silences the alerts of those that depend on it: on the same agent, when the same
/// agents emit both, and everywhere otherwise.
fn upstream_over_downstream(registry: &Registry) -> impl Iterator<Item = Inhibition> {
    registry.kpis.iter().filter(|kpi| !kpi.depends_on.is_empty()).map(move |kpi| {
        let upstream: Vec<&Kpi> = kpi.depends_on.iter().map(|id| registry.kpi(id.value)).collect();
        let own_agents = agents(kpi);
        let same_agents = upstream.iter().all(|upstream| agents(upstream) == own_agents);
        let equal: &[&str] = if same_agents { &["agent"] } else { &[] };
        let present = || equal.iter().copied().map(Matcher::present);
        let source = [
            Matcher::equal("severity", Severity::Critical.as_str()),
            Matcher::one_of("kpi", upstream.iter().map(|upstream| upstream.name.as_str())),
        ];
        Inhibition {
            source_matchers: source.into_iter().chain(present()).collect(),
            target_matchers: std::iter::once(Matcher::equal("kpi", kpi.name.as_str()))
                .chain(present())
                .collect(),
            equal: equal.iter().map(|label| (*label).to_owned()).collect(),
        }
    })
}

fn agents(kpi: &Kpi) -> BTreeSet<AgentId> {
    kpi.agents.iter().map(|agent| agent.value).collect()
}
