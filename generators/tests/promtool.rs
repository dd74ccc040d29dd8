//! The generated rules and their tests on a real promtool.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at whatever goes wrong")]

#[allow(dead_code, reason = "shared with the tests of other artifacts")]
mod support;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use generators::wire::rules::{Rule, TestFile};
use kpi_registry::entity::SloRecords;
use support::{files, misnamed, prometheus, promtool_passes, registry, rules, write};

/// Registries whose rules and tests must be right.
const REGISTRIES: &[&str] = &["rules.yaml", "slos.yaml", "infrastructure.yaml", "kubernetes.yaml"];

#[test]
fn rules_and_their_tests_pass() {
    for name in REGISTRIES {
        let directory = tempfile::tempdir().unwrap();
        write(&prometheus(&registry(name)), directory.path());
        promtool_passes(&["check", "rules"], &files(&directory.path().join("prometheus/rules")));
        promtool_passes(&["test", "rules"], &files(&directory.path().join("prometheus/tests")));
    }
}

#[test]
fn rules_and_tests_of_slos_pass_in_the_style_of_sloth() {
    let directory = tempfile::tempdir().unwrap();
    let mut registry = registry("slos.yaml");
    registry.targets.slo_records = SloRecords::Sloth;
    write(&prometheus(&registry), directory.path());
    promtool_passes(&["check", "rules"], &files(&directory.path().join("prometheus/rules")));
    promtool_passes(&["test", "rules"], &files(&directory.path().join("prometheus/tests")));
    // What Sloth's dashboards ask for, with the labels they ask by.
    let rules = rules(directory.path());
    for name in SLOTH {
        let record = rules.iter().find_map(|rule| match rule {
            Rule::Record(record) if record.record == *name => Some(record),
            _ => None,
        });
        let labels = &record.unwrap_or_else(|| panic!("{name}")).labels;
        assert!(
            ["sloth_id", "sloth_service", "sloth_slo"].iter().all(|label| labels.contains_key(*label)),
            "{name}"
        );
    }
}

/// Records that the public dashboards of Sloth read.
const SLOTH: &[&str] = &[
    "slo:sli_error:ratio_rate5m",
    "slo:sli_error:ratio_rate1h",
    "slo:sli_error:ratio_rate30d",
    "slo:objective:ratio",
    "slo:error_budget:ratio",
    "slo:time_period:days",
    "slo:current_burn_rate:ratio",
    "slo:period_burn_rate:ratio",
    "slo:period_error_budget_remaining:ratio",
    "sloth_slo_info",
];

#[test]
fn every_alert_is_tested_silent_and_firing() {
    let mut untested = Vec::new();
    for name in REGISTRIES {
        let directory = tempfile::tempdir().unwrap();
        write(&prometheus(&registry(name)), directory.path());
        let alerts = rules(directory.path()).into_iter().filter_map(|rule| match rule {
            Rule::Alert(alert) => Some((alert.alert.into_owned(), window(&alert.labels))),
            Rule::Record(_) => None,
        });
        let alerts: Vec<(String, String)> = alerts.collect();
        let unique: BTreeSet<_> = alerts.iter().collect();
        assert_eq!(unique.len(), alerts.len(), "names are unique, but for the tiers of one SLO");

        let (mut silent, mut firing) = (BTreeSet::new(), BTreeSet::new());
        for path in files(&directory.path().join("prometheus/tests")) {
            let file: TestFile = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            for test in file.tests.into_iter().flat_map(|test| test.alert_rule_test) {
                let name = test.alertname.into_owned();
                firing.extend(test.exp_alerts.iter().map(|alert| (name.clone(), window(&alert.exp_labels))));
                if test.exp_alerts.is_empty() {
                    silent.insert(name);
                }
            }
        }
        untested
            .extend(alerts.into_iter().filter(|alert| !silent.contains(&alert.0) || !firing.contains(alert)));
    }
    let untested: BTreeSet<String> = untested.into_iter().map(|(name, _)| name).collect();
    let untested: Vec<String> = untested.into_iter().collect();
    // A constant expression, an alert that a user wrote, and one that always fires.
    assert_eq!(untested, ["AlwaysLow", "OwnAlert", "Watchdog"]);
}

/// The long window of a tier; empty for other alerts.
fn window(labels: &BTreeMap<Cow<'_, str>, Cow<'_, str>>) -> String {
    labels.get("long").map(ToString::to_string).unwrap_or_default()
}

#[test]
fn windows_are_in_the_names_of_records() {
    let mut checked = 0;
    for name in REGISTRIES {
        let directory = tempfile::tempdir().unwrap();
        write(&prometheus(&registry(name)), directory.path());
        for rule in rules(directory.path()) {
            let Rule::Record(record) = rule else { continue };
            assert_eq!(misnamed(&record), None, "{}", record.record);
            checked += record.expr.matches('[').count();
        }
    }
    assert!(checked > 250, "only {checked} ranges");
}
