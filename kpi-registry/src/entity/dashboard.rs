//! How things are drawn.

use super::KpiId;
use crate::source::{Span, Spanned};

/// The kind of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PanelType {
    /// `gauge`
    Gauge,
    /// `timeseries`
    Timeseries,
    /// `stat`
    Stat,
    /// `heatmap`
    Heatmap,
    /// `bargauge`
    Bargauge,
    /// `table`
    Table,
    /// `state_timeline`
    StateTimeline,
}

impl PanelType {
    /// Every type, in the order of the reference.
    pub const ALL: &'static [Self] = &[
        Self::Gauge,
        Self::Timeseries,
        Self::Stat,
        Self::Heatmap,
        Self::Bargauge,
        Self::Table,
        Self::StateTimeline,
    ];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Timeseries => "timeseries",
            Self::Stat => "stat",
            Self::Heatmap => "heatmap",
            Self::Bargauge => "bargauge",
            Self::Table => "table",
            Self::StateTimeline => "state_timeline",
        }
    }
}

/// Where a panel stands on Grafana's grid of 24 columns; what is left out is laid out automatically.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Row, in grid units from the top of the KPI's section.
    pub row: Option<u32>,
    /// Column, 0 to 23.
    pub col: Option<u32>,
    /// Width, 1 to 24.
    pub width: Option<u32>,
    /// Height, at least 1.
    pub height: Option<u32>,
}

/// `dashboard:` of a KPI.
#[derive(Clone, Debug, Default)]
pub struct PanelHints {
    /// The panel type; by kind when left out.
    pub panel_type: Option<Spanned<PanelType>>,
    /// The place on the grid.
    pub position: Position,
    /// The dashboard it belongs to, when not the agent's own.
    pub dashboard: Option<Spanned<String>>,
    /// Draw nothing.
    pub hide: bool,
}

/// `trace:` of a KPI.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Whether its series carry exemplars.
    pub exemplars: bool,
    /// The span that a panel links to.
    pub span: Option<String>,
}

/// A row of KPIs that things pass through one after the other.
#[derive(Clone, Debug)]
pub struct Funnel {
    /// Its name.
    pub name: Spanned<String>,
    /// The stages, first to last.
    pub stages: Vec<Spanned<KpiId>>,
}

/// A dashboard composed by hand, beside the automatic ones.
#[derive(Clone, Debug)]
pub struct OwnDashboard {
    /// Its stable id.
    pub name: Spanned<String>,
    /// The title; the name when left out.
    pub title: Option<String>,
    /// The question it answers.
    pub description: Option<String>,
    /// Its panels, in order.
    pub panels: Vec<OwnPanel>,
}

/// A panel of an [`OwnDashboard`].
#[derive(Clone, Debug)]
pub struct OwnPanel {
    /// The title; the KPI's name when left out.
    pub title: Option<String>,
    /// The KPI it shows.
    pub kpi: Option<Spanned<KpiId>>,
    /// The PromQL it shows, when not a KPI.
    pub expr: Option<Spanned<String>>,
    /// The panel type; by kind when left out.
    pub panel_type: Option<Spanned<PanelType>>,
    /// The place on the grid.
    pub position: Position,
    /// The whole entry.
    pub span: Span,
}
