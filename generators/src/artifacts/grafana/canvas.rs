//! Rows and panels with their places and ids.

use std::collections::BTreeSet;

use kpi_registry::entity::KpiId;

use super::board::{Board, Content};
use super::layout;
use super::panel::Draft;
use crate::ids::{PanelIds, fnv1a};
use crate::wire::grafana::panel::{Element, GridPos, Panel, Row, RowType};

/// So many panels are open when a dashboard is; rows that would show more start closed.
const OPEN_PANELS: usize = 20;

/// Where the id of a panel comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The panel of a KPI, by its number; alerts link to the first, 0.
    Kpi(KpiId, u32),
    /// A text, which nobody links to.
    Text(String),
}

/// A dashboard that grows downwards.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    elements: Vec<Element>,
    kpi_ids: &'a PanelIds,
    /// Ids that KPIs on this dashboard have, whether their panels are there yet or not.
    reserved: BTreeSet<u32>,
    used: BTreeSet<u32>,
    y: u32,
    open: usize,
    exclusions: Vec<Exclusion>,
}

/// A panel whose queries can't be narrowed to the chosen jobs and instances, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exclusion {
    /// Its title.
    pub(super) panel: String,
    /// Why.
    pub(super) reason: &'static str,
}

impl<'a> Canvas<'a> {
    /// An empty dashboard.
    pub(super) fn new(kpi_ids: &'a PanelIds, board: &Board<'_>) -> Self {
        let kpis = board.items.iter().filter_map(|item| match item.content {
            Content::Kpi(kpi) => Some(kpi),
            Content::Expression(_) => None,
        });
        let reserved = kpis.flat_map(|kpi| [0, 1].map(|panel| kpi_ids.nth(kpi, panel))).collect();
        Self {
            elements: Vec::new(),
            kpi_ids,
            reserved,
            used: BTreeSet::new(),
            y: 0,
            open: 0,
            exclusions: Vec::new(),
        }
    }

    /// Adds a heading and its panels; nothing without panels.
    pub(super) fn section(&mut self, title: &str, drafts: Vec<Draft>) {
        if drafts.is_empty() {
            return;
        }
        let id = self.allot(&Key::Text(["#", title].concat()));
        let collapsed = self.open > 0 && self.open + drafts.len() > OPEN_PANELS;
        let grid_pos = GridPos { h: 1, w: 24, x: 0, y: self.y };
        self.y += 1;
        let panels = self.place(drafts);
        let mut row =
            Row { id, kind: RowType::Row, title: title.into(), collapsed, grid_pos, panels: Vec::new() };
        if collapsed {
            // Grafana moves what follows down when the row is opened.
            row.panels = panels;
            self.elements.push(Element::Row(row));
        } else {
            self.open += panels.len();
            self.y = panels.iter().map(|panel| panel.grid_pos.y + panel.grid_pos.h).max().unwrap_or(self.y);
            self.elements.push(Element::Row(row));
            self.elements.extend(panels.into_iter().map(|panel| Element::Panel(Box::new(panel))));
        }
    }

    /// Everything, in reading order.
    pub(super) fn finish(self) -> (Vec<Element>, Vec<Exclusion>) {
        (self.elements, self.exclusions)
    }

    fn place(&mut self, drafts: Vec<Draft>) -> Vec<Panel> {
        let wishes: Vec<_> = drafts.iter().map(|draft| (draft.position, draft.size)).collect();
        let places = layout::place(&wishes);
        let mut panels: Vec<Panel> = drafts
            .into_iter()
            .zip(places)
            .map(|(draft, place)| {
                let id = self.allot(&draft.key);
                let exclusion = |reason| Exclusion { panel: draft.title.clone(), reason };
                self.exclusions.extend(draft.not_narrowed.map(exclusion));
                draft.finish(id, GridPos { y: self.y + place.y, ..place })
            })
            .collect();
        panels.sort_by_key(|panel| (panel.grid_pos.y, panel.grid_pos.x));
        panels
    }

    /// The id of a KPI's panel, or for everything else a hash that no KPI here has, the next free one if need be.
    fn allot(&mut self, key: &Key) -> u32 {
        const LAST: u32 = i32::MAX as u32;
        let text = match key {
            Key::Kpi(kpi, panel) => {
                let id = self.kpi_ids.nth(*kpi, *panel);
                if self.used.insert(id) {
                    return id;
                }
                // The KPI stands here twice.
                id.to_string()
            }
            Key::Text(text) => text.clone(),
        };
        let mut id = fnv1a(&text) % LAST + 1;
        while self.reserved.contains(&id) || !self.used.insert(id) {
            id = id % LAST + 1;
        }
        id
    }
}
