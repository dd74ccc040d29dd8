//! Who must get which alert, said without the route tree.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::Severity;
use kpi_registry::registry::Registry;

use super::receiver::{CHAT, HEARTBEAT, ONCALL, declared, fallback};
use crate::artifacts::prometheus::alert_labels;
use crate::wire::alertmanager::{RouteTest, RouteTests};

/// The labels that routes look at.
const ROUTED_BY: [&str; 2] = ["severity", "team"];

/// One test for every combination of severity and team that an alert has, and one for the heartbeat.
pub(super) fn all(registry: &Registry) -> RouteTests {
    let mut cases: BTreeSet<BTreeMap<String, String>> = BTreeSet::new();
    for alert in alert_labels(registry) {
        let is_heartbeat = alert.fixed.get("alertname").is_some_and(|name| name == "Watchdog");
        let mut routed = alert.fixed;
        routed
            .retain(|label, _| ROUTED_BY.contains(&label.as_str()) || (is_heartbeat && label == "alertname"));
        cases.insert(routed);
    }
    let tests = cases.into_iter().map(|labels| RouteTest { receivers: receivers(registry, &labels), labels });
    RouteTests { tests: tests.collect() }
}

/// The heartbeat's own receiver; else every receiver of the team; else whoever is there for the severity; else the one who
/// gets everything.
fn receivers(registry: &Registry, labels: &BTreeMap<String, String>) -> Vec<String> {
    if labels.contains_key("alertname") {
        return vec![HEARTBEAT.to_owned()];
    }
    let team = labels.get("team");
    let of_team = registry
        .receivers
        .iter()
        .filter(|receiver| receiver.owners.iter().any(|owner| Some(&owner.value) == team));
    let of_team: Vec<String> = of_team.map(|receiver| receiver.name.value.clone()).collect();
    if !of_team.is_empty() {
        return of_team;
    }
    let severity = labels.get("severity").map(String::as_str);
    let of_severity = match severity {
        Some(severity) if severity == Severity::Critical.as_str() => Some(ONCALL),
        Some(severity) if severity == Severity::Warning.as_str() => Some(CHAT),
        _ => None,
    };
    let of_severity = of_severity.filter(|name| declared(registry, name).is_some());
    vec![of_severity.unwrap_or(fallback(registry)).to_owned()]
}
