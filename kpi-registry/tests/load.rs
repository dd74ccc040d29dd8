//! Loading, from a path to a registry and its findings.

use std::fs;
use std::path::{Path, PathBuf};

use kpi_registry::load::{Loaded, load};
use kpi_registry::render::human;

/// A directory of its own below cargo's scratch directory.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("load").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn loaded(name: &str, text: &str) -> Loaded {
    let path = directory(name).join("kpi_registry.yaml");
    fs::write(&path, text).unwrap();
    load(&path)
}

fn shown(loaded: &Loaded) -> String {
    human(&loaded.diagnostics, &loaded.sources, false)
}

#[test]
fn labels_and_thresholds_come_through() {
    let loaded = loaded(
        "happy",
        r#"version: 2
platform: auren
labels:
  route: {description: HTTP route, values: [analyze, health]}
  model: {open: true, limit: 20}
agents:
  neuros: {port: 8000, targets: ["neuros:8000"], kpis: {hrv_rmssd: {role: primary, thresholds: {critical: "< 25"}}}}
kpis:
  - name: hrv_rmssd
    description: Heart rate variability.
    unit: milliseconds
    prometheus_metric: auren_hrv_rmssd_ms
    agents: [neuros]
    thresholds: {critical: "< 20", warning: "< 30"}
  - name: requests
    description: Requests answered.
    unit: requests
    type: counter
    labels: [route, model, {name: shard, values: [a, b]}]
    aggregations: [rate, {op: increase, by: [route], window: 1h}]
"#,
    );
    assert_eq!(loaded.diagnostics.errors(), 0, "{}", shown(&loaded));
    let registry = loaded.registry.unwrap();
    assert_eq!(registry.kpis.len(), 2);
    let (hrv, requests) = (&registry.kpis[0], &registry.kpis[1]);
    assert_eq!(hrv.thresholds.critical_low.as_ref().unwrap().value.value.to_string(), "20");
    assert_eq!(requests.metric.value, "auren_requests_total");
    let labels: Vec<&str> = requests.labels.iter().map(|id| registry.label(id.value).name.as_str()).collect();
    assert_eq!(labels, ["route", "model", "shard"]);
    assert_eq!(requests.aggregations[1].by.as_ref().unwrap()[0].value, requests.labels[0].value);
    assert_eq!(
        registry.agents[0].kpis[0].thresholds.critical_low.as_ref().unwrap().value.value.to_string(),
        "25"
    );
}
