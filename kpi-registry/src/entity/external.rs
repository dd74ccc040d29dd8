//! Metrics of others that rules and panels may use.

use super::KindName;
use super::decode::{Cx, named};
use super::kpi::decode_unit;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Spanned;
use crate::syntax::{Fields, Node, shortened};
use crate::value::{Unit, is_metric_name};

/// A metric somebody else exposes.
#[derive(Debug)]
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

macro_rules! catalogs {
    ($($variant:ident $name:literal)+) => {
        /// A built-in list of metrics that a well-known program has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Catalog {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Catalog {
            /// Every catalog, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As written in a registry.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

catalogs! {
    KubeStateMetrics "kube-state-metrics"
    Cadvisor "cadvisor"
    NodeExporter "node-exporter"
    KafkaExporter "kafka-exporter"
    Opencost "opencost"
    Prometheus "prometheus"
    Alertmanager "alertmanager"
    Grafana "grafana"
    Loki "loki"
    Tempo "tempo"
    OtelCollector "otel-collector"
    Pushgateway "pushgateway"
    BlackboxExporter "blackbox-exporter"
    PostgresExporter "postgres-exporter"
    RedisExporter "redis-exporter"
    Strimzi "strimzi"
    Kubelet "kubelet"
    KubeApiserver "kube-apiserver"
    Keda "keda"
    ArgoCd "argo-cd"
    K6 "k6"
    Go "go"
    Process "process"
}

impl Catalog {
    /// Whether it is a program that is scraped: k6 sends its metrics, and those of Go and of processes are part of others.
    pub const fn is_scraped(self) -> bool {
        !matches!(self, Self::K6 | Self::Go | Self::Process)
    }
}

/// Adds what `external_metrics:` has: `use:` with catalogs, and metrics by name.
pub(crate) fn decode_external(
    node: Option<&Node>,
    catalogs: &mut Vec<Spanned<Catalog>>,
    metrics: &mut Vec<ExternalMetric>,
    cx: &mut Cx<'_>,
) {
    for (name, value) in named(node, "metrics", cx.out) {
        if name.value == "use" {
            for item in value.items("catalogs", cx.out) {
                if let Some(catalog) = cx.word(Some(item), "catalog", Catalog::ALL, Catalog::as_str) {
                    catalogs.push(catalog);
                }
            }
        } else if let Some(metric) = ExternalMetric::decode(name, value, cx) {
            metrics.push(metric);
        }
    }
}

impl ExternalMetric {
    /// `{type, unit, labels}`.
    fn decode(name: Spanned<String>, node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        if !is_metric_name(&name.value) {
            cx.out.push(bad_metric_name(&name));
        }
        let mut fields = Fields::of(node, "an external metric", cx.out)?;
        let kind = fields
            .required("type")
            .and_then(|node| cx.word(Some(node), "type", KindName::ALL, KindName::as_str));
        let unit = fields.optional("unit").and_then(|node| decode_unit(node, cx)).map(|unit| unit.value);
        let labels = cx.list(fields.optional("labels"), "label names");
        fields.finish(cx.out);
        Some(Self { name, kind: kind?.value, unit, labels })
    }
}

/// The finding that a text can't be a metric name.
pub(crate) fn bad_metric_name(name: &Spanned<String>) -> Diagnostic {
    let mended: String =
        name.value.chars().map(|c| if c.is_ascii_alphanumeric() || c == ':' { c } else { '_' }).collect();
    let finding = Diagnostic::error(
        codes::BAD_METRIC_NAME,
        name.span,
        format!("`{}` can't be a metric name", shortened(&name.value)),
    )
    .help("metric names are letters, digits, `_` and `:`, not beginning with a digit");
    if is_metric_name(&mended) { finding.replace(name.span, mended) } else { finding }
}
