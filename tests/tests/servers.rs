//! The helpers themselves: a server is started, asked, reloaded and ended.

use kpi_tests::generated::{queries, rules};
use kpi_tests::http::{free_address, post};
use kpi_tests::prometheus::{Alertmanager, Prometheus};
use kpi_tests::webhook::Webhook;
use std::fs;

#[test]
fn prometheus_answers_queries_and_ends_with_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("prometheus.yml");
    fs::write(&config, "global: {scrape_interval: 1s}\n").unwrap();
    let prometheus = Prometheus::start(&config, folder.path());
    let address = prometheus.address().to_owned();
    assert!(prometheus.query("1 + 1").unwrap_err().contains("no vector"), "a scalar is none");
    assert!((prometheus.wait_for("vector(2)")[0].value - 2.0).abs() < f64::EPSILON);
    assert!(prometheus.query("1 +").unwrap_err().contains("parse error"));
    prometheus.reload();
    drop(prometheus);
    assert!(post(&address, "/-/reload", "").is_err(), "nobody listens any more");
}

#[test]
fn alertmanager_sends_what_it_is_told_to_the_webhook() {
    let webhook = Webhook::start();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("alertmanager.yml");
    let receiver = format!("{{name: hook, webhook_configs: [{{url: '{}'}}]}}", webhook.url("hook"));
    fs::write(&config, format!("route: {{receiver: hook, group_wait: 0s}}\nreceivers: [{receiver}]\n"))
        .unwrap();
    let address = free_address();
    let alertmanager = Alertmanager::start(&config, &address, folder.path());
    post(&address, "/api/v2/alerts", r#"[{"labels": {"alertname": "Test"}}]"#).unwrap();
    assert_eq!(webhook.wait("Test", "firing", 0).path, "/hook");
    alertmanager.reload();
}

#[test]
fn generated_files_are_read_with_their_variables_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let rule = "groups: [{name: g, rules: [{record: a:b, expr: sum(b)}, {alert: C, expr: d > 1, labels: {severity: info}}]}]";
    fs::write(folder.path().join("rules.yml"), rule).unwrap();
    let dashboard = r#"{"templating": {"list": [{"name": "agent"}, {"name": "agent_name"}]}, "panels": [
        {"title": "Row", "panels": [{"title": "In it", "targets": [
            {"expr": "rate(x{a=~\"$agent\", b=~\"${agent_name:regex}\"}[$__rate_interval])", "legendFormat": "{{a}}"}]}]}]}"#;
    fs::write(folder.path().join("board.json"), dashboard).unwrap();
    let rules = rules(folder.path());
    assert_eq!((rules[0].record(), rules[0].expression()), (Some("a:b"), "sum(b)"));
    assert_eq!((rules[1].alert(), rules[1].label("severity")), (Some("C"), Some("info")));
    let queries = queries(folder.path());
    assert_eq!(queries.len(), 1);
    assert_eq!(queries[0].expression, r#"rate(x{a=~".*", b=~".*"}[1m])"#);
    assert_eq!((queries[0].title.as_str(), queries[0].legend.as_str()), ("In it", "{{a}}"));
}
