//! The generated rules on a real promtool, and the generated tests against rules that are wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test stops at whatever goes wrong"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use generators::wire::rules::{Rule, RuleFile, TestFile};
use support::{files, prometheus, promtool, promtool_passes, registry, write};

#[test]
fn rules_and_their_tests_pass() {
    let directory = tempfile::tempdir().unwrap();
    write(&prometheus(&registry("rules.yaml")), directory.path());
    promtool_passes(&["check", "rules"], &files(&directory.path().join("prometheus/rules")));
    promtool_passes(&["test", "rules"], &files(&directory.path().join("prometheus/tests")));
}

fn rule_files(directory: &Path) -> Vec<RuleFile<'static>> {
    let texts = files(&directory.join("prometheus/rules"));
    let texts = texts.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.map(|text| serde_yaml::from_str(&text).unwrap()).collect()
}

#[test]
fn every_alert_is_tested_silent_and_firing() {
    let directory = tempfile::tempdir().unwrap();
    write(&prometheus(&registry("rules.yaml")), directory.path());
    let rules =
        rule_files(directory.path()).into_iter().flat_map(|file| file.groups).flat_map(|group| group.rules);
    let alerts = rules.filter_map(|rule| match rule {
        Rule::Alert(alert) => Some(alert.alert.into_owned()),
        Rule::Record(_) => None,
    });
    let alerts: Vec<String> = alerts.collect();
    let unique: BTreeSet<&String> = alerts.iter().collect();
    assert_eq!(unique.len(), alerts.len(), "names of alerts are unique");

    let mut seen: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for path in files(&directory.path().join("prometheus/tests")) {
        let file: TestFile = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for test in file.tests.into_iter().flat_map(|test| test.alert_rule_test) {
            let (silent, firing) = seen.entry(test.alertname.into_owned()).or_default();
            *silent |= test.exp_alerts.is_empty();
            *firing |= !test.exp_alerts.is_empty();
        }
    }
    let untested: Vec<&String> =
        alerts.iter().filter(|name| seen.get(*name) != Some(&(true, true))).collect();
    // A constant expression, native samples that promtool 2.42 can't write, a user's own alert, and one that always fires.
    assert_eq!(untested, ["Watchdog", "AlwaysLow", "FineLatencyCriticallyHigh", "OwnAlert"]);
}

#[test]
fn windows_are_in_the_names_of_records() {
    let directory = tempfile::tempdir().unwrap();
    write(&prometheus(&registry("rules.yaml")), directory.path());
    let mut checked = 0;
    for rule in
        rule_files(directory.path()).into_iter().flat_map(|file| file.groups).flat_map(|group| group.rules)
    {
        let Rule::Record(record) = rule else { continue };
        let Some((_, operations)) = record.record.rsplit_once(':') else { continue };
        let window = operations.trim_start_matches(|c: char| !c.is_ascii_digit());
        let window = window.rsplit_once('_').map_or(window, |(_, window)| window);
        for range in record.expr.split('[').skip(1).filter_map(|rest| rest.split_once(']')) {
            assert_eq!(
                range.0,
                window.trim_start_matches(|c: char| !c.is_ascii_digit()),
                "{}",
                record.record
            );
            checked += 1;
        }
    }
    assert!(checked > 30, "only {checked} ranges");
}

/// A wrong rule: the file, what is replaced, what by.
const MUTANTS: &[(&str, &str, &str)] = &[
    // Thresholds.
    ("alpha", "(demo_heart_rate_bpm[1m]) < 35.5", "(demo_heart_rate_bpm[1m]) < 35"),
    ("alpha", "(demo_heart_rate_bpm[1m]) < 35.5", "(demo_heart_rate_bpm[1m]) < 36"),
    ("alpha", "(demo_heart_rate_bpm[1m]) > 90", "(demo_heart_rate_bpm[1m]) > 91"),
    ("alpha", "[5m])) > 50", "[5m])) > 52"),
    ("alpha", "[5m])) > 50", "[5m])) > 48"),
    ("alpha", "> 1.5", "> 1.55"),
    ("alpha", "> 1.5", "> 1.45"),
    ("beta", "> 4096", "> 4300"),
    ("gamma", "< 30", "< 31"),
    // Comparisons.
    ("alpha", "(demo_heart_rate_bpm[1m]) > 110", "(demo_heart_rate_bpm[1m]) < 110"),
    ("alpha", "(demo_heart_rate_bpm[1m]) > 110", "(demo_heart_rate_bpm[1m]) >= 110"),
    ("alpha", "(demo_temperature_celsius[1m]) < -5.25", "(demo_temperature_celsius[1m]) <= -5.25"),
    ("alpha", "[5m])) < 0.5", "[5m])) > 0.5"),
    ("gamma", "[5m])) > 0", "[5m])) >= 0"),
    ("beta", "up{job=\"beta\"}[2m]) == 0", "up{job=\"beta\"}[2m]) == 1"),
    // Windows and smoothing.
    ("alpha", "min_over_time(demo_heart_rate_bpm[1m]) > 90", "min_over_time(demo_heart_rate_bpm[10m]) > 90"),
    ("alpha", "min_over_time(demo_heart_rate_bpm[1m]) > 90", "demo_heart_rate_bpm > 90"),
    ("alpha", "min_over_time(demo_heart_rate_bpm[1m]) > 90", "max_over_time(demo_heart_rate_bpm[5m]) > 90"),
    ("alpha", "rate(demo_requests_total[5m])) > 50", "rate(demo_requests_total[15m])) > 50"),
    ("alpha", "rate(demo_requests_total[5m])) > 50", "rate(demo_requests_total[1m])) > 50"),
    ("gamma", "increase(demo_jobs_total[10m])", "increase(demo_jobs_total[5m])"),
    ("all-agents", "\"alpha\"}[2m]) > 0.6", "\"alpha\"}[15m]) > 0.6"),
    // How long it must hold, and how long it stays.
    ("alpha", "35.5\n    for: 3m", "35.5\n    for: 8m"),
    ("alpha", "35.5\n    for: 3m\n", "35.5\n"),
    ("alpha", "keep_firing_for: 10m", "keep_firing_for: 3m"),
    ("alpha", "keep_firing_for: 10m", "keep_firing_for: 25m"),
    ("alpha", "< 40\n    for: 10m", "< 40\n    for: 5m"),
    ("alpha", "[5m])) > 50\n    for: 5m", "[5m])) > 50\n    for: 10m"),
    ("alpha", "[5m])) > 50\n    for: 5m", "[5m])) > 50\n    for: 1m"),
    ("alpha", "> 1.5\n    for: 8m", "> 1.5\n    for: 2m"),
    ("all-agents", "for: 10m", "for: 20m"),
    // What is aggregated, how, and which labels are left.
    (
        "alpha",
        "sum by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
        "avg by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
    ),
    (
        "alpha",
        "sum by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
        "sum by (agent, status) (rate(demo_requests_total[5m])) > 50",
    ),
    (
        "alpha",
        "sum by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
        "sum by (agent, route, status) (increase(demo_requests_total[5m])) > 50",
    ),
    ("alpha", "max by (agent, model)", "max by (agent)"),
    (
        "alpha",
        "histogram_quantile(0.95, sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
        "histogram_quantile(0.5, sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
    ),
    (
        "alpha",
        "sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
        "sum by (agent, route) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
    ),
    (
        "alpha",
        "sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
        "sum by (agent, route, le) (demo_latency_seconds_bucket)) > 1.5",
    ),
    ("beta", "(rate(demo_size_bytes_sum[5m]))", "(rate(demo_size_bytes_count[5m]))"),
    // Whose series they are.
    ("all-agents", "{agent=\"alpha\"}[2m]) > 0.7", "[2m]) > 0.7"),
    ("all-agents", "{agent=~\"beta|gamma\"}[2m]) > 0.9", "{agent=\"alpha\"}[2m]) > 0.9"),
    (
        "all-agents",
        "absent(demo_shared_load_ratio{agent=\"beta\"})",
        "absent(demo_shared_load_ratio{agent=\"gamma\"})",
    ),
    ("beta", "absent(demo_size_bytes_count{agent=\"beta\"})", "absent(demo_size_bytes{agent=\"beta\"})"),
    ("beta", " or absent(up{job=\"beta\"})", ""),
    ("beta", "sum by (job) (max_over_time", "min by (job) (max_over_time"),
    // What people read.
    ("alpha", "severity: critical", "severity: warning"),
    ("alpha", "humanizeDuration", "humanize"),
    ("derived-kpis", "demo_error_share_ratio[2m]) > 0.05", "demo_error_share_ratio[2m]) > 0.06"),
    ("derived-kpis", "agent: alpha", "agent: beta"),
];

#[test]
fn the_generated_tests_catch_wrong_rules() {
    let directory = tempfile::tempdir().unwrap();
    write(&prometheus(&registry("rules.yaml")), directory.path());
    let survivors: Vec<String> =
        MUTANTS.iter().filter_map(|mutant| survives(directory.path(), mutant)).collect();
    println!("{} of {} mutants caught", MUTANTS.len() - survivors.len(), MUTANTS.len());
    assert!(survivors.is_empty(), "not caught:\n{}", survivors.join("\n"));
}

fn survives(directory: &Path, (section, from, to): &(&str, &str, &str)) -> Option<String> {
    let suffix = if *section == "derived-kpis" { "" } else { ".alerts" };
    let rules = directory.join(format!("prometheus/rules/{section}{suffix}.yml"));
    let right = std::fs::read_to_string(&rules).unwrap();
    assert!(right.contains(from), "{section}: nothing to change: {from}");
    std::fs::write(&rules, right.replacen(from, to, 1)).unwrap();
    let valid = promtool(&["check", "rules"], std::slice::from_ref(&rules));
    assert!(valid.status.success(), "{section}: not a rule: {to}");
    let test = directory.join(format!("prometheus/tests/{section}.test.yml"));
    let passed = promtool(&["test", "rules"], &[test]).status.success();
    std::fs::write(&rules, right).unwrap();
    println!("{} {section}: {from}  →  {to}", if passed { "SURVIVED" } else { "caught  " });
    passed.then(|| format!("{section}: {from} → {to}"))
}
