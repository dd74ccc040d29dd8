//! Rows, panels and their queries.

use serde::{Deserialize, Serialize};

use super::DataSourceRef;
use super::field::FieldConfig;
use super::visualization::Visualization;

/// What stands on a dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Element {
    /// A heading.
    Row(Row),
    /// A panel.
    Panel(Box<Panel>),
}

/// A heading with panels below it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Row {
    /// The stable number in addresses, unique on a dashboard and at least 1.
    pub id: u32,
    /// Always a row.
    #[serde(rename = "type")]
    pub kind: RowType,
    /// The heading.
    pub title: String,
    /// Whether its panels are hidden; they stand in `panels` then, and after the row otherwise.
    pub collapsed: bool,
    /// The place.
    pub grid_pos: GridPos,
    /// The hidden panels.
    pub panels: Vec<Panel>,
}

/// The type of a [`Row`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowType {
    /// `row`
    #[serde(rename = "row")]
    Row,
}

/// A panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Panel {
    /// The stable number in addresses, unique on a dashboard and at least 1.
    pub id: u32,
    /// The type, and the options that go with it.
    #[serde(flatten)]
    pub visualization: Visualization,
    /// The title.
    pub title: String,
    /// What it shows, why it matters, what to do; Markdown.
    pub description: String,
    /// The place.
    pub grid_pos: GridPos,
    /// Where its queries run.
    pub datasource: DataSourceRef,
    /// Its queries.
    pub targets: Vec<Target>,
    /// How values are drawn.
    pub field_config: FieldConfig,
}

/// A place on the grid of 24 columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridPos {
    /// Height, in units of 30 pixels.
    pub h: u32,
    /// Width, 1 to 24.
    pub w: u32,
    /// Column, from 0.
    pub x: u32,
    /// Distance from the top.
    pub y: u32,
}

/// A Prometheus query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Target {
    /// Its name in the panel: `A`.
    pub ref_id: String,
    /// Where it runs.
    pub datasource: DataSourceRef,
    /// The query.
    pub expr: String,
    /// Whether values over the time range are asked for.
    pub range: bool,
    /// Whether only the newest values are asked for.
    pub instant: bool,
    /// Whether exemplars are asked for too.
    pub exemplar: bool,
    /// `code`.
    pub editor_mode: String,
    /// The shape of the answer.
    pub format: Format,
    /// The name of a series.
    pub legend_format: String,
}

/// The shape of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A line for every series.
    TimeSeries,
    /// A row for every series.
    Table,
    /// Buckets.
    Heatmap,
}
