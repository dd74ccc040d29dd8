//! How the values of a panel are drawn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// How values are drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldConfig {
    /// All of them.
    pub defaults: Defaults,
    /// Some of them.
    pub overrides: Vec<Override>,
}

/// How all values are drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Defaults {
    /// The unit.
    pub unit: String,
    /// Digits after the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// The least value of the axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// The greatest value of the axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
    /// What stands where there is no value.
    pub no_value: String,
    /// How the colour is chosen.
    pub color: Color,
    /// Texts and colours of single values.
    pub mappings: Vec<Mapping>,
    /// Colours of ranges.
    pub thresholds: Thresholds,
    /// What only this type of panel has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<Custom>,
}

/// How a colour is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Color {
    /// The way.
    pub mode: ColorMode,
    /// The colour, for the way `fixed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_color: Option<String>,
}

/// A way to choose colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColorMode {
    /// A colour for every name.
    #[default]
    PaletteClassicByName,
    /// The colour of the range the value is in.
    Thresholds,
    /// One colour.
    Fixed,
}

/// Texts and colours of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Mapping {
    /// Of single values, as texts.
    Value {
        /// By value.
        options: BTreeMap<String, Mapped>,
    },
}

/// What is shown for a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapped {
    /// The text.
    pub text: String,
    /// The colour.
    pub color: String,
    /// The place among the mappings.
    pub index: u32,
}

/// Colours of ranges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Always `absolute`: values in the unit.
    pub mode: ThresholdsMode,
    /// The ranges, ascending; the first starts at minus infinity.
    pub steps: Vec<Step>,
}

/// What the values of steps are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThresholdsMode {
    /// Values in the unit.
    Absolute,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { mode: ThresholdsMode::Absolute, steps: vec![Step { color: "blue".into(), value: None }] }
    }
}

/// A range and its colour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The colour.
    pub color: String,
    /// Where it starts; none is minus infinity.
    pub value: Option<Number>,
}

/// What only some types of panels have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Custom {
    /// A graph.
    Graph(GraphStyle),
    /// A table.
    Table(TableStyle),
    /// A timeline.
    Timeline(TimelineStyle),
}

/// How lines of a graph are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GraphStyle {
    /// `line`.
    pub draw_style: String,
    /// How points are joined.
    pub line_interpolation: String,
    /// How thick lines are.
    pub line_width: u8,
    /// How much is filled below a line, in percent.
    pub fill_opacity: u8,
    /// When points are drawn.
    pub show_points: String,
    /// Whether lines go on over gaps.
    pub span_nulls: bool,
    /// The least top of the axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis_soft_max: Option<Number>,
    /// The greatest bottom of the axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis_soft_min: Option<Number>,
    /// How thresholds are drawn.
    pub thresholds_style: ThresholdsStyle,
}

/// How thresholds are drawn on a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdsStyle {
    /// The way.
    pub mode: ThresholdsStyleMode,
}

/// A way to draw thresholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThresholdsStyleMode {
    /// Not at all.
    #[serde(rename = "off")]
    Off,
    /// Coloured ranges.
    #[serde(rename = "area")]
    Area,
    /// Dashed lines and coloured ranges.
    #[serde(rename = "dashed+area")]
    DashedArea,
}

/// How cells of a table are drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TableStyle {
    /// Where texts stand.
    pub align: String,
    /// How cells look.
    pub cell_options: CellOptions,
    /// Whether cells can be opened.
    pub inspect: bool,
}

/// How cells look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellOptions {
    /// `auto`, `color-text`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// How bars of a timeline are drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimelineStyle {
    /// How much is filled, in percent.
    pub fill_opacity: u8,
    /// How thick borders are.
    pub line_width: u8,
}

/// How some values are drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Which.
    pub matcher: FieldMatcher,
    /// How.
    pub properties: Vec<Property>,
}

/// Which values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldMatcher {
    /// `byName`.
    pub id: String,
    /// The name.
    pub options: String,
}

/// One thing that is different about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "id", content = "value")]
pub enum Property {
    /// The colour.
    #[serde(rename = "color")]
    Color(Color),
    /// Whether a column is hidden.
    #[serde(rename = "custom.hidden")]
    Hidden(bool),
}
