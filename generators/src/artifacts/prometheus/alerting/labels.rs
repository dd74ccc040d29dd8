//! Which labels alerts have when they reach Alertmanager.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::{Kind, KpiId};
use kpi_registry::registry::Registry;

use super::{Alert, Condition, plan};
use kpi_registry::series::target_labels;

/// The labels of the alerts of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AlertLabels {
    /// Labels whose value the rule fixes, `alertname` among them.
    pub fixed: BTreeMap<String, String>,
    /// Labels that every alert of the rule has, with whatever value.
    pub always: BTreeSet<String>,
    /// Whether further labels may be there: those of metrics of others, or of an expression that a user wrote.
    pub open: bool,
}

/// The labels of every alert of a registry.
pub fn alert_labels(registry: &Registry) -> Vec<AlertLabels> {
    let plan = plan(registry);
    plan.alerts().map(|alert| of_alert(registry, alert)).collect()
}

fn of_alert(registry: &Registry, alert: &Alert<'_>) -> AlertLabels {
    let (mut always, open) = of_series(registry, &alert.condition);
    let mut fixed = BTreeMap::from([("alertname".to_owned(), alert.name.clone())]);
    for (name, value) in &alert.labels {
        always.remove(*name);
        match value.as_text() {
            Some(text) => drop(fixed.insert((*name).to_owned(), text.to_owned())),
            None => drop(always.insert((*name).to_owned())),
        }
    }
    let external = registry.prometheus.external_labels.iter().filter(|(_, value)| !value.is_empty());
    always.extend(external.map(|(name, _)| name.clone()));
    AlertLabels { fixed, always, open }
}

/// The labels that the series of a condition surely have, and whether they may have others.
fn of_series(registry: &Registry, condition: &Condition) -> (BTreeSet<String>, bool) {
    let set = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<BTreeSet<_>>();
    match condition {
        Condition::Beyond(beyond) => match &beyond.reading {
            Some(reading) => of_target(reading.labels.iter().cloned().collect()),
            None => of_kpi(registry, beyond.kpi),
        },
        Condition::Absent { agent_name, .. } => {
            (set(if agent_name.is_some() { &["agent"] } else { &[] }), false)
        }
        // One Prometheus may scrape several environments, and not every target is in one.
        Condition::InstanceDown { .. } => (set(&["agent", "instance", "job"]), true),
        Condition::AgentDown { .. } => (set(&["job"]), false),
        Condition::Burning(burning) => of_target(burning.labels().clone()),
        Condition::Unmeasured { .. } | Condition::Always => (BTreeSet::new(), false),
        Condition::Watched(_) | Condition::Written(_) => (BTreeSet::new(), true),
    }
}

/// Each series of a KPI itself.
fn of_kpi(registry: &Registry, id: KpiId) -> (BTreeSet<String>, bool) {
    let kpi = registry.kpi(id);
    if matches!(kpi.kind.value, Kind::Derived(_)) {
        return (BTreeSet::new(), true);
    }
    let own = kpi.labels.iter().map(|label| registry.label(label.value).name.value.clone());
    let target = target_labels(registry).into_iter().chain(["instance", "job"]).map(str::to_owned);
    of_target(own.chain(target).collect())
}

/// A target may be in no environment.
fn of_target(mut labels: BTreeSet<String>) -> (BTreeSet<String>, bool) {
    let open = labels.remove("environment");
    (labels, open)
}
