//! The route tree: the heartbeat, then owners, then severities.

use std::collections::BTreeMap;

use kpi_registry::entity::Severity;
use kpi_registry::registry::Registry;

use super::receiver::{self, CHAT, HEARTBEAT, ONCALL};
use crate::wire::alertmanager::{Matcher, Route};

/// The root, which takes every alert.
pub(super) fn tree(registry: &Registry) -> Route {
    let mut routes = vec![heartbeat()];
    routes.extend(owners(registry));
    routes.extend(severities(registry));
    Route {
        receiver: Some(receiver::fallback(registry).to_owned()),
        group_by: vec!["alertname".into(), "agent".into(), "slo_id".into()],
        group_wait: Some("30s".into()),
        group_interval: Some("5m".into()),
        repeat_interval: Some("12h".into()),
        routes,
        ..Route::default()
    }
}

/// The watchdog fires always; who expects it notices when it stops coming.
fn heartbeat() -> Route {
    Route {
        matchers: vec![Matcher::equal("alertname", "Watchdog")],
        receiver: Some(HEARTBEAT.into()),
        group_wait: Some("0s".into()),
        group_interval: Some("1m".into()),
        repeat_interval: Some("1m".into()),
        ..Route::default()
    }
}

/// An owner with receivers of its own gets its alerts there, whatever their severity; several receivers all do.
fn owners(registry: &Registry) -> Vec<Route> {
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for receiver in &registry.receivers {
        for owner in &receiver.owners {
            owners.entry(owner).or_default().push(&receiver.name);
        }
    }
    owners.into_iter().map(|(owner, receivers)| owner_route(owner, &receivers)).collect()
}

fn owner_route(owner: &str, receivers: &[&str]) -> Route {
    let last = receivers.len() - 1;
    let all = receivers.iter().enumerate().map(|(at, name)| Route {
        receiver: Some((*name).to_owned()),
        goes_on: at < last,
        ..Route::default()
    });
    Route {
        matchers: vec![Matcher::equal("team", owner)],
        receiver: receivers.first().map(|name| (*name).to_owned()),
        routes: if last == 0 { Vec::new() } else { all.collect() },
        ..Route::default()
    }
}

/// Critical alerts to `oncall` at once and often, warnings to `chat`, where those are declared.
fn severities(registry: &Registry) -> impl Iterator<Item = Route> {
    let critical = Route {
        matchers: vec![Matcher::equal("severity", Severity::Critical.as_str())],
        receiver: Some(ONCALL.into()),
        group_wait: Some("10s".into()),
        group_interval: Some("1m".into()),
        repeat_interval: Some("1h".into()),
        ..Route::default()
    };
    let warning = Route {
        matchers: vec![Matcher::equal("severity", Severity::Warning.as_str())],
        receiver: Some(CHAT.into()),
        ..Route::default()
    };
    let exists = |route: &Route| {
        route.receiver.as_ref().is_some_and(|name| receiver::declared(registry, name).is_some())
    };
    [critical, warning].into_iter().filter(exists).collect::<Vec<_>>().into_iter()
}
