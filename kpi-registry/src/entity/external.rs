//! Metrics of others that rules and panels may use.

use super::KindName;
use crate::source::Spanned;
use crate::value::Unit;

/// A metric somebody else exposes.
#[derive(Clone, Debug)]
pub struct ExternalMetric {
    /// Its exposed name.
    pub name: Spanned<String>,
    /// Its kind.
    pub kind: KindName,
    /// Its unit, when known.
    pub unit: Option<Unit>,
    /// Its label names.
    pub labels: Vec<String>,
}

/// A built-in list of metrics that a well-known exporter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Catalog {
    /// `kube-state-metrics`
    KubeStateMetrics,
    /// `cadvisor`
    Cadvisor,
    /// `node-exporter`
    NodeExporter,
    /// `kafka-exporter`
    KafkaExporter,
    /// `opencost`
    Opencost,
    /// `prometheus`
    Prometheus,
    /// `alertmanager`
    Alertmanager,
}

impl Catalog {
    /// Every catalog, in the order of the reference.
    pub const ALL: &'static [Self] = &[
        Self::KubeStateMetrics,
        Self::Cadvisor,
        Self::NodeExporter,
        Self::KafkaExporter,
        Self::Opencost,
        Self::Prometheus,
        Self::Alertmanager,
    ];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KubeStateMetrics => "kube-state-metrics",
            Self::Cadvisor => "cadvisor",
            Self::NodeExporter => "node-exporter",
            Self::KafkaExporter => "kafka-exporter",
            Self::Opencost => "opencost",
            Self::Prometheus => "prometheus",
            Self::Alertmanager => "alertmanager",
        }
    }
}
