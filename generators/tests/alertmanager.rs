//! The generated Alertmanager configuration on a real amtool, and its tests against configurations that are wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at whatever goes wrong")]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use std::path::Path;
use std::process::Command;

use generators::artifacts::{ARTIFACTS, alertmanager, prometheus};
use generators::lint::inhibition;
use generators::wire::alertmanager::{Matcher, RouteTests};
use support::{registry, write};

const REGISTRIES: &[&str] =
    &["rules.yaml", "slos.yaml", "infrastructure.yaml", "kubernetes.yaml", "receivers.yaml"];

fn generated(name: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(&generators::generate(&registry(name), ARTIFACTS).unwrap(), directory.path());
    directory
}

fn amtool(directory: &Path, arguments: &[String]) -> bool {
    let run = Command::new("amtool").args(arguments).current_dir(directory).output();
    run.expect("amtool is missing; install it with `apt-get install prometheus-alertmanager`")
        .status
        .success()
}

/// The tests of routes that fail.
fn failing(directory: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(directory.join("alertmanager/routes.test.json")).unwrap();
    let RouteTests { tests } = serde_json::from_str(&text).unwrap();
    assert!(!tests.is_empty());
    let failed = tests.into_iter().filter_map(|test| {
        let labels = test.labels.into_iter().map(|(name, value)| Matcher::equal(name, value).to_string());
        let labels: Vec<String> = labels.collect();
        let mut arguments = ["config", "routes", "test", "--config.file=alertmanager/alertmanager.yml"]
            .map(str::to_owned)
            .to_vec();
        arguments.push(format!("--verify.receivers={}", test.receivers.join(",")));
        arguments.extend(labels.iter().cloned());
        (!amtool(directory, &arguments)).then(|| labels.join(" "))
    });
    failed.collect()
}

#[test]
fn configurations_and_routes_pass() {
    for name in REGISTRIES {
        let directory = generated(name);
        let config = ["check-config", "alertmanager/alertmanager.yml"].map(str::to_owned);
        assert!(amtool(directory.path(), &config), "{name}");
        assert_eq!(failing(directory.path()), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn wrong_routes_are_caught() {
    let directory = generated("receivers.yaml");
    let path = directory.path().join("alertmanager/alertmanager.yml");
    let right = std::fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("severity=\"critical\"", "severity=\"warning\""),
        ("receiver: oncall", "receiver: chat"),
        ("team=\"ml team\"", "team=\"ml\""),
        ("    - receiver: ml\n      continue: true\n", "    - receiver: ml\n"),
        ("alertname=\"Watchdog\"", "alertname=\"watchdog\""),
    ] {
        assert!(right.contains(from), "nothing to change: {from}");
        std::fs::write(&path, right.replacen(from, to, 1)).unwrap();
        assert!(!failing(directory.path()).is_empty(), "not caught: {from} → {to}");
    }
}

#[test]
fn no_inhibition_can_match_an_alert_without_a_label_that_must_be_equal() {
    let mut rules_seen = 0;
    for name in REGISTRIES {
        let registry = registry(name);
        let rules = alertmanager::inhibitions(&registry);
        rules_seen += rules.len();
        assert_eq!(inhibition::faults(&rules, &prometheus::alert_labels(&registry)), [], "{name}");
    }
    assert!(rules_seen > 15, "only {rules_seen} rules");
}
