//! Alerts as plain data: the rules and their tests are made of the same plan.

pub(super) mod infra;
mod labels;
pub(super) mod names;
mod presence;
pub(super) mod text;
mod threshold;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::{AgentId, AgentKpi, KpiId, Level};
use kpi_registry::promql::{BinaryOp, Expr, Function, Grouping, Matcher, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use self::infra::Watch;
pub use self::labels::{AlertLabels, alert_labels};
use self::names::Names;
pub(super) use self::presence::is_scraped;
use super::derived;
use super::slo::{self, Burning, Planned};
use crate::ids::PanelIds;
use crate::wire::rules;
use crate::wire::template::Template;
use kpi_registry::series::{Reading, SHARED, section_of, target_labels};

/// One alert.
pub(super) struct Alert<'a> {
    /// Its name, unique among all.
    pub(super) name: String,
    /// When it holds.
    pub(super) condition: Condition,
    /// How long that must last.
    pub(super) hold: PromDuration,
    /// How long it goes on firing afterwards.
    pub(super) keep_firing_for: Option<PromDuration>,
    /// Labels beside those of the expression.
    pub(super) labels: BTreeMap<&'a str, Template<'a>>,
    /// Texts for people.
    pub(super) annotations: BTreeMap<&'static str, Template<'a>>,
}

/// When an alert holds.
pub(super) enum Condition {
    /// A KPI is beyond a threshold.
    Beyond(Box<Beyond>),
    /// No series of a KPI exists.
    Absent {
        /// The KPI.
        kpi: KpiId,
        /// The series that must exist.
        metric: String,
        /// The agent that must expose it; any when `None`.
        agent: Option<AgentId>,
        /// Its name.
        agent_name: Option<String>,
    },
    /// One instance of an agent can't be scraped.
    InstanceDown {
        /// The agent.
        agent: String,
        /// All scrapes of so long must have failed.
        window: PromDuration,
    },
    /// No instance of an agent can be scraped.
    AgentDown {
        /// The agent.
        agent: String,
        /// All scrapes of so long must have failed.
        window: PromDuration,
    },
    /// The error budget of an SLO burns too fast.
    Burning(Box<Burning>),
    /// Nothing of what an SLO counts comes any more.
    Unmeasured {
        /// The record of all events.
        total: Selector,
        /// The agent that must count; any when `None`.
        agent: Option<String>,
    },
    /// Metrics of others say that something is wrong below.
    Watched(Box<Watch>),
    /// Always: proves that alerts arrive.
    Always,
    /// As a user wrote it.
    Written(Expr),
}

/// A KPI beyond a threshold.
pub(super) struct Beyond {
    /// The KPI.
    pub(super) kpi: KpiId,
    /// The series, when each is watched by itself; the record, when that is.
    pub(super) metric: String,
    /// The aggregation that is watched instead.
    pub(super) reading: Option<Reading>,
    /// The window that smooths, or that of the aggregation.
    pub(super) window: PromDuration,
    /// The agents it is about.
    pub(super) agents: Vec<AgentId>,
    /// The condition on the label `agent`, where other agents have other thresholds.
    pub(super) only: Option<Matcher>,
    /// The threshold.
    pub(super) value: Decimal,
    /// Which one, and so which side is bad.
    pub(super) level: Level,
}

impl Beyond {
    /// The aggregation that the alert itself computes.
    pub(super) fn computed(&self) -> Option<&Reading> {
        self.reading.as_ref().filter(|reading| !reading.is_recorded())
    }

    fn expr(&self) -> Expr {
        let conditions = self.only.as_slice();
        let value = if let Some(reading) = self.computed() {
            reading.expr(conditions)
        } else {
            let selector = Selector::new(&self.metric);
            let selector = conditions.iter().cloned().fold(selector, Selector::matching);
            // Every sample of the window must be bad, and a scrape that failed is no sample.
            let worst = if self.level.is_low() { Function::MaxOverTime } else { Function::MinOverTime };
            selector.over(self.window).apply(worst)
        };
        let op = if self.level.is_low() { BinaryOp::Less } else { BinaryOp::Greater };
        value.binary(op, self.value)
    }
}

impl Condition {
    /// Its PromQL: has a value for everything that is bad.
    pub(super) fn expr(&self) -> Expr {
        let up = |agent: &String| Selector::new("up").eq("job", agent);
        let reached =
            |agent: &String, window: PromDuration| up(agent).over(window).apply(Function::MaxOverTime);
        match self {
            Self::Beyond(beyond) => beyond.expr(),
            Self::Absent { metric, agent_name, .. } => {
                let only = agent_name.iter().map(|agent| Matcher::eq("agent", agent));
                absent(only.fold(Selector::new(metric), Selector::matching))
            }
            Self::InstanceDown { agent, window } => {
                reached(agent, *window).binary(BinaryOp::Equal, Decimal::ZERO)
            }
            Self::AgentDown { agent, window } => {
                let all = reached(agent, *window).sum(Grouping::by(["job"]));
                all.binary(BinaryOp::Equal, Decimal::ZERO).binary(BinaryOp::Or, absent(up(agent)))
            }
            Self::Burning(burning) => burning.expr(),
            Self::Unmeasured { total, .. } => absent(total.clone()),
            Self::Watched(watch) => watch.expr.clone(),
            Self::Always => Expr::call(Function::Vector, [Decimal::ONE.into()]),
            Self::Written(expr) => expr.clone(),
        }
    }
}

fn absent(selector: Selector) -> Expr {
    Expr::call(Function::Absent, [selector.into()])
}

impl Alert<'_> {
    /// The rule.
    pub(super) fn rule(&self) -> rules::Rule<'_> {
        let text = |template: &Template<'_>| Cow::Owned(template.to_string());
        rules::Rule::Alert(rules::Alert {
            alert: Cow::Borrowed(&self.name),
            expr: self.condition.expr().to_string(),
            hold: (!self.hold.is_zero()).then(|| self.hold.to_string()),
            keep_firing_for: self.keep_firing_for.map(|keep| keep.to_string()),
            labels: self.labels.iter().map(|(name, value)| (Cow::Borrowed(*name), text(value))).collect(),
            annotations: self
                .annotations
                .iter()
                .map(|(name, value)| (Cow::Borrowed(*name), text(value)))
                .collect(),
        })
    }
}

/// The alerts of one file.
pub(super) struct Section<'a> {
    /// What the file is called after: an agent, or one of the names that no agent can have.
    pub(super) name: String,
    /// The alerts.
    pub(super) alerts: Vec<Alert<'a>>,
}

/// The section of alerts that users wrote.
pub(super) const WRITTEN: &str = "hand-written";

impl<'a> Plan<'a> {
    /// Every alert, whatever file it stands in.
    fn alerts(&self) -> impl Iterator<Item = &Alert<'a>> {
        let sections = self.sections.iter().flat_map(|section| &section.alerts);
        sections.chain(&self.derived).chain(self.slos.iter().flat_map(|slo| &slo.alerts))
    }
}

/// Every alert of a registry.
pub(super) struct Plan<'a> {
    /// Alerts by file, in order of name; none is empty.
    pub(super) sections: Vec<Section<'a>>,
    /// Alerts on KPIs whose series are recorded: they stand in one group with the records.
    pub(super) derived: Vec<Alert<'a>>,
    /// SLOs with their alerts, in order of the registry.
    pub(super) slos: Vec<Planned<'a>>,
}

/// Plans every alert. Names are given out in the order of the registry, so adding a KPI at the end renames nothing.
pub(super) fn plan(registry: &Registry) -> Plan<'_> {
    let mut names = Names::new(registry);
    let context = Context {
        registry,
        panels: PanelIds::new(registry),
        views: views(registry),
        target_labels: target_labels(registry),
    };
    let recorded: BTreeSet<KpiId> = derived::members(registry).derived.into_iter().collect();
    let mut sections: BTreeMap<&str, Vec<Alert<'_>>> = BTreeMap::new();
    let mut on_records = Vec::new();
    for (id, kpi) in registry.kpis() {
        let alerts = threshold::alerts(&context, id, &mut names).into_iter();
        let alerts = alerts.chain(presence::no_data(&context, id, &mut names));
        if recorded.contains(&id) {
            on_records.extend(alerts);
        } else {
            sections.entry(section_of(registry, kpi)).or_default().extend(alerts);
        }
    }
    for (id, agent) in registry.agents() {
        let section = sections.entry(&agent.name).or_default();
        section.extend(presence::target_down(&context, id, &mut names));
        section.extend(infra::container(&context, id, &mut names));
    }
    let slos = slo::plan(&context, &mut names);
    let shared = sections.entry(SHARED).or_default();
    shared.extend(infra::shared(&context, &mut names));
    shared.push(presence::watchdog(registry));
    sections.entry(WRITTEN).or_default().extend(threshold::written(registry));
    let sections = sections.into_iter().filter(|(_, alerts)| !alerts.is_empty());
    Plan {
        sections: sections.map(|(name, alerts)| Section { name: name.to_owned(), alerts }).collect(),
        derived: on_records,
        slos,
    }
}

/// The names of the alerts that say that no instance of an agent can be scraped.
pub(in crate::artifacts) fn names_of_agents_down(registry: &Registry) -> Vec<String> {
    let plan = plan(registry);
    let down = plan.alerts().filter(|alert| matches!(alert.condition, Condition::AgentDown { .. }));
    down.map(|alert| alert.name.clone()).collect()
}

/// What every alert is made with.
pub(super) struct Context<'a> {
    pub(super) registry: &'a Registry,
    panels: PanelIds,
    views: BTreeMap<(KpiId, AgentId), &'a AgentKpi>,
    target_labels: Vec<&'static str>,
}

/// Agents' own views of KPIs; the first of two on one KPI.
fn views(registry: &Registry) -> BTreeMap<(KpiId, AgentId), &AgentKpi> {
    let mut views = BTreeMap::new();
    for (id, agent) in registry.agents() {
        for view in &agent.kpis {
            views.entry((view.kpi.value, id)).or_insert(view);
        }
    }
    views
}
