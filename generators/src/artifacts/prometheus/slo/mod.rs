//! SLOs: what is counted, what is recorded, and when somebody is told.
//!
//! ```text
//! AnySlo ──plan──▶ SloPlan ──sli, records──▶ recording rules
//!                     └────────alerts──────▶ burn-rate alerts
//! ```

mod absence;
mod alerts;
mod plan;
mod promise;
mod records;
mod sli;
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::promql::Expr;
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration, Rational};

use super::alerting::{self, Alert};
use super::rules;
use crate::artifact::{Artifact, File};
use crate::wire::rules::{Rule, RuleFile, RuleGroup};

pub(super) use alerts::Burning;
pub(in crate::artifacts) use alerts::{PAGE, TICKET};
pub(super) use plan::SloPlan;
pub(in crate::artifacts) use promise::promises;
pub use tests::SloTests;

crate::documented! {
    /// SLOs: records of the share of bad events over every window, of budget and burn rates, and multi-window
    /// burn-rate alerts; a group for each SLO, a file for each agent.
    pub struct SloRules;
}

/// An SLO and its alerts.
pub(super) struct Planned<'a> {
    /// The SLO.
    pub(super) plan: SloPlan<'a>,
    /// Its alerts.
    pub(super) alerts: Vec<Alert<'a>>,
}

/// Plans every SLO.
pub(super) fn plan<'a>(
    context: &alerting::Context<'a>,
    names: &mut alerting::names::Names,
) -> Vec<Planned<'a>> {
    let plans = plan::plans(context.registry);
    plans
        .map(|plan| {
            let alerts = alerts::alerts(context, &plan, names);
            Planned { plan, alerts }
        })
        .collect()
}

/// The different sets of labels, beside `slo_id`, that tell apart the burn-rate alerts of one SLO.
pub(in crate::artifacts) fn label_sets(registry: &Registry) -> BTreeSet<Vec<String>> {
    plan::plans(registry).filter(|plan| !plan.series.tiers.is_empty()).map(|plan| plan.sli.labels).collect()
}

/// Above this the rules of an SLO are evaluated every minute: a period of 30 days then has 43,200 evaluations, and the
/// sum over it stays cheap.
const LONG_PERIOD: PromDuration = PromDuration::from_minutes(7 * 24 * 60);
const LONG_STEP: PromDuration = PromDuration::from_minutes(1);

impl Planned<'_> {
    /// Every rule, in order of evaluation.
    pub(super) fn rules(&self) -> Vec<Rule<'_>> {
        self.plan.records().into_iter().chain(self.alerts.iter().map(Alert::rule)).collect()
    }

    fn group(&self, registry: &Registry) -> RuleGroup<'_> {
        let global = registry.defaults.scrape_interval.value;
        let is_long = self.plan.series.setting.period > LONG_PERIOD && global < LONG_STEP;
        RuleGroup {
            name: format!("{}-slo-{}", registry.platform, self.plan.slo.name),
            interval: is_long.then(|| LONG_STEP.to_string()),
            rules: self.rules(),
        }
    }
}

/// The file of a section, without an end.
fn name(section: &str) -> String {
    format!("{section}.slos")
}

impl Artifact for SloRules {
    fn id(&self) -> &'static str {
        "prometheus-slo-rules"
    }

    fn group(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let slos = alerting::plan(registry).slos;
        rule_files(registry, &slos).map(rules::written).collect()
    }
}

/// The files, by name without an end.
pub(super) fn rule_files<'a>(
    registry: &'a Registry,
    slos: &'a [Planned<'_>],
) -> impl Iterator<Item = (String, RuleFile<'a>)> {
    let mut sections: BTreeMap<&str, Vec<&Planned<'_>>> = BTreeMap::new();
    for slo in slos.iter().filter(|slo| !slo.plan.is_derived) {
        sections.entry(slo.plan.series.section).or_default().push(slo);
    }
    sections.into_iter().map(|(section, slos)| {
        let groups = slos.into_iter().map(|slo| slo.group(registry)).collect();
        (name(section), RuleFile { groups })
    })
}

/// An exact number: a decimal, or a division where there is none.
fn number(number: Rational) -> Expr {
    if let Some(decimal) = number.to_decimal() {
        return decimal.into();
    }
    let term = |term: i64| Expr::from(Decimal::new(term, 0));
    term(number.numerator()).divided_by(term(number.denominator()))
}
