//! Provisioning files, which Grafana reads at its start.
//!
//! Grafana puts environment variables into every value of them: [`literal`] guards texts against that.

use serde::{Deserialize, Serialize};

/// A file of data sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataSources {
    /// The version of the format, 1.
    pub api_version: u32,
    /// The data sources.
    pub datasources: Vec<DataSource>,
}

/// A Prometheus data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataSource {
    /// The name that is shown.
    pub name: String,
    /// The id that dashboards use.
    pub uid: String,
    /// The plugin.
    #[serde(rename = "type")]
    pub kind: String,
    /// `proxy`: the server asks, not the browser.
    pub access: String,
    /// The address.
    pub url: String,
    /// Whether panels without a data source use it; only one of a Grafana may.
    pub is_default: bool,
    /// Whether it can be edited in the browser.
    pub editable: bool,
    /// What only Prometheus has.
    pub json_data: PrometheusData,
}

/// Settings of a Prometheus data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrometheusData {
    /// How long queries may be: `POST` has no limit.
    pub http_method: String,
    /// The scrape interval, from which `$__rate_interval` is made.
    pub time_interval: String,
    /// `Prometheus`.
    pub prometheus_type: String,
    /// The version, for what the query editor offers.
    pub prometheus_version: String,
}

/// A file of dashboard providers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DashboardProviders {
    /// The version of the format, 1.
    pub api_version: u32,
    /// The providers.
    pub providers: Vec<DashboardProvider>,
}

/// A directory of dashboards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DashboardProvider {
    /// Its name, unique in a Grafana.
    pub name: String,
    /// The organisation.
    pub org_id: u32,
    /// The folder they are shown in.
    pub folder: String,
    /// The id of that folder.
    pub folder_uid: String,
    /// `file`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether dashboards stay when their files go.
    pub disable_deletion: bool,
    /// Whether they can be saved in the browser, until the file changes.
    pub allow_ui_updates: bool,
    /// How often the directory is read, in seconds.
    pub update_interval_seconds: u32,
    /// Where they are.
    pub options: ProviderOptions,
}

/// Where dashboards are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderOptions {
    /// The directory, as Grafana sees it.
    pub path: String,
}

/// A text that Grafana takes as it is.
pub fn literal(text: &str) -> String {
    text.replace('$', "$$")
}
