//! Objects of the OpenSLO specification, version 1.

use serde::{Deserialize, Serialize};

/// The version that these objects are of.
pub const API_VERSION: &str = "openslo/v1";

/// An object: a service, or a service level objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Object<S> {
    /// [`API_VERSION`].
    pub api_version: String,
    /// `Service` or `SLO`.
    pub kind: String,
    /// What it is called.
    pub metadata: Metadata,
    /// What it is.
    pub spec: S,
}

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// Its name: a DNS label, so at most 63 of `a`-`z`, `0`-`9` and `-`.
    pub name: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What it can be found by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
}

/// The labels of an SLO.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// The platform of the registry.
    pub platform: String,
    /// The team that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The label `slo_id` of its rules.
    pub slo_id: String,
}

/// What a service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSpec {
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What is promised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SloSpec {
    /// In a sentence.
    pub description: String,
    /// The name of the service that promises it.
    pub service: String,
    /// What is counted.
    pub indicator: Indicator,
    /// Over what time; one.
    pub time_window: Vec<TimeWindow>,
    /// `Occurrences`: every event weighs the same.
    pub budgeting_method: String,
    /// How much of it must be good; one.
    pub objectives: Vec<Objective>,
    /// The policies that alert on it, which this build has none of.
    pub alert_policies: Vec<String>,
}

/// A service level indicator, written where it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// What it is called.
    pub metadata: Metadata,
    /// What it is.
    pub spec: IndicatorSpec,
}

/// What an indicator is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IndicatorSpec {
    /// Bad events of all events.
    pub ratio_metric: RatioMetric,
}

/// Bad events of all events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioMetric {
    /// Whether the queries give numbers that only grow; otherwise they give those of the moment.
    pub counter: bool,
    /// The bad ones.
    pub bad: Metric,
    /// All of them.
    pub total: Metric,
}

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metric {
    /// The system and what it is asked.
    pub metric_source: MetricSource,
}

/// A system and what it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricSource {
    /// `Prometheus`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is asked.
    pub spec: Query,
}

/// A question in PromQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The expression.
    pub query: String,
}

/// A time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeWindow {
    /// A whole number of one unit: `30d`.
    pub duration: String,
    /// Whether it ends now.
    pub is_rolling: bool,
}

/// How much must be good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// The share of good events, from 0 to 1.
    pub target: f64,
}
