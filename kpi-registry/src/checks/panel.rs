//! Panels, dashboards and funnels.

use super::prelude::*;
use crate::entity::{OwnPanel, PanelType, Position};

/// Grafana's grid.
const COLUMNS: u32 = 24;

check! {
    /// Grafana's grid has 24 columns, and a panel ends inside of it.
    ///
    /// ```yaml
    /// dashboard: {position: {row: 0, col: 16, width: 12, height: 8}}   # wrong: ends in column 28
    /// dashboard: {position: {row: 0, col: 12, width: 12, height: 8}}   # right
    /// ```
    PanelPosition = "KPI0750", "panel outside of the grid", panel_position
}

fn panel_position(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        out.extend(misplaced(kpi.dashboard.position, kpi.name.span, &format!("the panel of `{}`", kpi.name)));
    }
    for dashboard in &registry.dashboards {
        for panel in &dashboard.panels {
            out.extend(misplaced(panel.position, panel.span, &format!("a panel of `{}`", dashboard.name)));
        }
    }
}

fn misplaced(position: Position, at: Span, whose: &str) -> Option<Diagnostic> {
    let end = position.col.unwrap_or(0).saturating_add(position.width.unwrap_or(1));
    (end > COLUMNS).then(|| {
        Diagnostic::error(PanelPosition::CODE, at, format!("{whose} ends in column {end}"))
            .label("`position` of this one")
            .help(format!("the grid has {COLUMNS} columns: move it left, or make it narrower"))
    })
}

check! {
    /// Two panels of a dashboard lie over each other. Grafana pushes one of them aside, and the layout is not the written one.
    ///
    /// ```yaml
    /// - {kpi: a, position: {row: 0, col: 0, width: 12, height: 8}}
    /// - {kpi: b, position: {row: 4, col: 6, width: 12, height: 8}}    # wrong
    /// - {kpi: b, position: {row: 0, col: 12, width: 12, height: 8}}   # right
    /// ```
    PanelOverlap = "KPI0751", "panels over each other", panel_overlap
}

/// A panel's rectangle: row, column, end of rows, end of columns.
type Area<'a> = (u32, u32, u32, u32, &'a OwnPanel);

fn panel_overlap(registry: &Registry, out: &mut Diagnostics) {
    for dashboard in &registry.dashboards {
        let mut areas: Vec<Area<'_>> = dashboard.panels.iter().filter_map(area).collect();
        areas.sort_by_key(|(row, col, ..)| (*row, *col));
        // Rectangles that still reach below the current row; at most one for each column once overlaps are dropped.
        let mut open: Vec<Area<'_>> = Vec::new();
        for panel in areas {
            open.retain(|(_, _, row_end, ..)| *row_end > panel.0);
            if let Some((.., other)) =
                open.iter().find(|(_, col, _, col_end, _)| *col < panel.3 && panel.1 < *col_end)
            {
                out.push(
                    Diagnostic::warning(
                        PanelOverlap::CODE,
                        panel.4.span,
                        format!("two panels of `{}` lie over each other", dashboard.name),
                    )
                    .label("covers a part of the other")
                    .also(other.span, "the other")
                    .help("move one of them, or leave `position` out"),
                );
            } else {
                open.push(panel);
            }
        }
    }
}

fn area(panel: &OwnPanel) -> Option<Area<'_>> {
    let Position { row: Some(row), col: Some(col), width: Some(width), height: Some(height) } =
        panel.position
    else {
        return None;
    };
    Some((row, col, row.saturating_add(height), col.saturating_add(width), panel))
}

check! {
    /// The panel can't show this type of KPI: a heatmap needs the buckets of a histogram, a state timeline needs states, a
    /// gauge needs a level.
    ///
    /// ```yaml
    /// {name: hrv_rmssd, type: gauge, dashboard: {panel_type: heatmap}}      # wrong
    /// {name: hrv_rmssd, type: gauge, dashboard: {panel_type: timeseries}}   # right
    /// ```
    PanelKind = "KPI0752", "panel type that can't show the KPI", panel_kind
}

fn panel_kind(registry: &Registry, out: &mut Diagnostics) {
    let mut panels = Vec::new();
    for kpi in &registry.kpis {
        panels.push((kpi, &kpi.dashboard.panel_type));
    }
    for panel in registry.dashboards.iter().flat_map(|dashboard| &dashboard.panels) {
        if let Some(kpi) = &panel.kpi {
            panels.push((registry.kpi(kpi.value), &panel.panel_type));
        }
    }
    for (kpi, panel) in panels {
        let Some(panel) = panel else { continue };
        let (fits, needs) = match panel.value {
            PanelType::Heatmap => (
                matches!(kpi.kind.value, Kind::Histogram(_) | Kind::NativeHistogram),
                "shows the buckets of a histogram",
            ),
            PanelType::StateTimeline => (
                matches!(kpi.kind.value, Kind::State | Kind::Gauge | Kind::Derived(_)),
                "shows which state held when",
            ),
            PanelType::Timeseries | PanelType::Stat | PanelType::Gauge | PanelType::Bargauge => {
                (kpi.kind.value != Kind::Info, "shows numbers")
            }
            PanelType::Table => (true, ""),
        };
        if fits {
            continue;
        }
        out.push(
            Diagnostic::error(
                PanelKind::CODE,
                panel.span,
                format!("`{}` {needs}, and `{}` is {}", panel.value.as_str(), kpi.name, a_kind(kpi)),
            )
            .label("nothing to show")
            .also(kpi.kind.span, "its type")
            .help(match kpi.kind.value {
                Kind::Info => "write `table`, or leave `panel_type` out",
                Kind::State => "write `state_timeline`, or leave `panel_type` out",
                _ => "write `timeseries`, or leave `panel_type` out",
            }),
        );
    }
}

check! {
    /// A funnel shows how many of those that reached one stage reach the next. It takes at least two stages, each of them
    /// once, and all of one type.
    ///
    /// ```yaml
    /// funnels: [{name: pipeline, stages: [received]}]                       # wrong
    /// funnels: [{name: pipeline, stages: [received, analyzed, answered]}]   # right
    /// ```
    FunnelStages = "KPI0753", "funnel that shows nothing", funnel_stages
}

fn funnel_stages(registry: &Registry, out: &mut Diagnostics) {
    for funnel in &registry.funnels {
        let [first, rest @ ..] = funnel.stages.as_slice() else {
            out.push(short(&funnel.name, 0));
            continue;
        };
        if rest.is_empty() {
            out.push(short(&funnel.name, 1));
        }
        let begin = registry.kpi(first.value);
        for stage in rest {
            let kpi = registry.kpi(stage.value);
            if kpi.kind.name() != begin.kind.name() {
                out.push(
                    Diagnostic::error(
                        FunnelStages::CODE,
                        stage.span,
                        format!(
                            "the funnel `{}` mixes the {} `{}` and the {} `{}`",
                            funnel.name,
                            kind_word(begin),
                            begin.name,
                            kind_word(kpi),
                            kpi.name
                        ),
                    )
                    .label("of another type")
                    .also(first.span, "the first stage")
                    .help("use KPIs of one type, mostly counters"),
                );
            }
        }
    }
}

fn short(name: &Spanned<String>, stages: usize) -> Diagnostic {
    let count = if stages == 0 { "no stage" } else { "a single stage" };
    Diagnostic::error(FunnelStages::CODE, name.span, format!("the funnel `{name}` has {count}"))
        .label("nothing to compare")
        .help("list at least two KPIs under `stages`")
}

check! {
    /// A dashboard without panels is an empty page.
    ///
    /// ```yaml
    /// dashboards: [{name: overview, panels: []}]                  # wrong
    /// dashboards: [{name: overview, panels: [{kpi: requests}]}]   # right
    /// ```
    EmptyDashboard = "KPI0754", "dashboard without panels", empty_dashboard
}

fn empty_dashboard(registry: &Registry, out: &mut Diagnostics) {
    for dashboard in registry.dashboards.iter().filter(|dashboard| dashboard.panels.is_empty()) {
        out.push(
            Diagnostic::warning(
                EmptyDashboard::CODE,
                dashboard.name.span,
                format!("the dashboard `{}` has no panels", dashboard.name),
            )
            .label("an empty page")
            .help("list KPIs under `panels`, or remove it"),
        );
    }
}
