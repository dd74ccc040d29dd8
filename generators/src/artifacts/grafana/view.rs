//! A KPI as one dashboard sees it.

use std::collections::BTreeMap;

use kpi_registry::entity::{AgentKpi, Kpi, KpiId, Level, Threshold};
use kpi_registry::registry::Registry;

use super::board::{Board, Subject};

/// What holds for a KPI on one dashboard: an agent's own view goes before what the KPI says.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    /// What it means to the agent.
    pub(super) role: Option<&'a str>,
    /// The thresholds that hold, in ascending order of level.
    pub(super) thresholds: Vec<(Level, &'a Threshold)>,
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
    pub(super) fn view(&self, id: KpiId, kpi: &'a Kpi) -> View<'a> {
        let own = self.of_agent.get(&id).copied();
        let threshold =
            |level| own.and_then(|own| own.thresholds.get(level)).or_else(|| kpi.thresholds.get(level));
        View {
            role: own.and_then(|own| own.role.as_deref()),
            thresholds: Level::ALL.into_iter().filter_map(|level| Some((level, threshold(level)?))).collect(),
            actions: own.map_or(&[], |own| &own.actions),
        }
    }
}
