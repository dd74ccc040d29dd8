//! A KPI as one dashboard sees it.

use std::collections::BTreeMap;

use kpi_registry::entity::{AgentKpi, KpiId, Level, Measure, Threshold};
use kpi_registry::registry::Registry;
use kpi_registry::value::Decimal;

use super::board::{Board, Subject};
use super::query;
use kpi_registry::series::Reading;

/// What holds for a KPI on one dashboard: an agent's own view goes before what the KPI says.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    /// What it means to the agent.
    pub(super) role: Option<&'a str>,
    /// The thresholds that hold, in ascending order of level.
    pub(super) thresholds: Vec<(Level, &'a Threshold)>,
    /// What follows the unit of a threshold: ` per second`, ` in 5m`.
    pub(super) per: String,
    /// Where a panel draws the same thresholds: in what its queries measure.
    pub(super) drawn: Vec<(Level, &'a Threshold, Decimal)>,
    /// What the agent does about it.
    pub(super) actions: &'a [String],
}

/// The views of one dashboard.
#[derive(Debug)]
pub(super) struct Views<'a> {
    of_agent: BTreeMap<KpiId, &'a AgentKpi>,
}

impl<'a> Views<'a> {
    /// Those of the agent the dashboard is about; none when it is about something else.
    pub(super) fn of(registry: &'a Registry, board: &Board<'_>) -> Self {
        let views = match board.subject {
            Subject::Agent(agent) => registry.agent(agent).kpis.as_slice(),
            Subject::Named(..) => &[],
        };
        // The first view of a KPI holds, as everywhere.
        Self { of_agent: views.iter().rev().map(|view| (view.kpi.value, view)).collect() }
    }

    /// A KPI as this dashboard sees it.
    pub(super) fn view(&self, registry: &'a Registry, id: KpiId) -> View<'a> {
        let kpi = registry.kpi(id);
        let own = self.of_agent.get(&id).copied();
        let threshold =
            |level| own.and_then(|own| own.thresholds.get(level)).or_else(|| kpi.thresholds.get(level));
        let thresholds: Vec<_> =
            Level::ALL.into_iter().filter_map(|level| Some((level, threshold(level)?))).collect();
        let reading = Reading::watched(registry, id);
        let measure = reading.as_ref().map_or(Measure::Unit, |reading| reading.recipe.measure());
        let seconds = reading.as_ref().map_or(1, |reading| reading.window.as_millis() / 1000);
        // What is counted is drawn as a rate, and money as one per hour.
        let (per, shown_per) = match measure {
            Measure::UnitPerSecond => (" per second".to_owned(), 1),
            Measure::UnitPerWindow => {
                (reading.map_or_else(String::new, |reading| format!(" in {}", reading.window)), seconds)
            }
            _ => (String::new(), 0),
        };
        let drawn = |value: Decimal| match shown_per {
            0 => Some(value),
            seconds => divided(value.checked_mul(query::rate_period(&kpi.unit))?, seconds),
        };
        View {
            role: own.and_then(|own| own.role.as_deref()),
            drawn: thresholds
                .iter()
                .filter_map(|(level, threshold)| Some((*level, *threshold, drawn(threshold.value.value)?)))
                .collect(),
            thresholds,
            per,
            actions: own.map_or(&[], |own| &own.actions),
        }
    }
}

/// A quotient, exact or else near enough to draw a line at.
fn divided(value: Decimal, by: u64) -> Option<Decimal> {
    let by = Decimal::new(i64::try_from(by).ok()?, 0);
    value.checked_div(by).or_else(|| format!("{:.9}", value.to_f64() / by.to_f64()).parse().ok())
}
