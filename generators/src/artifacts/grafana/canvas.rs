//! Rows and panels with their places and ids.

use std::collections::BTreeMap;

use super::id::PanelIds;
use super::layout;
use super::panel::Draft;
use crate::wire::grafana::panel::{Element, GridPos, Panel, Row, RowType};

/// So many panels are open when a dashboard is; rows that would show more start closed.
const OPEN_PANELS: usize = 20;

/// A dashboard that grows downwards.
#[derive(Debug)]
pub(super) struct Canvas {
    elements: Vec<Element>,
    ids: PanelIds,
    reserved: BTreeMap<String, u32>,
    y: u32,
    open: usize,
}

impl Canvas {
    /// An empty dashboard. The keys get their ids first and in this order, so that a link to the panel of a key
    /// can be made without the dashboard.
    pub(super) fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ids = PanelIds::default();
        let mut reserved = BTreeMap::new();
        for key in keys {
            reserved.entry(key.to_owned()).or_insert_with(|| ids.allot(key));
        }
        Self { elements: Vec::new(), ids, reserved, y: 0, open: 0 }
    }

    /// Adds a heading and its panels; nothing without panels.
    pub(super) fn section(&mut self, title: &str, drafts: Vec<Draft>) {
        if drafts.is_empty() {
            return;
        }
        let id = self.ids.allot(&["#", title].concat());
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
    pub(super) fn finish(self) -> Vec<Element> {
        self.elements
    }

    fn place(&mut self, drafts: Vec<Draft>) -> Vec<Panel> {
        let wishes: Vec<_> = drafts.iter().map(|draft| (draft.position, draft.size)).collect();
        let places = layout::place(&wishes);
        let mut panels: Vec<Panel> = drafts
            .into_iter()
            .zip(places)
            .map(|(draft, place)| {
                let id = self.reserved.remove(&draft.key).unwrap_or_else(|| self.ids.allot(&draft.key));
                draft.finish(id, GridPos { y: self.y + place.y, ..place })
            })
            .collect();
        panels.sort_by_key(|panel| (panel.grid_pos.y, panel.grid_pos.x));
        panels
    }
}
