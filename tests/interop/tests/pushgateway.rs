//! A batch job and the real Pushgateway.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what is unexpected fails the test")]

mod kpis {
    kpi_runtime::kpis!("job.yaml");
}

use std::process::Command;

use kpi_runtime::push::{PushError, Pushgateway};
use kpi_runtime::testing;
use kpi_tests::http::get;
use kpi_tests::process::{Process, installed};
use kpi_tests::wait::eventually;
use kpis::{Kpis, Step, Usd};
use serde_json::Value;
use tempfile::TempDir;

/// A gateway that is ready, on a free port.
struct Gateway {
    address: String,
    _process: Process,
    _folder: TempDir,
}

impl Gateway {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(installed("prometheus-pushgateway", "prometheus-pushgateway"));
        command.arg("--web.listen-address=127.0.0.1:0");
        let mut process = Process::start(command, folder.path().join("pushgateway.log"));
        let address = process.printed("the gateway listens", |line| {
            let address = line.contains("Listening on").then(|| line.split("address=").nth(1))??.trim();
            (!address.ends_with(":0")).then(|| address.to_owned())
        });
        eventually("the gateway is ready", || match get(&address, "/-/ready")? {
            answer if answer.status == 200 => Ok(()),
            answer => Err(answer.body),
        });
        Self { address, _process: process, _folder: folder }
    }

    fn job(&self, name: &str) -> Pushgateway {
        Pushgateway::new(&format!("http://{}", self.address)).job(name)
    }

    /// The samples of a name, as a Prometheus would scrape them.
    fn samples(&self, name: &str) -> Vec<String> {
        let page = get(&self.address, "/metrics").unwrap().body;
        let belongs = |line: &&str| line.split(['{', ' ']).next() == Some(name);
        page.lines().filter(belongs).map(str::to_owned).collect()
    }

    /// The grouping labels of everything that was pushed.
    fn groups(&self) -> Vec<Value> {
        let text = get(&self.address, "/api/v1/metrics").unwrap().body;
        let json: Value = serde_json::from_str(&text).unwrap();
        let mut groups: Vec<Value> =
            json["data"].as_array().unwrap().iter().map(|group| group["labels"].clone()).collect();
        groups.sort_by_key(ToString::to_string);
        groups
    }
}

#[test]
fn a_job_pushes_adds_and_deletes() {
    let gateway = Gateway::start();
    let nightly = gateway.job("nightly").grouping("instance", "a");
    let kpis = Kpis::new();
    kpis.rows.with(Step::Read).inc_by(7_u64);
    kpis.cost.set(Usd(0.25));
    kpis.took.observe(std::time::Duration::from_millis(200));
    nightly.push_snapshot(&testing::snapshot(&kpis)).unwrap();
    let cost = [r#"etl_cost_usd{instance="a",job="nightly"} 0.25"#];
    assert_eq!(gateway.samples("etl_cost_usd"), cost);
    assert!(
        gateway
            .samples("etl_rows_total")
            .contains(&r#"etl_rows_total{instance="a",job="nightly",step="read"} 7"#.to_owned())
    );
    assert!(
        gateway
            .samples("etl_took_seconds_bucket")
            .contains(&r#"etl_took_seconds_bucket{instance="a",job="nightly",le="1"} 1"#.to_owned())
    );

    // What is added leaves the other families alone; what is pushed replaces all of them.
    let mut rows = testing::snapshot(&kpis);
    rows.families.retain(|family| family.name == "etl_rows_total");
    nightly.add_snapshot(&rows).unwrap();
    assert_eq!(gateway.samples("etl_cost_usd"), cost);
    nightly.push_snapshot(&rows).unwrap();
    assert!(gateway.samples("etl_cost_usd").is_empty());
    assert_eq!(gateway.samples("etl_rows_total").len(), 2);

    // Another instance is another group.
    gateway.job("nightly").grouping("instance", "b").push_snapshot(&rows).unwrap();
    assert_eq!(gateway.samples("etl_rows_total").len(), 4);
    nightly.delete().unwrap();
    assert_eq!(gateway.samples("etl_rows_total").len(), 2);
}

#[test]
fn grouping_labels_may_have_any_value() {
    let gateway = Gateway::start();
    let kpis = Kpis::new();
    kpis.cost.set(Usd(1.0));
    let values = ["plain", "", "/var/tmp", "a/", "..", "100 % #?&+;=\"\\{}", "größe\n"];
    for value in values {
        gateway.job("job/x").grouping("value", value).push_snapshot(&testing::snapshot(&kpis)).unwrap();
    }
    let mut expected: Vec<Value> =
        values.iter().map(|value| serde_json::json!({"job": "job/x", "value": value})).collect();
    for group in &mut expected {
        // To Prometheus a label without a value is none.
        if group["value"] == "" {
            group.as_object_mut().unwrap().remove("value");
        }
    }
    expected.sort_by_key(ToString::to_string);
    let mut groups = gateway.groups();
    for group in &mut groups {
        if group["value"] == "" {
            group.as_object_mut().unwrap().remove("value");
        }
    }
    groups.sort_by_key(ToString::to_string);
    assert_eq!(groups, expected);
    for value in values {
        gateway.job("job/x").grouping("value", value).delete().unwrap();
    }
    assert_eq!(gateway.groups(), Vec::<Value>::new());
}

/// Everything that a scrape would show, of a program that has not been isolated.
#[test]
fn a_program_pushes_all_of_its_own() {
    let gateway = Gateway::start();
    kpis::KPIS.rows.with(Step::Write).inc();
    gateway.job("whole").push().unwrap();
    gateway.job("whole").add().unwrap();
    assert!(
        gateway
            .samples("etl_rows_total")
            .contains(&r#"etl_rows_total{instance="",job="whole",step="write"} 1"#.to_owned())
    );
    assert_eq!(gateway.samples("kpi_build_info").len(), 1);
    assert_eq!(gateway.samples("kpi_runtime_rejected_total").len(), 1);
}

#[test]
fn the_gateway_says_why_it_refuses() {
    let gateway = Gateway::start();
    let kpis = Kpis::new();
    kpis.cost.set(Usd(1.0));
    let values = testing::snapshot(&kpis);
    // Nothing listens to pushes there.
    let elsewhere = Pushgateway::new(&format!("http://{}/elsewhere", gateway.address)).job("x");
    let error = elsewhere.push_snapshot(&values).unwrap_err();
    assert!(matches!(&error, PushError::Refused { status: 404, .. }), "{error}");

    // The same series twice, which no registry could have produced, is inconsistent.
    let mut twice = values.clone();
    for family in &mut twice.families {
        let series = family.series.clone();
        family.series.extend(series);
    }
    let error = gateway.job("x").push_snapshot(&twice).unwrap_err();
    assert!(
        matches!(&error, PushError::Refused { status: 400, message, .. } if message.contains("same name and label values")),
        "{error}"
    );
    assert!(gateway.samples("etl_cost_usd").is_empty());
}
