//! Alerts on budgets that burn too fast, and the labels of all alerts on SLOs.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::{AgentId, Burn, BurnTier, Severity};
use kpi_registry::promql::{BinaryOp, Expr, Matching, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration, Rational};

use super::plan::SloPlan;
use super::{absence, number, text};
use crate::artifacts::prometheus::alerting::names::Names;
use crate::artifacts::prometheus::alerting::{Alert, Condition, Context};
use crate::wire::template::Template;
use kpi_registry::series::slo::{Recorded, SLOTH_WINDOW};

/// A budget burns too fast in a long and in a short window.
#[derive(Clone, Debug)]
pub(in crate::artifacts::prometheus) struct Burning {
    /// The share of bad events in the long window.
    pub(super) long: Selector,
    /// The same in the short window.
    pub(super) short: Selector,
    /// What both are above.
    pub(super) threshold: Rational,
    /// Bad events in the long window, and how many are no reason to alert.
    pub(super) guard: Option<(Selector, u64)>,
    /// A label that tells the two windows apart.
    ignoring: Option<&'static str>,
    /// The labels that its series have for sure.
    labels: BTreeSet<String>,
}

impl Burning {
    /// The labels that its series have for sure.
    pub(in crate::artifacts::prometheus) const fn labels(&self) -> &BTreeSet<String> {
        &self.labels
    }

    /// Its PromQL.
    pub(in crate::artifacts::prometheus) fn expr(&self) -> Expr {
        let above = |selector: &Selector| Expr::from(selector.clone()).greater_than(number(self.threshold));
        let and = |left: Expr, right: Expr| match self.ignoring {
            Some(label) => left.binary_matching(BinaryOp::And, Matching::ignoring([label]), right),
            None => left.binary(BinaryOp::And, right),
        };
        let both = and(above(&self.long), above(&self.short));
        match &self.guard {
            Some((events, most)) => {
                let most = Decimal::new(i64::try_from(*most).unwrap_or(i64::MAX), 0);
                and(both, Expr::from(events.clone()).greater_than(most))
            }
            None => both,
        }
    }
}

/// What the label `burn_tier` says of tiers that page somebody, and of the others.
pub(in crate::artifacts) const PAGE: &str = "page";
pub(in crate::artifacts) const TICKET: &str = "ticket";

/// Every alert on an SLO: its tiers by falling burn rate, then missing events.
pub(in crate::artifacts::prometheus) fn alerts<'a>(
    context: &Context<'a>,
    plan: &SloPlan<'a>,
    names: &mut Names,
) -> Vec<Alert<'a>> {
    let name = names.give(&[plan.slo.name, "error_budget_burn"]);
    let tiers = plan.series.tiers.iter().map(|(tier, burn)| burning(context, plan, name.clone(), tier, burn));
    let mut alerts: Vec<Alert<'a>> = tiers.collect();
    if let Some(after) = plan.no_data {
        alerts.extend(absence::alerts(context, plan, after, names));
    }
    alerts
}

fn burning<'a>(
    context: &Context<'a>,
    plan: &SloPlan<'a>,
    name: String,
    tier: &BurnTier,
    burn: &Burn,
) -> Alert<'a> {
    let ratio = |window: PromDuration| plan.record(Recorded::Ratio(window));
    let guard = plan.slo.slo.terms.low_traffic;
    let condition = Burning {
        long: ratio(tier.long),
        short: ratio(burn.short),
        threshold: burn.threshold,
        guard: guard.map(|most| (plan.record(Recorded::BadIncrease(tier.long)), most.value)),
        ignoring: plan.series.is_of_sloth().then_some(SLOTH_WINDOW),
        // A user's expression may have dropped what the KPI is said to have.
        labels: if plan.is_derived { BTreeSet::new() } else { plan.sli.labels.iter().cloned().collect() },
    };
    let mut labels = labels(context.registry, plan, tier.severity, &plan.agents);
    labels.extend(agent(context.registry, plan).map(|agent| ("agent", agent)));
    let tier_name = if tier.is_page() { PAGE } else { TICKET };
    labels.insert("burn_tier", Template::text(tier_name));
    labels.insert("long", Template::text(tier.long.to_string()));
    labels.insert("short", Template::text(burn.short.to_string()));
    labels.extend(plan.series.labels().iter().map(|(name, value)| (*name, Template::text(value.clone()))));
    if plan.series.is_of_sloth() {
        labels.insert("sloth_severity", Template::text(tier_name));
    }
    Alert {
        name,
        condition: Condition::Burning(Box::new(condition)),
        hold: tier.hold,
        keep_firing_for: tier.keep_firing_for,
        labels,
        annotations: text::burning(context, plan, tier, burn),
    }
}

/// The labels of every alert on an SLO, but for `agent`; `agents` are those it is about.
pub(super) fn labels<'a>(
    registry: &'a Registry,
    plan: &SloPlan<'a>,
    severity: Severity,
    agents: &[AgentId],
) -> BTreeMap<&'a str, Template<'a>> {
    let mut labels = BTreeMap::from([
        ("severity", Template::text(severity.as_str())),
        ("slo_id", Template::text(plan.series.id.clone())),
    ]);
    labels.extend(plan.kpi().map(|kpi| ("kpi", Template::text(&*registry.kpi(kpi).name.value))));
    let team = plan.kpi().map_or(plan.team, |kpi| registry.owner_of(kpi, agents));
    labels.extend(team.map(|team| ("team", Template::text(team.to_owned()))));
    labels
}

/// The label `agent`, where the series has none or might have none: the only agent, or the platform.
fn agent<'a>(registry: &'a Registry, plan: &SloPlan<'a>) -> Option<Template<'a>> {
    match plan.only_agent() {
        Some(only) => Some(Template::text(&*registry.agent(only).name.value)),
        None if !plan.keeps_agent() => Some(Template::text(&*registry.platform.value)),
        // A user's expression may have dropped the label; and without agents nobody knows who exposes what.
        None if plan.is_derived || plan.agents.is_empty() => {
            Some(Template::default().label_or("agent", &registry.platform.value))
        }
        None => None,
    }
}
