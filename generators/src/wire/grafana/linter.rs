//! The configuration of Grafana's dashboard-linter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The file `.lint` beside dashboards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// What is left out, by rule.
    pub exclusions: BTreeMap<String, Exclusions>,
}

/// What is left out of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusions {
    /// Why.
    pub reason: String,
    /// Where.
    pub entries: Vec<Entry>,
}

/// One panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The title of the dashboard.
    pub dashboard: String,
    /// The title of the panel.
    pub panel: String,
    /// Why this one.
    pub reason: String,
}
