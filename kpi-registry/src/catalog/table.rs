//! The tables, and where they are from.

use std::sync::OnceLock;

use super::metric::{Metric, matches};
use crate::entity::Catalog;

/// The metrics of one program, read when they are first asked for.
#[derive(Debug)]
pub(super) struct Table {
    /// The program.
    pub(super) program: &'static str,
    /// Its version that was read.
    pub(super) version: &'static str,
    /// The lines, sorted by name.
    pub(super) text: &'static str,
    /// What else a program of this kind exposes.
    shared: &'static [Catalog],
    rows: OnceLock<Rows>,
}

#[derive(Debug)]
struct Rows {
    /// Sorted by name.
    named: Vec<Metric>,
    /// Those whose names end in anything.
    open: Vec<Metric>,
}

macro_rules! tables {
    ($($catalog:ident $file:literal $program:literal $version:literal [$($shared:ident)*];)+) => {
        /// The table of a catalog.
        pub(super) fn of(catalog: Catalog) -> &'static Table {
            match catalog {
                $(Catalog::$catalog => {
                    static TABLE: Table =
                        Table::new($program, $version, include_str!(concat!("tables/", $file, ".txt")), &[$(Catalog::$shared),*]);
                    &TABLE
                })+
            }
        }
    };
}

tables! {
    KubeStateMetrics "kube-state-metrics" "kube-state-metrics" "2.20.0" [Go Process];
    Cadvisor "cadvisor" "cAdvisor" "0.60.5" [Go Process];
    NodeExporter "node-exporter" "node_exporter on Linux" "1.12.1" [Go Process];
    KafkaExporter "kafka-exporter" "kafka_exporter" "1.9.0" [Go Process];
    Opencost "opencost" "OpenCost" "1.112" [Go Process];
    Prometheus "prometheus" "Prometheus" "3.14.0" [Go Process];
    Alertmanager "alertmanager" "Alertmanager" "0.34.0" [Go Process];
    Grafana "grafana" "Grafana" "8 to 12" [Go Process];
    Loki "loki" "Loki" "3.7" [Go Process];
    Tempo "tempo" "Tempo" "3.0" [Go Process];
    OtelCollector "otel-collector" "OpenTelemetry Collector" "0.159.0" [];
    Pushgateway "pushgateway" "Pushgateway" "1.11.3" [Go Process];
    BlackboxExporter "blackbox-exporter" "blackbox_exporter" "0.28.0" [Go Process];
    PostgresExporter "postgres-exporter" "postgres_exporter" "0.20.1" [Go Process];
    RedisExporter "redis-exporter" "redis_exporter" "1.88.0" [Go Process];
    Strimzi "strimzi" "Strimzi, with the JMX exporter" "1.2.0" [Process];
    Kubelet "kubelet" "kubelet" "1.36" [Cadvisor Go Process];
    KubeApiserver "kube-apiserver" "kube-apiserver" "1.36" [Go Process];
    Keda "keda" "KEDA" "2.20" [Go Process];
    ArgoCd "argo-cd" "Argo CD" "3.6.0" [Go Process];
    K6 "k6" "k6, over remote write" "2.2.0" [];
    Go "go" "client_golang" "1.24.1" [];
    Process "process" "client_golang, and client libraries alike" "1.24.1" [];
}

/// What Prometheus makes itself, whatever it scrapes.
pub(super) fn server() -> &'static Table {
    static TABLE: Table = Table::new("Prometheus", "3.14.0", include_str!("tables/server.txt"), &[]);
    &TABLE
}

/// The table of a catalog, and those that it shares with others.
pub(super) fn all_of(catalog: Catalog) -> impl Iterator<Item = &'static Table> {
    let own = of(catalog);
    std::iter::once(own).chain(own.shared.iter().map(|shared| of(*shared)))
}

impl Table {
    const fn new(
        program: &'static str,
        version: &'static str,
        text: &'static str,
        shared: &'static [Catalog],
    ) -> Self {
        Self { program, version, text, shared, rows: OnceLock::new() }
    }

    fn rows(&self) -> &Rows {
        self.rows.get_or_init(|| {
            // A test reads every line, so there are none to complain about.
            let rows = self.text.lines().filter_map(Metric::parse);
            let (open, named) = rows.partition(|metric| metric.name.ends_with('*'));
            Rows { named, open }
        })
    }

    /// The metrics with a name, sorted by it.
    pub(super) fn metrics(&'static self) -> impl Iterator<Item = &'static Metric> {
        self.rows().named.iter()
    }

    /// The metric of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Metric> {
        let named = &self.rows().named;
        named.binary_search_by(|metric| metric.name.cmp(name)).ok().map(|at| &named[at])
    }

    /// The metric whose pattern a name is of.
    pub(super) fn open(&self, name: &str) -> Option<&Metric> {
        self.rows().open.iter().find(|metric| matches(metric.name, name))
    }
}
