//! Variables of a dashboard.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::DataSourceRef;

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Variable {
    /// Which data source.
    #[serde(rename_all = "camelCase")]
    DataSource {
        /// The name, without `$`.
        name: String,
        /// What is shown.
        label: String,
        /// The plugin.
        query: String,
        /// When the choices are read anew; 1: on load.
        refresh: u8,
        /// What is chosen at first.
        current: Choice<String>,
    },
    /// Which values a query finds.
    #[serde(rename_all = "camelCase")]
    Query {
        /// The name, without `$`.
        name: String,
        /// What is shown.
        label: String,
        /// Where the query runs.
        datasource: DataSourceRef,
        /// The query, as it is shown.
        definition: String,
        /// The query, as it runs.
        query: VariableQuery,
        /// When the choices are read anew; 2: whenever the time changes.
        refresh: u8,
        /// How the choices are sorted; 1: by name.
        sort: u8,
        /// Whether several can be chosen.
        multi: bool,
        /// Whether all can be chosen at once.
        include_all: bool,
        /// The pattern of all.
        all_value: String,
        /// What is chosen at first.
        current: Choice<Vec<String>>,
    },
}

/// What is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice<T> {
    /// What is shown.
    pub text: T,
    /// What is put in.
    pub value: T,
}

/// A query as the Prometheus plugin keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VariableQuery {
    /// 1: values of a label.
    pub qry_type: u8,
    /// The query.
    pub query: String,
    /// Its name.
    pub ref_id: String,
}

/// The query for the values of a label.
#[derive(Clone, Debug)]
pub struct LabelValues<S> {
    /// The series.
    pub selector: S,
    /// The label.
    pub label: &'static str,
}

impl<S: fmt::Display> fmt::Display for LabelValues<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "label_values({}, {})", self.selector, self.label)
    }
}
