//! Alerts on what is missing: a KPI, an instance, an agent; and the one that proves that alerts arrive.

use std::collections::BTreeMap;

use kpi_registry::entity::{AgentId, Kind, KpiId, Level, Severity};
use kpi_registry::registry::Registry;

use super::names::{Names, WATCHDOG};
use super::{Alert, Condition, Context, text};
use crate::wire::template::Template;
use kpi_registry::series::{slo, smoothing};

/// For a KPI with `no_data`: an alert for every agent that must emit it, or one for all when nobody must.
pub(super) fn no_data<'a>(context: &Context<'a>, id: KpiId, names: &mut Names) -> Vec<Alert<'a>> {
    let registry = context.registry;
    let kpi = registry.kpi(id);
    let Some(after) = kpi.no_data else {
        return Vec::new();
    };
    let metric = match kpi.kind.value {
        // The base name of a classic histogram has no series of its own.
        Kind::Histogram(_) => format!("{}_count", kpi.metric),
        _ => kpi.metric.value.clone(),
    };
    // A user's expression may have dropped the label `agent`, and may be about metrics of others.
    let derived = matches!(kpi.kind.value, Kind::Derived(_));
    let agents: Vec<Option<AgentId>> = if derived {
        vec![None]
    } else if kpi.agents.is_empty() {
        // Where nobody is scraped nobody can expose it, and the alert would fire forever.
        registry.agents().any(|(id, _)| is_scraped(registry, id)).then_some(None).into_iter().collect()
    } else {
        let scraped = kpi.agents.iter().map(|agent| agent.value).filter(|id| is_scraped(registry, *id));
        scraped.map(Some).collect()
    };
    let several = agents.len() > 1;
    let hold = after.max(registry.scrape_interval(id).times(2));
    agents
        .into_iter()
        .map(|agent| {
            let agent_name = agent.map(|agent| registry.agent(agent).name.value.as_str());
            let label = agent_name.unwrap_or(&registry.platform.value);
            let distinct = if several { label } else { "" };
            let name = names.give(&[&kpi.name, "no_data", distinct]);
            let whose = agent_name.map_or(String::new(), |name| format!(" of {name}"));
            let mut labels = labels(Severity::Warning, label, registry.owner_of(id, agent.as_slice()));
            labels.insert("kpi", Template::text(&*kpi.name.value));
            if kpi.slo.is_some() {
                // What this KPI counts is what its SLO counts.
                labels.insert("slo_id", Template::text(slo::id(registry, &kpi.name)));
            }
            let link = text::panel_link(context, id, &agent.into_iter().collect::<Vec<_>>());
            let annotations = [
                ("summary", Some(Template::text(format!("{}{whose} has no data", kpi.name)))),
                (
                    "description",
                    Some(Template::text(format!(
                        "{}. No series of it has been scraped for {hold}.",
                        text::unstopped(&kpi.description)
                    ))),
                ),
                ("action", kpi.action.as_ref().map(Template::text)),
                ("runbook_url", kpi.runbook.as_ref().map(Template::text)),
                ("dashboard_url", link),
            ];
            Alert {
                name,
                condition: Condition::Absent {
                    kpi: id,
                    metric: metric.clone(),
                    agent,
                    agent_name: agent_name.map(str::to_owned),
                },
                hold,
                keep_firing_for: None,
                labels,
                annotations: present(annotations),
            }
        })
        .collect()
}

/// One instance of an agent is down, and no instance of it is up.
pub(super) fn target_down<'a>(context: &Context<'a>, id: AgentId, names: &mut Names) -> Vec<Alert<'a>> {
    let registry = context.registry;
    if !is_scraped(registry, id) {
        return Vec::new();
    }
    let agent = registry.agent(id);
    let name = &agent.name.value;
    let interval = agent.scrape_interval.map_or(registry.defaults.scrape_interval.value, |own| own.value);
    let window = smoothing(interval);
    let owner = agent.owner.as_deref().or(registry.defaults.owner.as_deref());
    let instance = Template::text("Instance ").label("instance").then(format!(" of {name}"));
    let instance_description =
        "Prometheus can't scrape this instance: it is down, unreachable or answers with an error.";
    let agent_description = "Prometheus can't scrape any instance of this agent. Its KPIs have no values, and alerts on them are silent.";
    vec![
        Alert {
            name: names.give(&[name, "instance_down"]),
            condition: Condition::InstanceDown { agent: name.clone(), window },
            hold: Level::WarningHigh.default_for(),
            keep_firing_for: None,
            labels: labels(Severity::Warning, name, owner),
            annotations: present([
                ("summary", Some(instance.then(" is down"))),
                ("description", Some(Template::text(instance_description))),
            ]),
        },
        Alert {
            name: names.give(&[name, "down"]),
            condition: Condition::AgentDown { agent: name.clone(), window },
            hold: Level::CriticalHigh.default_for(),
            keep_firing_for: None,
            labels: labels(Severity::Critical, name, owner),
            annotations: present([
                ("summary", Some(Template::text(format!("{name} is down")))),
                ("description", Some(Template::text(agent_description))),
            ]),
        },
    ]
}

/// Fires always, so that who expects it notices when alerts stop arriving.
pub(super) fn watchdog(registry: &Registry) -> Alert<'_> {
    let description = "This alert always fires. When it stops arriving, no other alert arrives either.";
    Alert {
        name: WATCHDOG.into(),
        condition: Condition::Always,
        hold: kpi_registry::value::PromDuration::ZERO,
        keep_firing_for: None,
        labels: labels(Severity::Info, &registry.platform.value, registry.defaults.owner.as_deref()),
        annotations: present([
            ("summary", Some(Template::text("Alerts arrive"))),
            ("description", Some(Template::text(description))),
        ]),
    }
}

fn labels<'a>(
    severity: Severity,
    agent: &'a str,
    owner: Option<&'a str>,
) -> BTreeMap<&'static str, Template<'a>> {
    let owner = owner.map(|owner| ("team", Template::text(owner)));
    let labels = [("severity", Template::text(severity.as_str())), ("agent", Template::text(agent))];
    labels.into_iter().chain(owner).collect()
}

fn present<'a, const N: usize>(
    texts: [(&'static str, Option<Template<'a>>); N],
) -> BTreeMap<&'static str, Template<'a>> {
    texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

/// Whether the scrape configuration has a job for an agent: it must know where the agent is.
pub(in crate::artifacts::prometheus) fn is_scraped(registry: &Registry, id: AgentId) -> bool {
    use kpi_registry::entity::Discovery;
    let agent = registry.agent(id);
    match agent.discovery.unwrap_or(registry.targets.discovery) {
        Discovery::Static => {
            let chosen = registry.targets.environment.as_ref().map(|name| name.value.as_str());
            let mut own = agent.environment_targets.iter();
            agent.port.is_some()
                || !agent.targets.is_empty()
                || own
                    .any(|(name, targets)| chosen.is_none_or(|chosen| chosen == name) && !targets.is_empty())
        }
        Discovery::Http => registry.targets.http_sd_url.is_some(),
        Discovery::File | Discovery::Docker => true,
    }
}
