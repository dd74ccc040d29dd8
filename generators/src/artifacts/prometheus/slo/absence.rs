//! Alerts on SLOs that nothing is counted for any more.

use kpi_registry::entity::{AgentId, Severity};
use kpi_registry::value::PromDuration;

use super::alerts::labels;
use super::plan::SloPlan;
use super::text::{linked_agents, links};
use crate::artifacts::prometheus::alerting::names::Names;
use crate::artifacts::prometheus::alerting::{Alert, Condition, Context, is_scraped};
use crate::wire::template::Template;
use kpi_registry::series::slo::Recorded;

/// One for every agent that must count and is scraped, or one for all together.
pub(super) fn alerts<'a>(
    context: &Context<'a>,
    plan: &SloPlan<'a>,
    after: PromDuration,
    names: &mut Names,
) -> Vec<Alert<'a>> {
    let registry = context.registry;
    let kpi = plan.kpi().filter(|_| !plan.is_derived);
    let agents: Vec<Option<AgentId>> = if kpi.is_some_and(|kpi| !registry.kpi(kpi).agents.is_empty()) {
        plan.agents.iter().filter(|agent| is_scraped(registry, **agent)).map(|agent| Some(*agent)).collect()
    } else {
        vec![None]
    };
    let several = agents.len() > 1;
    agents.into_iter().map(|agent| alert(context, plan, after, agent, several, names)).collect()
}

fn alert<'a>(
    context: &Context<'a>,
    plan: &SloPlan<'a>,
    after: PromDuration,
    agent: Option<AgentId>,
    several: bool,
    names: &mut Names,
) -> Alert<'a> {
    let registry = context.registry;
    let name = agent.map(|agent| registry.agent(agent).name.value.as_str());
    let total = plan.record(Recorded::Total);
    let hold = after.max(plan.series.setting.scrape_interval.times(2));
    // The series that is missing has no labels, so who it is about is said here.
    let about = agent.or(plan.only_agent());
    let mut labels = labels(registry, plan, Severity::Warning, about.as_slice());
    let about_name = about.map_or(&registry.platform.value, |agent| &registry.agent(agent).name.value);
    labels.insert("agent", Template::text(about_name));
    let mut annotations =
        links(context, plan, if agent.is_some() { agent.as_slice() } else { linked_agents(plan) });
    let whose = name.map_or(String::new(), |name| format!(" of {name}"));
    annotations
        .insert("summary", Template::text(format!("The SLO {}{whose} is not measured", plan.slo.name)));
    let description =
        format!("Nothing of what it counts has come for {hold}: nobody would be told if it broke.");
    annotations.insert("description", Template::text(description));
    Alert {
        name: names.give(&[plan.slo.name, "slo_no_data", if several { about_name } else { "" }]),
        condition: Condition::Unmeasured {
            total: name.map_or(total.clone(), |name| total.eq("agent", name)),
            agent: name.map(str::to_owned),
        },
        hold,
        keep_firing_for: None,
        labels,
        annotations,
    }
}
