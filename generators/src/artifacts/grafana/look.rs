//! How each type of panel looks: the same choices on every dashboard.

use crate::wire::grafana::visualization::{
    BarGauge, Gauge, GaugeEffects, Heatmap, HeatmapAxis, HeatmapColor, HeatmapExemplars, HeatmapLegend,
    HeatmapTooltip, Legend, ReduceOptions, Stat, StateTimeline, Table, Timeseries, Tooltip, Visualization,
};

/// A graph with a table of newest and greatest values below.
pub(super) fn graph() -> Visualization {
    Visualization::Timeseries(Timeseries {
        legend: legend("table", &["lastNotNull", "max"]),
        tooltip: Tooltip { mode: "multi".into(), sort: "desc".into() },
    })
}

/// A number; `trend` draws its history behind it.
pub(super) fn stat(trend: bool) -> Visualization {
    Visualization::Stat(Stat {
        color_mode: "value".into(),
        graph_mode: if trend { "area" } else { "none" }.into(),
        justify_mode: "auto".into(),
        orientation: "auto".into(),
        percent_change_color_mode: "standard".into(),
        reduce_options: newest(),
        show_percent_change: false,
        text_mode: "auto".into(),
        wide_layout: true,
    })
}

/// A dial.
pub(super) fn dial() -> Visualization {
    Visualization::Gauge(Gauge {
        bar_shape: "flat".into(),
        bar_width_factor: 0.4,
        effects: GaugeEffects { bar_glow: false, center_glow: false, gradient: false },
        min_viz_height: 75,
        min_viz_width: 75,
        orientation: "auto".into(),
        reduce_options: newest(),
        segment_count: 1,
        segment_spacing: 0.3,
        shape: "gauge".into(),
        show_threshold_labels: false,
        show_threshold_markers: true,
        sizing: "auto".into(),
    })
}

/// A bar for every series.
pub(super) fn bars() -> Visualization {
    Visualization::Bargauge(BarGauge {
        display_mode: "basic".into(),
        legend: Legend { show_legend: false, ..legend("list", &[]) },
        max_viz_height: 300,
        min_viz_height: 16,
        min_viz_width: 8,
        name_placement: "left".into(),
        orientation: "horizontal".into(),
        reduce_options: newest(),
        show_unfilled: true,
        sizing: "auto".into(),
        value_mode: "color".into(),
    })
}

/// Buckets over time; `calculate` has Grafana make them from plain values.
pub(super) fn heatmap(unit: &str, calculate: bool) -> Visualization {
    Visualization::Heatmap(Heatmap {
        calculate,
        cell_gap: 1,
        color: HeatmapColor {
            mode: "scheme".into(),
            scheme: "Blues".into(),
            fill: "blue".into(),
            scale: "exponential".into(),
            exponent: 0.5,
            reverse: false,
            steps: 64,
        },
        exemplars: HeatmapExemplars { color: "rgba(255,0,255,0.7)".into() },
        legend: HeatmapLegend { show: true },
        show_value: "never".into(),
        tooltip: HeatmapTooltip { mode: "single".into(), y_histogram: true },
        y_axis: HeatmapAxis { axis_placement: "left".into(), reverse: false, unit: unit.into() },
    })
}

/// A row for every series.
pub(super) fn table() -> Visualization {
    Visualization::Table(Table { cell_height: "sm".into(), frame_index: 0, show_header: true })
}

/// A bar for every series, coloured by value.
pub(super) fn timeline() -> Visualization {
    Visualization::StateTimeline(StateTimeline {
        align_value: "left".into(),
        legend: Legend { show_legend: false, ..legend("list", &[]) },
        merge_values: true,
        row_height: 0.9,
        show_value: "auto".into(),
        tooltip: Tooltip { mode: "single".into(), sort: "none".into() },
    })
}

fn legend(display_mode: &str, calcs: &[&str]) -> Legend {
    Legend {
        calcs: calcs.iter().map(|calc| (*calc).to_owned()).collect(),
        display_mode: display_mode.into(),
        placement: "bottom".into(),
        show_legend: true,
    }
}

fn newest() -> ReduceOptions {
    ReduceOptions { calcs: vec!["lastNotNull".into()], fields: String::new(), values: false }
}
