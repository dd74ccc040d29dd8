//! Inhibitions on the real Alertmanager: the trap of a missing label, and that generated rules don't step into it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what is unexpected fails the test")]

use std::collections::BTreeMap;
use std::fs;

use generators::artifacts::ARTIFACTS;
use kpi_registry::load::load;
use kpi_tests::http::free_address;
use kpi_tests::prometheus::Alertmanager;
use kpi_tests::repository;
use kpi_tests::wait::eventually;

/// Rules as one would write them first: a critical alert silences the warning about the same SLO.
const NAIVE: &str = "
route: {receiver: nobody}
receivers: [{name: nobody}]
inhibit_rules:
  - source_matchers: [severity=\"critical\"]
    target_matchers: [severity=\"warning\"]
    equal: [slo_id]
";

fn labels(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Starts Alertmanager, fires all alerts, and waits until exactly those marked `(silenced)` are.
fn check(config: &str, alerts: &[(&str, bool)]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alertmanager.yml");
    fs::write(&file, config).unwrap();
    let alertmanager = Alertmanager::start(&file, &free_address(), folder.path());
    let expected: BTreeMap<_, _> = alerts.iter().map(|(text, silenced)| (labels(text), *silenced)).collect();
    assert_eq!(expected.len(), alerts.len(), "no alert is written twice");
    let fired: Vec<_> = expected.keys().cloned().collect();
    alertmanager.fire(&fired);
    eventually("the states of all alerts", || {
        let found = alertmanager.alerts()?;
        let different = expected.iter().filter(|(labels, silenced)| found.get(*labels) != Some(*silenced));
        let different: Vec<_> = different.collect();
        if different.is_empty() { Ok(()) } else { Err(format!("expected {different:?}")) }
    });
}

#[test]
fn a_label_that_is_missing_on_both_sides_counts_as_equal() {
    check(
        NAIVE,
        &[
            ("alertname=Page severity=critical slo_id=a", false),
            ("alertname=Ticket severity=warning slo_id=a", true),
            ("alertname=Ticket severity=warning slo_id=b", false),
            // The trap: these two have nothing to do with each other.
            ("alertname=DiskFull severity=critical instance=x", false),
            ("alertname=QueueLong severity=warning topic=y", true),
        ],
    );
}

fn generated(registry: &str) -> String {
    let registry = load(&repository().join(registry)).registry.unwrap();
    let tree = generators::generate(&registry, ARTIFACTS).unwrap();
    let file = tree.get("alertmanager/alertmanager.yml").unwrap();
    // The addresses of the receivers lie in files that are not here, and nobody is to be told.
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    let (routes, _) = text.split_once("\nreceivers:\n").unwrap();
    let (_, rules) = routes.split_once("\ninhibit_rules:\n").unwrap();
    format!("route: {{receiver: nobody}}\nreceivers: [{{name: nobody}}]\ninhibit_rules:\n{rules}\n")
}

#[test]
fn generated_rules_silence_what_follows_and_nothing_else() {
    check(
        &generated("generators/tests/registries/slos.yaml"),
        &[
            // A page on one route of one SLO.
            (
                "alertname=B burn_tier=page long=1h severity=critical agent=alpha kpi=requests slo_id=demo-requests route=analyze",
                false,
            ),
            (
                "alertname=B burn_tier=ticket long=1d severity=warning agent=alpha kpi=requests slo_id=demo-requests route=analyze",
                true,
            ),
            (
                "alertname=B burn_tier=ticket long=1d severity=warning agent=alpha kpi=requests slo_id=demo-requests route=health",
                false,
            ),
            // Another SLO of the same agent, and one without any label that could differ.
            (
                "alertname=L burn_tier=ticket long=1d severity=warning agent=alpha kpi=latency slo_id=demo-latency",
                false,
            ),
            (
                "alertname=J burn_tier=ticket long=1d severity=warning agent=demo slo_id=demo-everything_sent",
                false,
            ),
            (
                "alertname=J burn_tier=page long=1h severity=critical agent=demo slo_id=demo-mails_by_status",
                false,
            ),
            // Two alerts that nothing connects.
            ("alertname=DiskFull severity=critical instance=x", false),
            ("alertname=QueueLong severity=warning topic=y", false),
            // An agent is down: what is missing of it says nothing new.
            ("alertname=BetaDown severity=critical agent=beta job=beta", false),
            ("alertname=LoadSloNoDataBeta severity=warning agent=beta kpi=load slo_id=demo-load", true),
            ("alertname=LoadSloNoDataAlpha severity=warning agent=alpha kpi=load slo_id=demo-load", false),
        ],
    );
}

#[test]
fn upstream_silences_downstream_on_the_same_cluster() {
    check(
        &generated("examples/auren/kpi_registry.yaml"),
        &[
            (
                "alertname=HrvRmssdCriticallyLow severity=critical kpi=hrv_rmssd agent=neuros instance=a cluster=auren-1",
                false,
            ),
            (
                "alertname=RecoveryScoreLow severity=warning kpi=recovery_score agent=neuros instance=a cluster=auren-1",
                true,
            ),
            (
                "alertname=RecoveryScoreLow severity=warning kpi=recovery_score agent=neuros instance=a cluster=auren-2",
                false,
            ),
            (
                "alertname=SleepDebtHoursHigh severity=warning kpi=sleep_debt_hours agent=neuros instance=a cluster=auren-1",
                false,
            ),
            // The same KPI on the same instance.
            (
                "alertname=HrvRmssdLow severity=warning kpi=hrv_rmssd agent=neuros instance=a cluster=auren-1",
                true,
            ),
            (
                "alertname=HrvRmssdLow severity=warning kpi=hrv_rmssd agent=neuros instance=b cluster=auren-1",
                false,
            ),
        ],
    );
}
