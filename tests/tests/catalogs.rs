//! The catalogs beside the pages of the real servers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at whatever goes wrong")]

use kpi_registry::catalog::{MetricKind, Series, find_all};
use kpi_registry::entity::Catalog;
use kpi_tests::exposition::series;
use kpi_tests::http::{free_address, get, post};
use kpi_tests::process::{Process, installed};
use kpi_tests::prometheus::{Alertmanager, Prometheus};
use kpi_tests::wait::eventually;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn prometheus_exposes_what_its_catalog_has() {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let alertmanager = alertmanager(&address, folder.path());
    fs::write(
        folder.path().join("rules.yml"),
        "groups: [{name: g, rules: [{record: a:b, expr: vector(1)}, {alert: Always, expr: vector(1), labels: {severity: info}}]}]",
    )
    .unwrap();
    let config = folder.path().join("prometheus.yml");
    fs::write(
        &config,
        format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n\
             rule_files: [rules.yml]\n\
             alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{address}']}}]}}]}}\n\
             remote_write: [{{url: 'http://{address}/nowhere'}}]\n\
             scrape_configs: [{{job_name: other, static_configs: [{{targets: ['{address}']}}]}}]\n"
        ),
    )
    .unwrap();
    let prometheus = Prometheus::start_with(&["extra-scrape-metrics"], &config, folder.path());
    prometheus.wait_for("ALERTS");
    prometheus.wait_for("up == 1");
    assert_known(Catalog::Prometheus, &page(prometheus.address()));
    assert_known(Catalog::Alertmanager, &page(alertmanager.address()));

    // What Prometheus makes itself has no page, and is known without a catalog.
    let names = r#"{__name__=~"up|scrape_.*|ALERTS.*"}"#;
    let made = prometheus.series(names).unwrap();
    let distinct: BTreeSet<&str> = made.iter().map(|labels| labels["__name__"].as_str()).collect();
    assert!(distinct.len() >= 8, "{distinct:?}");
    for mut labels in made {
        let name = labels.remove("__name__").unwrap();
        let of_target = |label: &str| ["job", "instance"].contains(&label);
        let labels = labels.iter().filter(|(label, _)| !of_target(label));
        let known = find_all([], &name).collect::<Vec<_>>();
        assert_labels(&known, &name, labels.map(|(label, value)| (label.as_str(), value.as_str())));
    }
}

#[test]
fn alertmanager_exposes_what_its_catalog_has() {
    let folder = tempfile::tempdir().unwrap();
    let alertmanager = alertmanager(&free_address(), folder.path());
    alertmanager.fire(&[[("alertname".to_owned(), "Test".to_owned())].into()]);
    assert_known(Catalog::Alertmanager, &page(alertmanager.address()));
}

#[test]
fn node_exporter_exposes_what_its_catalog_has() {
    let folder = tempfile::tempdir().unwrap();
    let (address, _process) = exporter("prometheus-node-exporter", &[], folder.path());
    assert_known(Catalog::NodeExporter, &page(&address));
}

#[test]
fn the_pushgateway_exposes_what_its_catalog_has() {
    let folder = tempfile::tempdir().unwrap();
    let (address, _process) = exporter("prometheus-pushgateway", &["--persistence.file="], folder.path());
    assert_eq!(post(&address, "/metrics/job/test/shard/1", "").unwrap().status, 200);
    assert_known(Catalog::Pushgateway, &page(&address));
}

fn alertmanager(address: &str, folder: &Path) -> Alertmanager {
    let config = folder.join("alertmanager.yml");
    fs::write(&config, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n").unwrap();
    Alertmanager::start(&config, address, folder)
}

/// A program of the Debian package with its name.
fn exporter(name: &str, arguments: &[&str], folder: &Path) -> (String, Process) {
    let address = free_address();
    let mut command = Command::new(installed(name, name));
    command.arg(format!("--web.listen-address={address}")).args(arguments);
    let process = Process::start(command, folder.join(format!("{name}.log")));
    eventually(&format!("{name} answers"), || get(&address, "/metrics"));
    (address, process)
}

/// The second page: a program counts how the first was read.
fn page(address: &str) -> String {
    let page = || get(address, "/metrics").expect("the server answers").body;
    page();
    page()
}

/// Every family of a page is of the catalog, with its kind, its labels and their values.
fn assert_known(catalog: Catalog, page: &str) {
    let families: Vec<_> =
        page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' ')).collect();
    assert!(families.len() > 20, "{catalog:?} has a page");
    for (name, kind) in families {
        let mut known = find_all([catalog], name);
        assert!(
            known.any(|series| exposed_as(series.metric.kind) == kind),
            "{catalog:?}: {name} is a {kind}"
        );
    }
    for sample in series(page) {
        let known: Vec<_> = find_all([catalog], &sample.name).collect();
        let labels = sample.labels.iter().map(|(label, value)| (label.as_str(), value.as_str()));
        assert_labels(&known, &sample.name, labels);
    }
}

/// Some of what has the name has every label, and the value.
fn assert_labels<'l>(known: &[Series], name: &str, labels: impl Iterator<Item = (&'l str, &'l str)>) {
    assert!(!known.is_empty(), "{name} is not known");
    for (label, value) in labels {
        let takes = |series: &Series| {
            series.has_label(label) && series.values_of(label).is_none_or(|values| values.contains(&value))
        };
        assert!(known.iter().any(takes), "{name}: {label}={value:?}");
    }
}

/// What a page says of a kind.
fn exposed_as(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Info => "gauge",
        kind => kind.as_str(),
    }
}
