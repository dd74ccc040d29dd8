//! What alerts on SLOs say.

use std::collections::BTreeMap;

use kpi_registry::entity::{AgentId, Burn, BurnTier};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, Rational};

use super::plan::SloPlan;
use crate::artifacts::prometheus::alerting::{self, Context};
use crate::wire::template::{Template, ValueFormat};

/// Of an alert on a budget that burns too fast.
pub(super) fn burning<'a>(
    context: &Context<'a>,
    plan: &SloPlan<'a>,
    tier: &BurnTier,
    burn: &Burn,
) -> BTreeMap<&'static str, Template<'a>> {
    let registry = context.registry;
    let is_time = plan.sli.is_time();
    let (faster, fast) = match burn.factor.rounded(2, false) {
        Decimal::ONE => ("faster than".to_owned(), "just as fast".to_owned()),
        factor => (format!("over {factor} times as fast as"), format!("{factor} times as fast")),
    };
    let summary = alerting::text::of_agent(
        format!("The error budget of {}", plan.slo.name),
        registry,
        shown_agents(plan),
    );
    let start = match describes(plan, registry) {
        Some(text) => format!("{}. ", alerting::text::unstopped(text)),
        None => String::new(),
    };
    let what = if is_time { "of the time was out of range" } else { "of all events were bad" };
    let description = Template::text(start)
        .value(ValueFormat::Percentage)
        .then(format!(" {what} in the last {}", tier.long));
    let kept = plan.sli.labels.iter().filter(|label| *label != "agent").cloned().collect();
    let description = alerting::text::places(description, kept).then(format!(
        ", and more than {}% in the last {} too. The objective allows {}% over {}; burning {fast}, the \
         budget lasts {}.",
        percent(burn.threshold),
        burn.short,
        percent(Rational::of(plan.budget).unwrap_or(burn.threshold)),
        plan.series.setting.period,
        burn.lasts(plan.series.setting.period),
    ));
    let mut texts = links(context, plan, linked_agents(plan));
    texts.insert("summary", summary.then(format!(" burns {faster} it may")));
    texts.insert("description", description);
    texts
}

/// What to do, where to read and where to look.
pub(super) fn links<'a>(
    context: &Context<'a>,
    plan: &SloPlan<'a>,
    agents: &[AgentId],
) -> BTreeMap<&'static str, Template<'a>> {
    let registry = context.registry;
    let (action, runbook) = match (plan.slo.own, plan.kpi()) {
        (Some(own), _) => (own.action.as_ref(), own.runbook.as_ref()),
        (None, Some(kpi)) => (registry.kpi(kpi).action.as_ref(), registry.kpi(kpi).runbook.as_ref()),
        (None, None) => (None, None),
    };
    let first = plan.slo.kpis.first();
    let panel = first.and_then(|kpi| alerting::text::panel_link(context, *kpi, agents));
    let texts = [
        ("action", action.map(Template::text)),
        ("runbook_url", runbook.map(Template::text)),
        ("dashboard_url", panel),
    ];
    texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

/// The sentence about what is promised.
fn describes<'a>(plan: &SloPlan<'a>, registry: &'a Registry) -> Option<&'a str> {
    match (plan.slo.own, plan.kpi()) {
        (Some(own), _) => own.description.as_deref(),
        (None, Some(kpi)) => Some(&registry.kpi(kpi).description.value),
        (None, None) => None,
    }
}

/// The agents that a text may name: all that the alert tells apart, or the only one.
fn shown_agents<'p>(plan: &'p SloPlan<'_>) -> &'p [AgentId] {
    if plan.keeps_agent() || plan.only_agent().is_some() { &plan.agents } else { &[] }
}

/// The agents whose dashboard an alert links to: the first of those that it does not tell apart.
pub(super) fn linked_agents<'p>(plan: &'p SloPlan<'_>) -> &'p [AgentId] {
    let shown = shown_agents(plan);
    if shown.is_empty() { plan.agents.get(..1).unwrap_or_default() } else { shown }
}

fn percent(ratio: Rational) -> String {
    let hundred = Rational::of(Decimal::from(100));
    let percent = hundred.and_then(|hundred| ratio.checked_mul(hundred));
    percent
        .and_then(Rational::to_decimal)
        .map_or_else(|| percent.unwrap_or(ratio).rounded(4, false).to_string(), |exact| exact.to_string())
}
