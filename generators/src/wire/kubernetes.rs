//! Kubernetes objects, as far as they are generated.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rules::RuleFile;

/// What an object is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiVersion {
    /// The Prometheus Operator's.
    #[serde(rename = "monitoring.coreos.com/v1")]
    Monitoring,
    /// That of VictoriaMetrics' operator.
    #[serde(rename = "operator.victoriametrics.com/v1beta1")]
    VictoriaMetrics,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Rules for a Prometheus or a Thanos Ruler.
    PrometheusRule,
    /// Rules for vmalert.
    #[serde(rename = "VMRule")]
    VmRule,
}

/// An object that holds rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleObject<'a> {
    /// Whose it is.
    pub api_version: ApiVersion,
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub metadata: Metadata,
    /// The groups, which both operators have as Prometheus has them.
    pub spec: RuleFile<'a>,
}

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Its name: a DNS label.
    pub name: String,
    /// Where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What selectors look for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}
