//! How things are drawn.

use super::KpiId;
use super::decode::Cx;
use crate::diagnostic::{Diagnostic, codes};
use crate::resolve::each_once;
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node};

/// The kind of a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
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
#[derive(Clone, Copy, Debug, Default)]
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
#[derive(Debug, Default)]
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
#[derive(Debug, Default)]
pub struct Trace {
    /// Whether its series keep exemplars.
    pub exemplars: bool,
    /// The span that a panel links to.
    pub span: Option<String>,
}

/// A row of KPIs that things pass through one after the other.
#[derive(Debug)]
pub struct Funnel {
    /// Its name.
    pub name: Spanned<String>,
    /// The stages, first to last.
    pub stages: Vec<Spanned<KpiId>>,
}

/// A dashboard composed by hand, beside the automatic ones.
#[derive(Debug)]
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
#[derive(Debug)]
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

impl Position {
    /// `{row, col, width, height}`.
    fn decode(node: Option<&Node>, cx: &mut Cx<'_>) -> Self {
        /// Grafana's grid has 24 columns; rows go on.
        const COLUMNS: u64 = 24;
        const ROWS: u64 = 10_000;
        let Some(mut fields) = node.and_then(|node| Fields::of(node, "`position`", cx.out)) else {
            return Self::default();
        };
        let mut number = |key, least, most| {
            let number = fields.optional(key).and_then(|node| node.whole(least, most, cx.out))?;
            u32::try_from(number.value).ok()
        };
        let (row, col) = (number("row", 0, ROWS), number("col", 0, COLUMNS - 1));
        let (width, height) = (number("width", 1, COLUMNS), number("height", 1, ROWS));
        fields.finish(cx.out);
        Self { row, col, width, height }
    }
}

fn panel_type(node: Option<&Node>, cx: &mut Cx<'_>) -> Option<Spanned<PanelType>> {
    cx.word(node, "panel type", PanelType::ALL, PanelType::as_str)
}

impl PanelHints {
    /// `{panel_type, position, dashboard, hide}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let Some(mut fields) = Fields::of(node, "`dashboard`", cx.out) else { return Self::default() };
        let hints = Self {
            panel_type: panel_type(fields.optional("panel_type"), cx),
            position: Position::decode(fields.optional("position"), cx),
            dashboard: cx.text(fields.optional("dashboard")),
            hide: fields.optional("hide").and_then(|node| node.boolean(cx.out)).unwrap_or(false),
        };
        fields.finish(cx.out);
        hints
    }
}

impl Trace {
    /// `{exemplars, span}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let Some(mut fields) = Fields::of(node, "`trace`", cx.out) else { return Self::default() };
        let trace = Self {
            exemplars: fields.optional("exemplars").and_then(|node| node.boolean(cx.out)).unwrap_or(false),
            span: cx.words(fields.optional("span")),
        };
        fields.finish(cx.out);
        trace
    }
}

impl Funnel {
    /// `{name, stages}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "a funnel", cx.out)?;
        let name = cx.text(fields.required("name"));
        let stages = fields
            .required("stages")
            .map(|list| each_once(list, "KPIs", cx.out, |item, out| cx.names.kpi(item, out)))
            .unwrap_or_default();
        fields.finish(cx.out);
        Some(Self { name: name?, stages })
    }
}

impl OwnDashboard {
    /// `{name, title, description, panels}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "a dashboard", cx.out)?;
        let name = cx.text(fields.required("name"));
        let (title, description) =
            (cx.words(fields.optional("title")), cx.words(fields.optional("description")));
        let panels = match fields.required("panels") {
            Some(list) => {
                list.items("panels", cx.out).iter().filter_map(|item| OwnPanel::decode(item, cx)).collect()
            }
            None => Vec::new(),
        };
        fields.finish(cx.out);
        Some(Self { name: name?, title, description, panels })
    }
}

impl OwnPanel {
    /// `{title, kpi | expr, panel_type, position}`.
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "a panel", cx.out)?;
        let title = cx.words(fields.optional("title"));
        let (kpi, expr) = (fields.optional("kpi"), fields.optional("expr"));
        let fault = match (kpi, expr) {
            (Some(_), Some(expr)) => Some((expr.span, "a panel shows a `kpi` or an `expr`, not both")),
            (None, None) => {
                Some((fields.head(), "this panel shows nothing: it has neither `kpi` nor `expr`"))
            }
            _ => None,
        };
        if let Some((at, message)) = fault {
            cx.out.push(Diagnostic::error(codes::PANEL_SOURCE, at, message).help("write one of them"));
        }
        let panel = Self {
            title,
            kpi: kpi.and_then(|node| cx.names.kpi(node, cx.out)),
            expr: cx.text(expr),
            panel_type: panel_type(fields.optional("panel_type"), cx),
            position: Position::decode(fields.optional("position"), cx),
            span: node.span,
        };
        fields.finish(cx.out);
        Some(panel)
    }
}
