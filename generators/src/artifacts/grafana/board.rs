//! Which dashboards there are, and what stands on each.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::{AgentId, Kpi, KpiId, OwnDashboard, OwnPanel, PanelType, Position};
use kpi_registry::registry::Registry;

/// A dashboard to make.
#[derive(Debug)]
pub(super) struct Board<'a> {
    /// What it is about.
    pub(super) subject: Subject<'a>,
    /// The agents whose series it shows.
    pub(super) agents: BTreeSet<AgentId>,
    /// What stands on it, in order.
    pub(super) items: Vec<Item<'a>>,
}

/// What a dashboard is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    /// One agent.
    Agent(AgentId),
    /// What KPIs with this name under `dashboard:` share, and what `dashboards:` says about it.
    Named(&'a str, Option<&'a OwnDashboard>),
}

/// One entry of a dashboard; it becomes one panel or two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// What is shown.
    pub(super) content: Content<'a>,
    /// The title, when it is not made from the content.
    pub(super) title: Option<&'a str>,
    /// The type, when it is not made from the content.
    pub(super) panel_type: Option<PanelType>,
    /// Where it stands.
    pub(super) position: Position,
}

/// What a panel shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content<'a> {
    /// A KPI.
    Kpi(KpiId),
    /// An expression of the registry's author.
    Expression(&'a str),
}

/// Every dashboard: one of each agent, then those with a name of their own.
pub(super) fn boards(registry: &Registry) -> Vec<Board<'_>> {
    let agents = registry.agents().map(|(id, _)| Board {
        subject: Subject::Agent(id),
        agents: BTreeSet::from([id]),
        items: items_of_agent(registry, id).collect(),
    });
    agents.chain(named(registry)).collect()
}

/// The KPIs of an agent that name no other dashboard, and what `dashboards:` has under the agent's name.
fn items_of_agent(registry: &Registry, agent: AgentId) -> impl Iterator<Item = Item<'_>> {
    let name = registry.agent(agent).name.as_str();
    let here =
        move |kpi: &Kpi| kpi.dashboard.dashboard.as_ref().is_none_or(|dashboard| dashboard.value == name);
    let kpis = registry.kpis_of(agent).filter(move |(_, kpi)| !kpi.dashboard.hide && here(kpi));
    let own = registry.dashboards.iter().filter(move |own| own.name.value == name);
    kpis.map(|(id, _)| item_of(registry, id)).chain(own.flat_map(|own| &own.panels).filter_map(item_of_panel))
}

fn named(registry: &Registry) -> Vec<Board<'_>> {
    let mut boards: BTreeMap<&str, Board<'_>> = BTreeMap::new();
    let empty =
        |name, own| Board { subject: Subject::Named(name, own), agents: BTreeSet::new(), items: Vec::new() };
    let agents: BTreeSet<&str> = registry.agents.iter().map(|agent| agent.name.as_str()).collect();
    for own in registry.dashboards.iter().filter(|own| !agents.contains(own.name.as_str())) {
        let board = boards.entry(&own.name).or_insert_with(|| empty(own.name.as_str(), Some(own)));
        board.items.extend(own.panels.iter().filter_map(item_of_panel));
    }
    for (id, kpi) in registry.kpis().filter(|(_, kpi)| !kpi.dashboard.hide) {
        let name = kpi.dashboard.dashboard.as_ref().map(|name| name.value.as_str());
        if let Some(name) = name.filter(|name| !agents.contains(name)) {
            let board = boards.entry(name).or_insert_with(|| empty(name, None));
            board.items.push(item_of(registry, id));
        }
    }
    let mut boards: Vec<Board<'_>> = boards.into_values().filter(|board| !board.items.is_empty()).collect();
    for board in &mut boards {
        board.agents = board.items.iter().flat_map(|item| agents_of(registry, item)).collect();
    }
    boards
}

/// An expression may be about any agent.
fn agents_of(registry: &Registry, item: &Item<'_>) -> Vec<AgentId> {
    match item.content {
        Content::Kpi(kpi) => registry.agents_of(kpi),
        Content::Expression(_) => registry.agents().map(|(id, _)| id).collect(),
    }
}

fn item_of(registry: &Registry, id: KpiId) -> Item<'_> {
    let hints = &registry.kpi(id).dashboard;
    Item {
        content: Content::Kpi(id),
        title: None,
        panel_type: hints.panel_type.as_ref().map(|hint| hint.value),
        position: hints.position,
    }
}

fn item_of_panel(panel: &OwnPanel) -> Option<Item<'_>> {
    let kpi = panel.kpi.as_ref().map(|kpi| Content::Kpi(kpi.value));
    let content = kpi.or_else(|| panel.expr.as_ref().map(|expr| Content::Expression(&expr.value)))?;
    Some(Item {
        content,
        title: panel.title.as_deref(),
        panel_type: panel.panel_type.as_ref().map(|hint| hint.value),
        position: panel.position,
    })
}
