//! Which alerts make which others needless.
//!
//! Alertmanager takes a label that is missing on both sides as equal, so a rule with `equal: [route]` alone would
//! let one KPI's alert silence another's that has no route either. Here every label of `equal` is also demanded
//! by a matcher, on both sides.

use std::collections::BTreeSet;

use kpi_registry::entity::{AgentId, Kind, Kpi, KpiId, Severity};
use kpi_registry::registry::Registry;

use crate::artifacts::prometheus;
use crate::wire::alertmanager::{Inhibition, Matcher};
use kpi_registry::series::Reading;

/// Labels that every alert on a KPI carries.
const OF_EVERY_KPI: [&str; 2] = ["agent", "kpi"];

/// All rules, in a fixed order.
pub(super) fn rules(registry: &Registry) -> Vec<Inhibition> {
    let mut rules: Vec<Inhibition> = agent_down_over_warning(registry).into_iter().collect();
    rules.extend(critical_over_warning(registry));
    rules.extend(page_over_ticket(registry));
    rules.extend(upstream_over_downstream(registry));
    let external = external_labels(registry);
    rules.into_iter().map(|rule| within_one_prometheus(rule, &external)).collect()
}

/// The labels that every alert of this Prometheus has, as it adds them itself.
fn external_labels(registry: &Registry) -> Vec<&str> {
    let labels = registry.prometheus.external_labels.iter();
    labels.filter(|(_, value)| !value.is_empty()).map(|(name, _)| name.as_str()).collect()
}

/// The same rule, held apart from the alerts of other Prometheus servers that use the same Alertmanager.
fn within_one_prometheus(mut rule: Inhibition, external: &[&str]) -> Inhibition {
    let others = external.iter().filter(|label| !rule.equal.iter().any(|equal| equal == *label));
    for label in others.copied().collect::<Vec<_>>() {
        for side in [&mut rule.source_matchers, &mut rule.target_matchers] {
            side.retain(|matcher| *matcher != Matcher::equal(label, ""));
            side.push(Matcher::present(label));
        }
        rule.equal.push(label.to_owned());
    }
    rule
}

/// While no instance of an agent can be scraped, every instance is down and every KPI of it has no data: the warnings
/// say nothing new.
fn agent_down_over_warning(registry: &Registry) -> Option<Inhibition> {
    let names = prometheus::names_of_agents_down(registry);
    let source = Matcher::one_of("alertname", names.iter().map(String::as_str));
    let warning = Matcher::equal("severity", Severity::Warning.as_str());
    (!names.is_empty()).then(|| Inhibition {
        source_matchers: vec![source, Matcher::present("agent")],
        target_matchers: vec![warning, Matcher::present("agent")],
        equal: vec!["agent".into()],
    })
}

/// A critical alert silences the warning on the same series of the same KPI: one rule for every set of labels, as
/// the labels that tell series apart differ from KPI to KPI.
fn critical_over_warning(registry: &Registry) -> Vec<Inhibition> {
    let sets = label_sets(registry);
    let names: BTreeSet<&str> = sets.iter().flatten().map(String::as_str).chain(["instance"]).collect();
    let has_slos = registry.every_slo().next().is_some();
    sets.iter()
        .map(|set| {
            let with_severity = |severity: Severity| {
                let severity = Matcher::equal("severity", severity.as_str());
                let every = OF_EVERY_KPI.into_iter().map(Matcher::present);
                // Alerts on budgets have tiers of their own.
                let no_slo = has_slos.then(|| Matcher::equal("burn_tier", ""));
                std::iter::once(severity).chain(every).chain(no_slo).chain(exactly(&names, set)).collect()
            };
            Inhibition {
                source_matchers: with_severity(Severity::Critical),
                target_matchers: with_severity(Severity::Warning),
                equal: OF_EVERY_KPI
                    .into_iter()
                    .chain(set.iter().map(String::as_str))
                    .map(str::to_owned)
                    .collect(),
            }
        })
        .collect()
}

/// While the budget of an SLO burns so fast that somebody was paged, the ticket about the same SLO says nothing new: one
/// rule for every set of labels that SLOs keep apart.
fn page_over_ticket(registry: &Registry) -> Vec<Inhibition> {
    // Every alert has an agent, be it the platform; and not every target is in an environment.
    let kept = prometheus::slo_label_sets(registry).into_iter();
    let kept = kept.map(|set| set.into_iter().filter(|label| label != "agent").collect::<BTreeSet<_>>());
    let without =
        |set: &BTreeSet<String>| set.iter().filter(|label| *label != "environment").cloned().collect();
    let sets: BTreeSet<BTreeSet<String>> = kept.flat_map(|set| [without(&set), set]).collect();
    let names: BTreeSet<&str> = sets.iter().flatten().map(String::as_str).collect();
    sets.iter()
        .map(|set| {
            let side = |tier: &str| {
                let fixed = [
                    Matcher::equal("burn_tier", tier),
                    Matcher::present("slo_id"),
                    Matcher::present("agent"),
                ];
                fixed.into_iter().chain(exactly(&names, set)).collect()
            };
            let equal = ["slo_id", "agent"].into_iter().chain(set.iter().map(String::as_str));
            Inhibition {
                source_matchers: side(prometheus::PAGE),
                target_matchers: side(prometheus::TICKET),
                equal: equal.map(str::to_owned).collect(),
            }
        })
        .collect()
}

/// Of some labels, these are there and the others are not.
fn exactly(names: &BTreeSet<&str>, set: &BTreeSet<String>) -> Vec<Matcher> {
    let matcher = |name: &&str| {
        if set.contains(*name) { Matcher::present(*name) } else { Matcher::equal(*name, "") }
    };
    names.iter().map(matcher).collect()
}

/// The different sets of labels that tell apart the alerts of KPIs with thresholds, of their own or in an agent's view.
///
/// An alert on a gauge stands for one series of one instance; of what is summed up, the labels of that aggregation are
/// left; a derived KPI has what its expression leaves. Targets of an environment have that label too, others don't.
fn label_sets(registry: &Registry) -> BTreeSet<BTreeSet<String>> {
    let views = registry.agents.iter().flat_map(|agent| &agent.kpis);
    let in_views: BTreeSet<KpiId> =
        views.filter(|view| !view.thresholds.is_empty()).map(|view| view.kpi.value).collect();
    let alerting = registry.kpis().filter(|(id, kpi)| !kpi.thresholds.is_empty() || in_views.contains(id));
    let sets: Vec<BTreeSet<String>> = alerting.map(|(id, kpi)| labels_of_alerts(registry, id, kpi)).collect();
    let environments = registry.agents.iter().any(|agent| !agent.environment_targets.is_empty());
    let with_environment = sets.iter().filter(|_| environments).map(|set| {
        let mut set = set.clone();
        set.insert("environment".to_owned());
        set
    });
    with_environment.chain(sets.iter().cloned()).collect()
}

fn labels_of_alerts(registry: &Registry, id: KpiId, kpi: &Kpi) -> BTreeSet<String> {
    if let Some(reading) = Reading::watched(registry, id) {
        let of_target = ["agent", "environment"];
        return reading.labels.into_iter().filter(|label| !of_target.contains(&label.as_str())).collect();
    }
    let own = kpi.labels.iter().map(|label| registry.label(label.value).name.value.clone());
    let derived = matches!(kpi.kind.value, Kind::Derived(_));
    own.chain((!derived).then(|| "instance".to_owned())).collect()
}

/// A critical alert on a KPI silences the alerts of those that depend on it: on the same agent, when the same
/// agents emit both, and everywhere otherwise. Where one of the two has no alerts there is no rule.
fn upstream_over_downstream(registry: &Registry) -> Vec<Inhibition> {
    let (mut alerting, mut critical) = (BTreeSet::new(), BTreeSet::new());
    for alert in prometheus::alert_labels(registry) {
        let Some(kpi) = alert.fixed.get("kpi") else { continue };
        if alert.fixed.get("severity").is_some_and(|severity| severity == Severity::Critical.as_str()) {
            critical.insert(kpi.clone());
        }
        alerting.insert(kpi.clone());
    }
    let dependent = registry.kpis.iter().filter(|kpi| alerting.contains(&kpi.name.value));
    let rule = |kpi: &Kpi| {
        let upstream = kpi.depends_on.iter().map(|id| registry.kpi(id.value));
        let upstream: Vec<&Kpi> = upstream.filter(|kpi| critical.contains(&kpi.name.value)).collect();
        let own_agents = agents(kpi);
        let same_agents = upstream.iter().all(|upstream| agents(upstream) == own_agents);
        let equal: &[&str] = if same_agents { &["agent"] } else { &[] };
        let present = || equal.iter().copied().map(Matcher::present);
        let source = [
            Matcher::equal("severity", Severity::Critical.as_str()),
            Matcher::one_of("kpi", upstream.iter().map(|upstream| upstream.name.as_str())),
        ];
        (!upstream.is_empty()).then(|| Inhibition {
            source_matchers: source.into_iter().chain(present()).collect(),
            target_matchers: std::iter::once(Matcher::equal("kpi", kpi.name.as_str()))
                .chain(present())
                .collect(),
            equal: equal.iter().map(|label| (*label).to_owned()).collect(),
        })
    };
    dependent.filter_map(rule).collect()
}

fn agents(kpi: &Kpi) -> BTreeSet<AgentId> {
    kpi.agents.iter().map(|agent| agent.value).collect()
}
