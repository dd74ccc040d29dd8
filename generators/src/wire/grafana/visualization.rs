//! The types of panels and their options.

use serde::{Deserialize, Serialize};

/// A type of panel with its options; every option that Grafana 13 requires is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "options", rename_all = "kebab-case")]
pub enum Visualization {
    /// A graph.
    Timeseries(Timeseries),
    /// A number.
    Stat(Stat),
    /// A dial.
    Gauge(Gauge),
    /// Bars.
    Bargauge(BarGauge),
    /// Buckets over time.
    Heatmap(Heatmap),
    /// A table.
    Table(Table),
    /// States over time.
    StateTimeline(StateTimeline),
}

/// Options of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeseries {
    /// The legend.
    pub legend: Legend,
    /// The tooltip.
    pub tooltip: Tooltip,
}

/// A legend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Legend {
    /// What is computed of every series.
    pub calcs: Vec<String>,
    /// `list`, `table`.
    pub display_mode: String,
    /// `bottom`, `right`.
    pub placement: String,
    /// Whether there is one.
    pub show_legend: bool,
}

/// A tooltip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tooltip {
    /// `multi`, `single`.
    pub mode: String,
    /// `desc`, `none`.
    pub sort: String,
}

/// Which value of a series is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReduceOptions {
    /// How it is computed.
    pub calcs: Vec<String>,
    /// Which fields; empty for numbers.
    pub fields: String,
    /// Whether all values are shown.
    pub values: bool,
}

/// Options of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stat {
    /// What is coloured.
    pub color_mode: String,
    /// What is drawn behind.
    pub graph_mode: String,
    /// Where the number stands.
    pub justify_mode: String,
    /// How several numbers are arranged.
    pub orientation: String,
    /// The colours of changes.
    pub percent_change_color_mode: String,
    /// Which value.
    pub reduce_options: ReduceOptions,
    /// Whether the change is shown.
    pub show_percent_change: bool,
    /// Whether the name is shown.
    pub text_mode: String,
    /// Whether name and value may stand side by side.
    pub wide_layout: bool,
}

/// Options of a dial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gauge {
    /// The ends of bars.
    pub bar_shape: String,
    /// The width of bars.
    pub bar_width_factor: f64,
    /// Decoration.
    pub effects: GaugeEffects,
    /// The least height.
    pub min_viz_height: u32,
    /// The least width.
    pub min_viz_width: u32,
    /// How several dials are arranged.
    pub orientation: String,
    /// Which value.
    pub reduce_options: ReduceOptions,
    /// How many segments.
    pub segment_count: u32,
    /// The space between segments.
    pub segment_spacing: f64,
    /// `gauge`, `circle`.
    pub shape: String,
    /// Whether thresholds have labels.
    pub show_threshold_labels: bool,
    /// Whether thresholds are marked.
    pub show_threshold_markers: bool,
    /// `auto`.
    pub sizing: String,
}

/// Decoration of a dial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GaugeEffects {
    /// Whether bars glow.
    pub bar_glow: bool,
    /// Whether the centre glows.
    pub center_glow: bool,
    /// Whether colours flow.
    pub gradient: bool,
}

/// Options of bars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BarGauge {
    /// `basic`, `gradient`, `lcd`.
    pub display_mode: String,
    /// The legend.
    pub legend: Legend,
    /// The greatest height.
    pub max_viz_height: u32,
    /// The least height.
    pub min_viz_height: u32,
    /// The least width.
    pub min_viz_width: u32,
    /// Where names stand.
    pub name_placement: String,
    /// Which way bars grow.
    pub orientation: String,
    /// Which value.
    pub reduce_options: ReduceOptions,
    /// Whether the empty part is drawn.
    pub show_unfilled: bool,
    /// `auto`.
    pub sizing: String,
    /// How values are written.
    pub value_mode: String,
}

/// Options of buckets over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Heatmap {
    /// Whether Grafana makes the buckets.
    pub calculate: bool,
    /// The space between cells.
    pub cell_gap: u8,
    /// The colours.
    pub color: HeatmapColor,
    /// The colour of exemplars.
    pub exemplars: HeatmapExemplars,
    /// The legend.
    pub legend: HeatmapLegend,
    /// Whether values are written into cells.
    pub show_value: String,
    /// The tooltip.
    pub tooltip: HeatmapTooltip,
    /// The axis.
    pub y_axis: HeatmapAxis,
}

/// Colours of a heatmap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeatmapColor {
    /// `scheme`.
    pub mode: String,
    /// The scheme.
    pub scheme: String,
    /// The colour when one is used.
    pub fill: String,
    /// How colours are spread.
    pub scale: String,
    /// The exponent of an exponential spread.
    pub exponent: f64,
    /// Whether dark is much.
    pub reverse: bool,
    /// How many colours.
    pub steps: u32,
}

/// The colour of exemplars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeatmapExemplars {
    /// A CSS colour.
    pub color: String,
}

/// The legend of a heatmap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeatmapLegend {
    /// Whether there is one.
    pub show: bool,
}

/// The tooltip of a heatmap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeatmapTooltip {
    /// `single`.
    pub mode: String,
    /// Whether the distribution is drawn.
    pub y_histogram: bool,
}

/// The axis of a heatmap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeatmapAxis {
    /// Where it stands.
    pub axis_placement: String,
    /// Whether it is upside down.
    pub reverse: bool,
    /// The unit.
    pub unit: String,
}

/// Options of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Table {
    /// How high rows are.
    pub cell_height: String,
    /// Which answer is shown.
    pub frame_index: u32,
    /// Whether columns have headings.
    pub show_header: bool,
}

/// Options of states over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateTimeline {
    /// Where texts stand.
    pub align_value: String,
    /// The legend.
    pub legend: Legend,
    /// Whether equal values in a row are one bar.
    pub merge_values: bool,
    /// How high rows are, 0 to 1.
    pub row_height: f64,
    /// Whether values are written.
    pub show_value: String,
    /// The tooltip.
    pub tooltip: Tooltip,
}
