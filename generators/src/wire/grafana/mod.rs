//! Grafana's classic dashboard model (`schemaVersion` 42) and its provisioning files, as far as they are generated.

pub mod field;
pub mod linter;
pub mod panel;
pub mod provisioning;
pub mod variable;
pub mod visualization;

use serde::{Deserialize, Serialize};

use self::panel::Element;
use self::variable::Variable;

/// A dashboard that Grafana 12 and 13 load without migrating it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dashboard {
    /// The stable id in addresses: at most 40 of `[A-Za-z0-9_-]`.
    pub uid: String,
    /// The title.
    pub title: String,
    /// What it answers and where it came from; Markdown.
    pub description: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The version of the model.
    pub schema_version: u32,
    /// The version of the dashboard, which provisioning ignores.
    pub version: u32,
    /// Whether it can be edited in the browser.
    pub editable: bool,
    /// 0: none, 1: shared crosshair, 2: shared tooltip.
    pub graph_tooltip: u8,
    /// `browser` or a zone.
    pub timezone: String,
    /// The day a week starts on; empty is the browser's.
    pub week_start: String,
    /// The month a year starts with, from 0.
    pub fiscal_year_start_month: u8,
    /// Whether panels redraw all the time.
    pub live_now: bool,
    /// Whether panels off the screen are loaded too.
    pub preload: bool,
    /// How often it is refreshed.
    pub refresh: String,
    /// The time it shows.
    pub time: TimeRange,
    /// The choices of the time picker.
    pub timepicker: TimePicker,
    /// Links to other dashboards.
    pub links: Vec<DashboardLink>,
    /// Events on all graphs.
    pub annotations: Annotations,
    /// Variables.
    pub templating: Templating,
    /// Rows and panels.
    pub panels: Vec<Element>,
}

/// A data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSourceRef {
    /// The plugin.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its uid, or a variable.
    pub uid: String,
}

/// A range of time, relative to now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeRange {
    /// The start: `now-6h`.
    pub from: String,
    /// The end: `now`.
    pub to: String,
}

/// The choices of the time picker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimePicker {
    /// How often one can have it refreshed.
    pub refresh_intervals: Vec<String>,
}

/// A link to other dashboards.
#[expect(clippy::struct_excessive_bools, reason = "Grafana's own shape")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DashboardLink {
    /// `dashboards` for those with the tags.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is shown.
    pub title: String,
    /// What is shown on hover.
    pub tooltip: String,
    /// The icon.
    pub icon: String,
    /// The tags.
    pub tags: Vec<String>,
    /// Whether the dashboards are listed in a menu.
    pub as_dropdown: bool,
    /// Whether variables are handed on.
    pub include_vars: bool,
    /// Whether the time is handed on.
    pub keep_time: bool,
    /// Whether it opens in another tab.
    pub target_blank: bool,
}

/// Events on all graphs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annotations {
    /// The sources of events.
    pub list: Vec<Annotation>,
}

/// A source of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Annotation {
    /// 1 for the one that every dashboard has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_in: Option<u8>,
    /// Where the events come from.
    pub datasource: DataSourceRef,
    /// Whether it is on.
    pub enable: bool,
    /// Whether its switch is hidden.
    pub hide: bool,
    /// The colour of the marks.
    pub icon_color: String,
    /// Its name.
    pub name: String,
    /// `dashboard` for the one that every dashboard has.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The query: every sample is an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// The step of the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The title of an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_format: Option<String>,
    /// The text of an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_format: Option<String>,
    /// The labels that become tags, parted by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_keys: Option<String>,
    /// Whether the value, in milliseconds since 1970, is the time of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_value_for_time: Option<bool>,
}

/// The variables of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templating {
    /// In the order they are chosen in.
    pub list: Vec<Variable>,
}
