//! The whole road on real servers: one entry of YAML and one line of Rust become a scraped metric, a record, a panel's
//! data, and an alert that fires and resolves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is unexpected fails the test"
)]

use kpi_tests::generated::{Rule, queries, rules};
use kpi_tests::http;
use kpi_tests::platform::Platform;
use kpi_tests::prometheus::{Alertmanager, Prometheus};
use kpi_tests::wait::eventually;
use kpi_tests::webhook::Webhook;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The KPI that is added while everything runs.
const ENTRY: &str = "
  - name: heart_rate
    description: Heart rate at the start of the measurement
    unit: bpm
    agents: [neuros]
    labels: [measurement_source]
    aggregations: [max]
    thresholds:
      critical_high: {value: 100, for: 2s, action: check_measurement_accuracy}
";

/// The line that emits it, and the line it follows.
const LINE: &str = "KPIS.heart_rate.with(night.source.into()).set(kpi_runtime::unit::Bpm(60_000.0 / night.rr_intervals_ms[0]));";
const BEFORE_IT: &str = "KPIS.measurements.with(night.source.into()).inc();";

const METRIC: &str = "auren_heart_rate_bpm";

#[test]
fn one_entry_of_yaml_becomes_a_metric_a_record_a_panel_and_an_alert() {
    let webhook = Webhook::start();
    let platform = Platform::copied(&webhook);
    platform.generate();
    let neuros = platform.start_neuros();
    let mut nutros = platform.start_nutros();
    nutros.say(r#"{"kind": "glucose", "mmol_per_l": [4, 5, 6]}"#);
    let config = platform.generated("alertmanager/alertmanager.yml");
    let alertmanager = Alertmanager::start(&config, &platform.alertmanager, platform.folder());
    let prometheus = Prometheus::start(&platform.generated("prometheus/prometheus.yml"), platform.folder());
    rested(&platform);
    for agent in ["neuros", "nutros"] {
        let up = format!("up{{job=\"{agent}\",agent=\"{agent}\"}} == 1");
        prometheus.wait_for(&up);
    }
    prometheus.wait_for("auren_hrv_rmssd_ms == 50");

    let saved = Instant::now();
    platform.edit_registry("\nalerts:\n", &format!("{ENTRY}\nalerts:\n"));
    platform.edit_source("neuros/src/api.rs", BEFORE_IT, &format!("{BEFORE_IT}\n    {LINE}"));
    platform.build("neuros");
    let built = saved.elapsed();
    platform.generate();
    drop(neuros);
    let _neuros = platform.start_neuros();
    alertmanager.reload();
    prometheus.reload();
    rested(&platform);
    prometheus.wait_for(METRIC);
    let scraped = saved.elapsed();

    type_and_labels_are_right(&prometheus);
    let seen = webhook.count();
    racing(&platform);
    let alert = alert(&platform);
    let notice = webhook.wait(&alert, "firing", seen);
    let alerted = saved.elapsed();
    assert_eq!(notice.path, "/oncall", "critical alerts go to whoever is on call");
    let labels = &notice.alert["labels"];
    assert_eq!(labels["agent"], "neuros");
    assert_eq!(labels["measurement_source"], "chest_strap");
    assert_eq!(labels["team"], "neuros-team");
    assert_eq!(notice.alert["annotations"]["action"], "check_measurement_accuracy");

    a_record_and_a_panel_have_data(&platform, &prometheus);
    rested(&platform);
    webhook.wait(&alert, "resolved", seen);
    let resolved = saved.elapsed();
    println!(
        "from the saved YAML: agent built {}, metric scraped {}, alert at the webhook {}, resolved {}",
        seconds(built),
        seconds(scraped),
        seconds(alerted),
        seconds(resolved)
    );
}

fn type_and_labels_are_right(prometheus: &Prometheus) {
    let metadata = eventually("the metric's metadata", || {
        let metadata = prometheus.api(&format!("metadata?metric={METRIC}"))?;
        metadata[METRIC].as_array().and_then(|of| of.first().cloned()).ok_or_else(|| metadata.to_string())
    });
    assert_eq!(metadata["type"], "gauge");
    assert_eq!(metadata["help"], "Heart rate at the start of the measurement");
    let series = prometheus.series(METRIC).expect("a name is a selector");
    assert_eq!(series.len(), 1, "{series:?}");
    let labels: Vec<_> = series[0].keys().map(String::as_str).collect();
    assert_eq!(labels, ["__name__", "agent", "instance", "job", "measurement_source"]);
    assert_eq!(series[0]["measurement_source"], "chest_strap");
    prometheus.wait_for(&format!("{METRIC} == 60"));
}

fn a_record_and_a_panel_have_data(platform: &Platform, prometheus: &Prometheus) {
    let rules = rules(&platform.generated("prometheus/rules"));
    let records: Vec<&str> = rules.iter().filter(|rule| names_it(rule)).filter_map(Rule::record).collect();
    assert!(!records.is_empty(), "an aggregation becomes a record");
    for record in records {
        prometheus.wait_for(record);
    }
    let queries = queries(&platform.generated("grafana"));
    let own: Vec<_> = queries.iter().filter(|query| query.expression.contains(METRIC)).collect();
    assert!(!own.is_empty(), "a KPI becomes a panel");
    for query in own {
        prometheus.wait_for(&query.expression);
    }
}

/// The alert above the critical threshold.
fn alert(platform: &Platform) -> String {
    let rules = rules(&platform.generated("prometheus/rules"));
    let critical = rules.iter().find(|rule| names_it(rule) && rule.label("severity") == Some("critical"));
    critical.and_then(Rule::alert).expect("a threshold becomes an alert").to_owned()
}

fn names_it(rule: &Rule) -> bool {
    rule.expression().contains(METRIC)
}

/// A heart that beats once a second.
fn rested(platform: &Platform) {
    analyze(platform, [1000.0, 1050.0]);
}

/// A heart that beats twice a second.
fn racing(platform: &Platform) {
    analyze(platform, [500.0, 550.0]);
}

fn analyze(platform: &Platform, beats: [f64; 2]) {
    let night = json!({
        "rr_intervals_ms": beats.repeat(20),
        "baseline_rmssd_ms": 50.0,
        "sleep_hours": [8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0],
        "source": "chest_strap",
    });
    let answer = http::post(&platform.neuros, "/api/agents/neuros/analyze", &night.to_string())
        .expect("NEUROS answers");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let analysis: Value = serde_json::from_str(&answer.body).expect("the answer is JSON");
    assert_eq!(analysis["hrv_rmssd_ms"], 50.0);
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
