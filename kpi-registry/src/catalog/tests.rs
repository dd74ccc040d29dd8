use std::collections::BTreeMap;

use super::metric::{Metric, MetricKind};
use super::series::Part;
use super::table::{self, Table};
use super::{find, find_all, metrics, names};
use crate::entity::Catalog;
use crate::value::{BuiltinUnit, is_label_name, is_metric_name};

/// Every table with its name.
fn tables() -> impl Iterator<Item = (&'static str, &'static Table)> {
    let catalogs = Catalog::ALL.iter().map(|catalog| (catalog.as_str(), table::of(*catalog)));
    catalogs.chain([("server", table::server())])
}

/// Every line with the name of its table.
fn lines() -> impl Iterator<Item = (&'static str, &'static str, Metric)> {
    tables().flat_map(|(name, table)| {
        let lines = table.text.lines();
        lines.map(move |line| {
            (name, line, Metric::parse(line).unwrap_or_else(|| panic!("{name}: no metric: {line}")))
        })
    })
}

#[test]
fn every_line_is_a_metric_with_names_that_prometheus_takes() {
    for (table, line, metric) in lines() {
        let name = metric.name.strip_suffix('*').unwrap_or(metric.name);
        assert!(is_metric_name(name), "{table}: {line}");
        let labels: Vec<&str> = metric.labels.iter().map(|label| label.name).collect();
        assert!(labels.is_sorted_by(|a, b| a < b), "{table}: labels are sorted, each once: {line}");
        for label in &metric.labels {
            let name = label.name.strip_suffix('*').unwrap_or(label.name);
            assert!(is_label_name(name) || label.name == "*", "{table}: `{name}`: {line}");
            assert!(!name.starts_with("__") && name != "le" && name != "quantile", "{table}: {line}");
            let known =
                label.values.iter().all(|value| !value.is_empty() && !value.contains(char::is_whitespace));
            assert!(known, "{table}: {line}");
        }
    }
}

#[test]
fn tables_are_sorted_and_have_every_name_once() {
    for (name, table) in tables() {
        let names: Vec<&str> = table.text.lines().filter_map(|line| line.split(' ').next()).collect();
        let first = names.windows(2).find(|pair| pair[0] >= pair[1]);
        assert_eq!(first, None, "{name}");
    }
}

/// Suffixes that say what the unit is.
const SUFFIXES: [(&str, BuiltinUnit); 9] = [
    ("_seconds", BuiltinUnit::Seconds),
    ("_milliseconds", BuiltinUnit::Milliseconds),
    ("_bytes", BuiltinUnit::Bytes),
    ("_ratio", BuiltinUnit::Ratio),
    ("_percent", BuiltinUnit::Percentage),
    ("_celsius", BuiltinUnit::Celsius),
    ("_joules", BuiltinUnit::Joules),
    ("_watts", BuiltinUnit::Watts),
    ("_hertz", BuiltinUnit::Hertz),
];

#[test]
fn names_say_unit_and_kind_and_only_those_that_do_not_are_marked() {
    for (table, line, metric) in lines() {
        let base = metric.name.strip_suffix("_total");
        let counts = metric.kind == MetricKind::Counter;
        let said = SUFFIXES.iter().find(|(suffix, _)| base.unwrap_or(metric.name).ends_with(suffix));
        let of_unit = said.is_none_or(|(_, unit)| metric.unit == Some(*unit));
        let regular = of_unit && counts == base.is_some();
        assert_eq!(metric.irregular, !regular, "{table}: {line}");
    }
}

/// Two kinds in two catalogs, and both are right.
const OF_TWO_KINDS: &[&str] = &[];

#[test]
fn what_two_catalogs_have_is_of_one_kind() {
    let mut kinds = BTreeMap::new();
    for (table, _, metric) in lines() {
        let (first, kind) = kinds.entry(metric.name).or_insert((table, metric.kind));
        let agreed = *kind == metric.kind || OF_TWO_KINDS.contains(&metric.name);
        assert!(agreed, "{}: {kind:?} in {first}, {:?} in {table}", metric.name, metric.kind);
    }
}

#[test]
fn names_are_those_of_registries() {
    assert!(names().eq(Catalog::ALL.iter().map(|catalog| catalog.as_str())));
    for catalog in Catalog::ALL {
        assert!(metrics(*catalog).next().is_some(), "{catalog:?}");
    }
}

#[test]
fn parts_of_histograms_and_summaries_are_found_by_their_own_names() {
    let at = |name: &str| find([Catalog::Prometheus], name);
    let bucket = at("prometheus_http_request_duration_seconds_bucket").unwrap();
    assert_eq!((bucket.part, bucket.kind()), (Part::Bucket, MetricKind::Counter));
    assert!(bucket.has_label("le") && bucket.has_label("handler") && !bucket.has_label("quantile"));
    let sum = at("prometheus_http_request_duration_seconds_sum").unwrap();
    assert_eq!((sum.part, sum.unit()), (Part::Sum, Some(BuiltinUnit::Seconds)));
    assert!(!sum.has_label("le"));
    let quantile = at("prometheus_target_interval_length_seconds").unwrap();
    assert_eq!((quantile.part, quantile.kind()), (Part::Itself, MetricKind::Summary));
    assert!(quantile.has_label("quantile") && quantile.has_label("interval"));
    let count = at("prometheus_target_interval_length_seconds_count").unwrap();
    assert_eq!((count.part, count.unit()), (Part::Count, Some(BuiltinUnit::Count)));
    assert!(at("prometheus_target_interval_length_seconds_bucket").is_none());
    assert!(at("prometheus_build_info_count").is_none());
}

#[test]
fn open_names_and_labels_take_what_begins_like_them() {
    let labels = find([Catalog::KubeStateMetrics], "kube_pod_labels").unwrap();
    assert!(labels.has_label("label_app") && labels.has_label("pod") && !labels.has_label("app"));
    assert!(find([Catalog::NodeExporter], "node_ethtool_tx_bytes").is_some());
    assert!(find([Catalog::NodeExporter], "node_memory_MemAvailble_bytes").is_none());
    assert!(metrics(Catalog::NodeExporter).all(|metric| !metric.name.ends_with('*')));
    let alerts = find([], "ALERTS").unwrap();
    assert!(alerts.has_label("severity"));
    assert_eq!(alerts.values_of("alertstate").unwrap(), ["pending", "firing"]);
    assert_eq!(alerts.values_of("alertname"), None);
}

#[test]
fn counters_are_found_with_the_suffix_that_openmetrics_gives_them() {
    let failures = find([Catalog::Cadvisor], "container_memory_failcnt_total").unwrap();
    assert_eq!(failures.metric.name, "container_memory_failcnt");
    assert!(find([Catalog::Cadvisor], "container_memory_rss_total").is_none());
}

#[test]
fn a_name_of_several_catalogs_is_found_in_each() {
    assert_eq!(find_all(Catalog::ALL.iter().copied(), "kafka_consumergroup_lag").count(), 1);
    assert_eq!(
        find_all([Catalog::Cadvisor, Catalog::Prometheus], "net_conntrack_listener_conn_closed_total")
            .count(),
        1
    );
    assert_eq!(find_all(Catalog::ALL.iter().copied(), "net_conntrack_dialer_conn_closed_total").count(), 2);
}
