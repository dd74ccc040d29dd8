//! SLOs as plain data: records, alerts and tests are made of the same plan.

use std::collections::BTreeSet;

use kpi_registry::entity::{AgentId, AnySlo, Kind, KpiId, SloGoal};
use kpi_registry::promql::{Matcher, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use super::sli::{Goal, Part, Sli};
use kpi_registry::series::slo::{Recorded, SloSeries};

/// One SLO with everything settled.
pub(in crate::artifacts::prometheus) struct SloPlan<'a> {
    /// As it was written.
    pub(super) slo: AnySlo<'a>,
    /// What is recorded, and what that depends on.
    pub(super) series: SloSeries<'a>,
    /// Whether its rules stand in the group of derived KPIs, as it reads one of them.
    pub(in crate::artifacts::prometheus) is_derived: bool,
    /// The error budget, from 0 to 1.
    pub(super) budget: Decimal,
    /// What is counted.
    pub(super) sli: Sli,
    /// The agents whose events it counts, in order of the registry.
    pub(super) agents: Vec<AgentId>,
    /// The team it belongs to.
    pub(super) team: Option<&'a str>,
    /// After how long without events to alert.
    pub(super) no_data: Option<PromDuration>,
}

/// Every SLO, in order of the registry.
pub(super) fn plans(registry: &Registry) -> impl Iterator<Item = SloPlan<'_>> {
    registry.every_slo().filter_map(|slo| SloPlan::new(registry, slo))
}

impl<'a> SloPlan<'a> {
    /// `None` for an SLO that the checks refuse.
    fn new(registry: &'a Registry, slo: AnySlo<'a>) -> Option<Self> {
        let series = SloSeries::of(registry, &slo)?;
        let parts = slo.kpis.iter().map(|kpi| part(registry, &slo, *kpi)).collect::<Option<Vec<_>>>()?;
        let is_derived = slo.kpis.iter().any(|kpi| matches!(registry.kpi(*kpi).kind.value, Kind::Derived(_)));
        let emitting: BTreeSet<AgentId> = slo.kpis.iter().flat_map(|kpi| registry.agents_of(*kpi)).collect();
        let hundred = Decimal::from(100);
        let labels = series.kept.iter().map(|label| (*label).to_owned()).collect();
        Some(Self {
            is_derived,
            budget: hundred.checked_sub(series.setting.objective)?.checked_div(hundred)?,
            sli: Sli { parts, labels },
            agents: emitting.into_iter().collect(),
            no_data: no_data(registry, &slo),
            team: registry.owner_of_slo(&slo),
            series,
            slo,
        })
    }

    /// The series of one of its records.
    pub(super) fn record(&self, what: Recorded) -> Selector {
        Selector::new(self.series.name(what)).eq("slo_id", &self.series.id)
    }

    /// The one agent that it is about.
    pub(super) fn only_agent(&self) -> Option<AgentId> {
        match self.agents.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Whether it holds for every agent by itself.
    pub(super) fn keeps_agent(&self) -> bool {
        self.sli.labels.iter().any(|label| label == "agent")
    }

    /// The KPI that it belongs to, unless it covers several.
    pub(super) fn kpi(&self) -> Option<KpiId> {
        self.slo.own.is_none().then(|| self.slo.kpis.first().copied())?
    }

    /// The objective, from 0 to 1.
    pub(super) fn objective(&self) -> Decimal {
        Decimal::ONE.checked_sub(self.budget).unwrap_or(Decimal::ONE)
    }
}

/// What one KPI adds to an SLO.
fn part(registry: &Registry, slo: &AnySlo<'_>, id: KpiId) -> Option<Part> {
    let kpi = registry.kpi(id);
    let goal = match (&slo.slo.goal, &kpi.kind.value) {
        (SloGoal::Bad(bad), Kind::Counter) => {
            let conditions = bad.iter().map(|(label, values)| {
                Matcher::any_of(
                    &registry.label(label.value).name.value,
                    values.iter().map(|value| &value.value),
                )
            });
            Goal::Series(conditions.collect())
        }
        (SloGoal::Latency(limit), Kind::Histogram(_)) => {
            Goal::AboveBucket(kpi.unit.of_duration(limit.value)?)
        }
        (SloGoal::Latency(limit), Kind::NativeHistogram) => Goal::Above(kpi.unit.of_duration(limit.value)?),
        (SloGoal::InRange { min, max }, Kind::Gauge | Kind::Derived(_)) => {
            Goal::Outside { min: min.map(|min| min.value), max: max.map(|max| max.value) }
        }
        _ => return None,
    };
    Some(Part { kpi: kpi.name.value.clone(), metric: kpi.metric.value.clone(), within: Vec::new(), goal })
}

/// What the SLO says; else nothing where the KPI's own alert on missing data says it, and for several KPIs the longest
/// of theirs when all have one.
fn no_data(registry: &Registry, slo: &AnySlo<'_>) -> Option<PromDuration> {
    match slo.slo.terms.no_data {
        Some(said) => said.value,
        None if slo.own.is_none() => None,
        None => {
            let each = slo.kpis.iter().map(|kpi| registry.kpi(*kpi).no_data);
            each.collect::<Option<Vec<_>>>()?.into_iter().max()
        }
    }
}
