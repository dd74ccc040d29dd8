//! SLOs for others than Prometheus' rules.

use kpi_registry::entity::AgentId;
use kpi_registry::promql::Matcher;
use kpi_registry::registry::Registry;

use super::plan::{SloPlan, plans};
use crate::artifacts::openslo::Promise;

/// Every SLO, those that hold for every agent once for each.
pub(in crate::artifacts) fn promises(registry: &Registry) -> Vec<Promise<'_>> {
    let mut all = Vec::new();
    for plan in plans(registry) {
        if plan.keeps_agent() {
            let is_one_of_several = plan.agents.len() > 1;
            all.extend(
                plan.agents.iter().map(|agent| promise(registry, &plan, Some(*agent), is_one_of_several)),
            );
        } else {
            all.push(promise(registry, &plan, plan.only_agent(), false));
        }
    }
    all
}

fn promise<'a>(
    registry: &'a Registry,
    plan: &SloPlan<'a>,
    agent: Option<AgentId>,
    is_one_of_several: bool,
) -> Promise<'a> {
    let mut sli = plan.sli.clone();
    if let Some(agent) = agent.filter(|_| plan.keeps_agent()) {
        // The query is about one agent, so nothing tells agents apart any more.
        sli.labels.retain(|label| label != "agent");
        for part in &mut sli.parts {
            part.within.push(Matcher::eq("agent", &registry.agent(agent).name.value));
        }
    }
    let of_kpi = plan.slo.kpis.first().map(|kpi| &*registry.kpi(*kpi).description.value);
    let own = plan.slo.own.and_then(|own| own.description.as_deref());
    let agents = agent.map_or_else(|| plan.agents.clone(), |agent| vec![agent]);
    let owner = plan.slo.kpis.first().and_then(|kpi| registry.owner_of(*kpi, &agents));
    Promise {
        name: &plan.slo.name.value,
        id: plan.series.id.clone(),
        description: own.or(of_kpi).unwrap_or_default(),
        agent,
        is_one_of_several,
        team: plan.slo.own.and_then(|own| own.owner.as_deref()).or(owner),
        objective: plan.objective(),
        period: plan.series.setting.period,
        is_counter: sli.is_counted(),
        bad: sli.bad_so_far(plan.series.base),
        total: sli.total_so_far(plan.series.base),
    }
}
